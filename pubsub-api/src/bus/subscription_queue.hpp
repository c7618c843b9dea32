// Between the reactor and one subscription's handler: a bounded queue that never holds the reactor up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "hawser/subscription.hpp"
#include "pubsub-api/src/bus/subscription_batch.hpp"
#include "transport/io/thread_parker.hpp"

namespace hawser {

/// Publishers' names as handlers see them, made once. Bounded: forgets all when it has kNamesMax.
class PublisherNames {
 public:
  static constexpr std::size_t kNamesMax = 4096;
  /// Valid until the next call.
  std::string_view of(const NodeId& publisher);

 private:
  std::map<NodeId, std::string> names_;
  NodeId last_;
  std::string_view last_name_;
};

/// The reactor collects a burst and hands it over at its end, which wakes the handler's thread if that sleeps. When
/// more than `bytes_max` wait, the oldest batches are dropped, and the handler is told of a Gap for each topic in their
/// place; what they had to tell besides messages is kept. The newest batch always stays. Threads: add(), hand_over()
/// and unhandled() on the reactor; run() on the handler's thread; the rest on any.
class SubscriptionQueue {
 public:
  /// `topics` must not repeat.
  SubscriptionQueue(std::vector<std::string> topics, Handlers handlers, std::size_t bytes_max);

  [[nodiscard]] const std::vector<std::string>& topics() const { return topics_; }

  /// `topic` is a place in topics(). False where the batch is full: then hand it over soon.
  template <typename What>
  bool add(std::uint32_t topic, const What& what) {
    open_->add(topic, what);
    if constexpr (std::is_same_v<What, TopicMessage>) ++added_[topic];
    return !open_->full();
  }
  void hand_over();
  /// Messages of the topic that wait for the handler, with the one that it is at.
  [[nodiscard]] std::uint64_t unhandled(std::uint32_t topic) const {
    return added_[topic] - handled_[topic].load(std::memory_order_relaxed);
  }
  /// True since the last hand_over(), until add().
  [[nodiscard]] bool nothing_added() const { return open_->empty(); }

  /// Calls the handlers until close().
  void run();
  /// No handler is called any more; run() returns after the one that is being called.
  void close();
  /// After close(): waits until run() has returned, unless this is its thread.
  void wait_until_silent();

 private:
  /// What the handler's thread takes at once, in the order in which it is to be told.
  struct Portion {
    std::vector<std::uint64_t> lost;        ///< by topic; empty where nothing was lost
    std::vector<SubscriptionItem> notices;  ///< of dropped batches
    std::unique_ptr<SubscriptionBatch> batch;
  };

  void drop_oldest();
  bool take(Portion& portion);
  void tell(const Portion& portion);
  void tell_lost(const std::vector<std::uint64_t>& lost);
  void call(const SubscriptionItem& item);
  void call_with_message(const SubscriptionItem& item);

  const std::vector<std::string> topics_;
  const Handlers handlers_;
  const std::size_t bytes_max_;

  // The reactor's.
  std::unique_ptr<SubscriptionBatch> open_;
  std::vector<std::uint64_t> added_;  // Messages by topic, without those that were dropped.

  std::mutex mutex_;
  std::deque<std::unique_ptr<SubscriptionBatch>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<std::uint64_t> lost_;
  std::vector<SubscriptionItem> notices_;  // Few: one for each time that a topic was joined or merged.
  std::vector<std::unique_ptr<SubscriptionBatch>> spare_;
  bool consumer_sleeps_ = false;
  ThreadParker consumer_parker_;
  bool running_ = false;
  std::condition_variable ended_;
  std::thread::id consumer_;
  std::atomic<bool> closed_{false};  // Written under the mutex.

  PublisherNames names_;                             // The handler thread's.
  std::vector<std::atomic<std::uint64_t>> handled_;  // Messages by topic; written by the handler's thread only.
};

}  // namespace hawser
