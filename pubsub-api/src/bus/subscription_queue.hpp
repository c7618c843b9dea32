// Between the reactor and one subscription's handler: a bounded queue that never holds the reactor up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hawser/subscription.hpp"
#include "pubsub-api/src/bus/subscription_backlog.hpp"
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

/// The reactor collects a burst and hands it over at its end, which wakes the handler's thread if that sleeps. What
/// happens when the handler does not keep up: see SubscriptionBacklog. Threads: topics(),
/// add_topic(), add() and hand_over() on the reactor; run() on the handler's thread; the rest on any.
class SubscriptionQueue {
 public:
  /// What the reactor is to do about this subscription.
  enum class Wish {
    nothing,
    pause,  ///< is_paused() may have changed
    end,    ///< it wants nothing more
  };

  /// `on_relief` is called on the handler's thread when is_paused() has ended; may be empty.
  SubscriptionQueue(Handlers handlers, WhenFull when_full, std::size_t bytes_max, std::function<void()> on_relief = {});

  SubscribedTopic& add_topic(std::string_view name) { return topics_.emplace_back(name); }

  /// `topic` is one of this queue's. False where the batch is full: then hand it over soon.
  bool add(SubscribedTopic& topic, const TopicMessage& message) {
    open_->add(topic, message);
    ++topic.added;
    return !open_->full();
  }
  template <typename Notice>
  bool add(SubscribedTopic& topic, const Notice& notice) {
    open_->add(SubscriptionNotice{&topic, notice});
    return !open_->full();
  }
  Wish hand_over();
  /// Its publishers are to wait: there was no room for more, and is not yet again. Threads: any.
  [[nodiscard]] bool is_paused() const {
    const std::lock_guard lock{mutex_};
    return is_paused_;
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
  bool take(SubscriptionPortion& portion);
  void tell(const SubscriptionPortion& portion);
  void call(const SubscriptionNotice& notice);
  void call(const SubscriptionItem& message);
  void call(std::string_view topic, const TopicSynced& synced);
  void call(std::string_view topic, const TopicGap& gap);
  void call(std::string_view topic, const TopicsWatched& watched);
  void call(std::string_view topic, const SubscriptionEnded& ended);

  [[nodiscard]] Wish wish();
  void note_relief(std::unique_lock<std::mutex>& lock);

  const Handlers handlers_;
  const std::function<void()> on_relief_;
  const WhenFull when_full_;
  const std::size_t bytes_max_;

  // The reactor's.
  std::deque<SubscribedTopic> topics_;
  std::unique_ptr<SubscriptionBatch> open_;

  mutable std::mutex mutex_;
  SubscriptionBacklog backlog_;
  bool is_paused_ = false;
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
