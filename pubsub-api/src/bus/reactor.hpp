// The thread that runs a node on the network, and what other threads may ask of it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "hawser/bus.hpp"
#include "hawser/options.hpp"
#include "hawser/result.hpp"
#include "pubsub-api/src/bus/application_queue.hpp"
#include "pubsub-api/src/bus/flight_file.hpp"
#include "pubsub-api/src/bus/link_plan.hpp"
#include "pubsub-api/src/bus/published_topics.hpp"
#include "pubsub-api/src/bus/reactor_commands.hpp"
#include "pubsub-api/src/bus/reactor_events.hpp"
#include "pubsub-api/src/bus/reactor_machine.hpp"
#include "pubsub-api/src/bus/reactor_requests.hpp"
#include "pubsub-api/src/trace/trace_file.hpp"
#include "transport/io/event_loop.hpp"
#include "transport/io/voter_writer.hpp"
#include "transport/io/wake_up.hpp"

namespace hawser {

/// Threads: any, but for what says otherwise.
class Reactor {
 public:
  /// Opens the sockets and starts the thread. `options` must be valid.
  /// Errors: invalid_argument  the interface is none of this machine's, or a peer's address is none;
  ///         system            a socket, file or thread was refused.
  static Result<std::shared_ptr<Reactor>> start(const Options& options);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// True as soon as the node is in a view; false where that took too long.
  bool wait_for_view(std::chrono::milliseconds timeout);

  /// As Bus::publish, for arguments that are in order. Errors: would_block.
  Result<std::uint64_t> publish(std::string_view topic, std::string_view key, ByteView payload);
  void subscribe(SubscriberId subscriber, std::vector<Pattern> patterns, const Start& start,
                 std::shared_ptr<SubscriptionQueue> queue);
  void unsubscribe(SubscriberId subscriber);
  /// There is room again, after SubscriptionQueue::Wish::pause.
  void resume(SubscriberId subscriber);
  /// As Bus::declare.
  Status declare(std::string_view topic, const TopicOptions& options, std::chrono::milliseconds timeout);
  /// As Bus::flush.
  Status flush(std::chrono::milliseconds timeout);
  /// As Bus::leave.
  Status leave(std::chrono::milliseconds timeout);
  /// Leaves without waiting for anything, and waits for the thread's end and for on_event to return.
  void stop();

  [[nodiscard]] Statistics statistics();
  /// As ReactorRequests::look.
  bool look(ReactorRequests::Look look);
  /// The number of the topic's last message that publish() has accepted; 0 where there is none.
  [[nodiscard]] std::uint64_t published(std::string_view topic) const;
  [[nodiscard]] const NodeId& self() const { return self_; }

 private:
  Reactor(const Options& options, const NodeId& self);
  Status open(const Options& options, const LinkPlan& plan, std::unique_ptr<UdpMulticast> udp);
  void run();
  bool send_on_this_thread();

  const NodeId self_;
  WakeUp wake_up_;
  PublishedTopics topics_;
  ApplicationQueue queue_;
  ReactorRequests requests_{wake_up_};
  Statistics last_statistics_;  // Written before requests_.end().
  std::shared_ptr<Answer> in_view_ = std::make_shared<Answer>();

  FlightRecorder recorder_;
  FlightFile flight_file_;
  std::unique_ptr<BusEventThread> events_;
  // Under the mutex, from the start of the thread on. Without a loop, the thread has ended.
  std::mutex machine_mutex_;
  std::unique_ptr<TraceFile> trace_;
  std::unique_ptr<VoterWriter> voter_;
  std::unique_ptr<StoreThread> store_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<ReactorMachine> machine_;
  std::atomic<Time> last_publish_at_{};  // Of those that found the reactor asleep.

  std::mutex thread_mutex_;
  std::thread thread_;
};

}  // namespace hawser
