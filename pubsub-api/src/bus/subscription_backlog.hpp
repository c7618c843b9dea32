// What waits for one subscription's handler: bounded, and what happens when it is full is the application's choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hawser/subscription.hpp"
#include "pubsub-api/src/bus/subscription_batch.hpp"

namespace hawser {

/// Messages that are dropped, by topic, publisher and cause, in the order in which each began to lose some. Bound: one
/// entry for each publisher of each topic and cause. Threads: single-threaded.
class SubscriptionLosses {
 public:
  void add(const SubscriptionItem& message, Gap::Cause cause);
  [[nodiscard]] bool empty() const { return gaps_.empty(); }
  /// A gap for each; then there are none any more.
  std::vector<SubscriptionNotice> take();

 private:
  struct Place {
    const SubscribedTopic* topic;
    NodeId publisher;
    Gap::Cause cause;
    bool operator==(const Place&) const = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const;
  };

  std::vector<SubscriptionNotice> gaps_;
  std::unordered_map<Place, std::size_t, PlaceHash> places_;  // in gaps_
};

/// What the handler's thread takes at once, in the order in which it is to be told.
struct SubscriptionPortion {
  std::vector<SubscriptionNotice> notices;   ///< what was lost, and what dropped batches had to tell besides messages
  std::unique_ptr<SubscriptionBatch> batch;  ///< none where there are only notices
};

/// Which waiting message is the newest of its topic and key, and so which batches have mostly others: of those it is
/// worth while to make smaller ones. Kept up to date as batches come and go, so that a full queue costs no more for
/// each message than one that is not. Threads: single-threaded.
class NewestValues {
 public:
  /// A batch that waits. It must stay where it is until it is removed.
  struct Waiting {
    std::unique_ptr<SubscriptionBatch> batch;
    std::uint64_t number = 0;      ///< they wait in this order
    std::vector<bool> superseded;  ///< by item; none where the newest do not matter
    std::size_t superseded_count = 0;
  };

  void add(Waiting& waiting);
  void remove(Waiting& waiting);
  /// The oldest of those of which at least half is superseded; nullptr where there is none.
  [[nodiscard]] Waiting* worth_compacting() const {
    return worth_compacting_.empty() ? nullptr : worth_compacting_.begin()->second;
  }
  void clear();

 private:
  struct Value {
    const SubscribedTopic* topic;
    std::string_view key;  ///< in the batch
    bool operator==(const Value&) const = default;
  };
  struct ValueHash {
    std::size_t operator()(const Value& value) const;
  };
  struct Place {
    Waiting* waiting;
    std::size_t item;
  };

  void supersede(const Place& place);

  std::unordered_map<Value, Place, ValueHash> newest_;
  std::map<std::uint64_t, Waiting*> worth_compacting_;
};

/// Invariant: every message that was pushed before it was over is taken, or is counted in a gap that is taken no later
/// than what came after it. Threads: the user's to serialise.
class SubscriptionBacklog {
 public:
  SubscriptionBacklog(WhenFull when_full, std::size_t bytes_max) : when_full_(when_full), bytes_max_(bytes_max) {}

  /// The newest batch always stays, unless it is the one by which `disconnect` ends.
  void push(std::unique_ptr<SubscriptionBatch> batch);
  [[nodiscard]] bool empty() const { return waiting_.empty() && !owes_end_; }
  /// There must be something.
  SubscriptionPortion take();
  /// As if nothing had ever been pushed.
  void clear();

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// By `disconnect`: nothing is taken in any more, and when all is taken, SubscriptionEnded tells.
  [[nodiscard]] bool is_over() const { return is_over_; }

 private:
  using Waiting = NewestValues::Waiting;

  void make_room();
  void drop_oldest();
  void compact(Waiting& waiting);
  void drop(const SubscriptionItem& message, Gap::Cause cause);
  std::unique_ptr<SubscriptionBatch> take_oldest();

  const WhenFull when_full_;
  const std::size_t bytes_max_;
  std::deque<Waiting> waiting_;
  std::uint64_t pushed_ = 0;
  std::size_t bytes_ = 0;
  NewestValues newest_;  // where they conflate
  SubscriptionLosses losses_;
  std::vector<SubscriptionNotice> notices_;  // Few: one for each time that a topic was joined or merged.
  bool is_over_ = false;
  bool owes_end_ = false;
};

}  // namespace hawser
