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

/// One topic of a subscription. It stays where it is until the SubscriptionQueue is gone.
struct SubscribedTopic {
  explicit SubscribedTopic(std::string_view topic) : name(topic) {}
  /// Messages that wait for the handler, with the one that it is at. Threads: the reactor's.
  [[nodiscard]] std::uint64_t unhandled() const { return added - handled.load(std::memory_order_relaxed); }

  const std::string name;
  std::uint64_t added = 0;                ///< messages, without those that were dropped; the reactor's
  std::atomic<std::uint64_t> handled{0};  ///< messages; written by the handler's thread only
  std::uint64_t lost = 0;                 ///< dropped, and the handler not told yet; under the queue's mutex
};

/// The reactor collects a burst and hands it over at its end, which wakes the handler's thread if that sleeps. When
/// more than `bytes_max` wait, the oldest batches are dropped, and the handler is told of a Gap for each topic in their
/// place; what they had to tell besides messages is kept. The newest batch always stays. Threads: topics(),
/// add_topic(), add() and hand_over() on the reactor; run() on the handler's thread; the rest on any.
class SubscriptionQueue {
 public:
  SubscriptionQueue(Handlers handlers, std::size_t bytes_max);

  SubscribedTopic& add_topic(std::string_view name) { return topics_.emplace_back(name); }

  /// `topic` is one of this queue's. False where the batch is full: then hand it over soon.
  template <typename What>
  bool add(SubscribedTopic& topic, const What& what) {
    open_->add(topic, what);
    if constexpr (std::is_same_v<What, TopicMessage>) ++topic.added;
    return !open_->full();
  }
  void hand_over();
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
    std::vector<SubscriptionItem> lost;     ///< gaps, one for each topic that lost something
    std::vector<SubscriptionItem> notices;  ///< of dropped batches
    std::unique_ptr<SubscriptionBatch> batch;
  };

  void drop_oldest();
  bool take(Portion& portion);
  std::vector<SubscriptionItem> take_lost();
  void tell(const Portion& portion);
  void call(const SubscriptionItem& item);
  void call_with_message(const SubscriptionItem& item);

  const Handlers handlers_;
  const std::size_t bytes_max_;

  // The reactor's.
  std::deque<SubscribedTopic> topics_;
  std::unique_ptr<SubscriptionBatch> open_;

  std::mutex mutex_;
  std::deque<std::unique_ptr<SubscriptionBatch>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<SubscribedTopic*> losers_;   // Topics that lost something.
  std::vector<SubscriptionItem> notices_;  // Few: one for each time that a topic was joined or merged.
  std::vector<std::unique_ptr<SubscriptionBatch>> spare_;
  bool consumer_sleeps_ = false;
  ThreadParker consumer_parker_;
  bool running_ = false;
  std::condition_variable ended_;
  std::thread::id consumer_;
  std::atomic<bool> closed_{false};  // Written under the mutex.

  PublisherNames names_;  // The handler thread's.
};

}  // namespace hawser
