#include "pubsub-api/src/bus/subscription_backlog.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace hawser {

// ---- SubscriptionLosses ----

std::size_t SubscriptionLosses::PlaceHash::operator()(const Place& place) const {
  const auto topic = reinterpret_cast<std::uintptr_t>(place.topic);
  return mix64(topic ^ place.publisher.incarnation.value ^ static_cast<std::uint64_t>(place.cause));
}

void SubscriptionLosses::add(const SubscriptionItem& message, Gap::Cause cause) {
  const auto [at, is_new] = places_.try_emplace({message.topic, message.publisher, cause}, gaps_.size());
  if (is_new) {
    TopicGap gap{.cause = cause, .publisher = message.publisher, .first = message.number, .last = message.number};
    gaps_.push_back({message.topic, gap});
  }
  auto& gap = std::get<TopicGap>(gaps_[at->second].what);
  ++gap.messages;
  gap.first = std::min(gap.first, message.number);
  gap.last = std::max(gap.last, message.number);
}

std::vector<SubscriptionNotice> SubscriptionLosses::take() {
  places_.clear();
  return std::exchange(gaps_, {});
}

// ---- SubscriptionBacklog ----

void SubscriptionBacklog::push(std::unique_ptr<SubscriptionBatch> batch) {
  if (is_over_) return;
  bytes_ += batch->bytes();
  waiting_.push_back(std::move(batch));
  if (bytes_ > bytes_max_) make_room();
}

void SubscriptionBacklog::make_room() {
  if (waiting_.size() == 1) return;
  switch (when_full_) {
    case WhenFull::drop_oldest:
    case WhenFull::block:  // What was on its way when the publishers were told to wait was too much.
      while (bytes_ > bytes_max_ && waiting_.size() > 1) drop_oldest();
      return;
    case WhenFull::conflate:
      conflate();
      // Down to half of it, else all would be gone through again for each batch that comes.
      while (bytes_ > bytes_max_ / 2 && waiting_.size() > 1) drop_oldest();
      return;
    case WhenFull::disconnect:
      is_over_ = true;
      owes_end_ = true;
      bytes_ -= waiting_.back()->bytes();
      waiting_.pop_back();
      return;
  }
}

void SubscriptionBacklog::drop(const SubscriptionItem& message, Gap::Cause cause) {
  --message.topic->added;
  losses_.add(message, cause);
}

void SubscriptionBacklog::drop_oldest() {
  const std::unique_ptr<SubscriptionBatch> batch = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= batch->bytes();
  for (const SubscriptionItem& item : batch->items()) {
    if (item.kind == SubscriptionItem::Kind::notice) {
      notices_.push_back(batch->notice(item));
    } else {
      drop(item, Gap::Cause::queue_full);
    }
  }
}

namespace {

/// What a newer message of the same topic and key makes needless.
struct Value {
  const SubscribedTopic* topic;
  std::string_view key;
  bool operator==(const Value&) const = default;
};
struct ValueHash {
  std::size_t operator()(const Value& value) const {
    return std::hash<std::string_view>{}(value.key) ^ std::hash<const void*>{}(value.topic);
  }
};

}  // namespace

// From the newest to the oldest: the first message of each topic and key stays, and so do notices.
void SubscriptionBacklog::conflate() {
  std::unordered_set<Value, ValueHash> seen;
  std::vector<SubscriptionBatch::Entry> kept;
  for (auto batch = waiting_.rbegin(); batch != waiting_.rend(); ++batch) {
    const auto& items = (*batch)->items();
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      const bool is_notice = item->kind == SubscriptionItem::Kind::notice;
      if (is_notice || seen.insert({item->topic, item->key_text()}).second) {
        kept.push_back({batch->get(), &*item});
      } else {
        drop(*item, Gap::Cause::conflated);
      }
    }
  }
  std::reverse(kept.begin(), kept.end());
  std::deque<std::unique_ptr<SubscriptionBatch>> waiting;
  bytes_ = 0;
  for (std::span<const SubscriptionBatch::Entry> rest{kept}; !rest.empty();) {
    SubscriptionBatch& batch = *waiting.emplace_back(std::make_unique<SubscriptionBatch>());
    rest = rest.subspan(batch.add_copies(rest));
    bytes_ += batch.bytes();
  }
  waiting_ = std::move(waiting);
}

SubscriptionPortion SubscriptionBacklog::take() {
  SubscriptionPortion portion{losses_.take(), nullptr};
  std::move(notices_.begin(), notices_.end(), std::back_inserter(portion.notices));
  notices_.clear();
  if (waiting_.empty()) {
    owes_end_ = false;
    portion.notices.push_back({nullptr, SubscriptionEnded{}});
    return portion;
  }
  portion.batch = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= portion.batch->bytes();
  return portion;
}

void SubscriptionBacklog::clear() {
  waiting_.clear();
  bytes_ = 0;
  losses_.take();
  notices_.clear();
  owes_end_ = false;
}

}  // namespace hawser
