// A process's node of the transport alone, in one heavy-weight group with others: the layer below topics, as the bench
// speaks to it. It is wired as the reactor of a Bus is, and messages go to it through the same queue; what the group
// delivers is handed over on the loop's own thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/heavy_machine.hpp"

namespace hawser::bench {

struct HeavyNodeSpec {
  std::string domain;
  std::string interface = "127.0.0.1";
  std::size_t members = 4;
  Order order = Order::fifo;
  Duration silence_timeout = NodeConfig{}.silence_timeout;
  Duration heartbeat_interval = NodeConfig{}.heartbeat_interval;
  std::string impairment{};  ///< as Options::impairment; each node has fates of its own, whatever the seed
  std::function<void(const DiaryEntry&)> on_entry{};  ///< of the diary, on the loop's thread; may be empty
};

/// Threads: one at a time. Ownership: destruction tells the others that it leaves.
class HeavyNode {
 public:
  /// Starts and waits until the control view has that many members.
  /// Errors: system; timeout.
  static Result<std::unique_ptr<HeavyNode>> join(const HeavyNodeSpec& spec, std::chrono::milliseconds timeout);
  ~HeavyNode();
  HeavyNode(const HeavyNode&) = delete;
  HeavyNode& operator=(const HeavyNode&) = delete;

  /// Called on the loop's thread for what the group delivers, once this returns; before anybody forms the group.
  void listen(std::function<void(ByteView)> on_message);
  /// Puts all members of the control view into the group, and waits until they are in it. One of them calls it.
  /// Errors: timeout.
  Status form_group(Sequencer sequencer, std::chrono::milliseconds timeout);
  /// Copies the message. False where the queue is full.
  bool multicast(ByteView payload);

  [[nodiscard]] const NodeId& self() const { return self_; }
  [[nodiscard]] NodeCounters counters();
  [[nodiscard]] std::vector<DiaryEntry> diary() const { return diary_.entries(); }

 private:
  explicit HeavyNode(const HeavyNodeSpec& spec);
  Status start(const HeavyNodeSpec& spec);
  bool send_on_this_thread();

  WakeUp wake_up_;
  ApplicationQueue queue_;
  PublishedTopics topics_;
  PublishedTopic& messages_;  // The queue's messages have a topic; of these it means nothing.
  NodeDiary diary_;
  Level in_control_view_;
  Level in_group_view_;
  std::size_t members_ = 0;
  NodeId self_;
  std::mutex mutex_;  // The loop's and the machine's.
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<HeavyMachine> machine_;
  Time last_multicast_at_{};
  std::thread thread_;
};

}  // namespace hawser::bench
