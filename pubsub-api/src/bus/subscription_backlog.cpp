#include "pubsub-api/src/bus/subscription_backlog.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
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

// ---- NewestValues ----

std::size_t NewestValues::ValueHash::operator()(const Value& value) const {
  return mix64(std::hash<std::string_view>{}(value.key) ^ reinterpret_cast<std::uintptr_t>(value.topic));
}

void NewestValues::add(Waiting& waiting) {
  const auto& items = waiting.batch->items();
  waiting.superseded.assign(items.size(), false);
  waiting.superseded_count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == SubscriptionItem::Kind::notice) continue;
    const Value value{items[i].topic, items[i].key_text()};
    const Place place{&waiting, i};
    auto older = newest_.extract(value);
    if (older.empty()) {
      newest_.emplace(value, place);
      continue;
    }
    supersede(older.mapped());
    older.key() = value;  // The older one's memory may go.
    older.mapped() = place;
    newest_.insert(std::move(older));
  }
}

void NewestValues::supersede(const Place& place) {
  Waiting& waiting = *place.waiting;
  waiting.superseded[place.item] = true;
  ++waiting.superseded_count;
  if (2 * waiting.superseded_count >= waiting.superseded.size()) worth_compacting_.emplace(waiting.number, &waiting);
}

void NewestValues::remove(Waiting& waiting) {
  worth_compacting_.erase(waiting.number);
  const auto& items = waiting.batch->items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == SubscriptionItem::Kind::notice || waiting.superseded[i]) continue;
    newest_.erase({items[i].topic, items[i].key_text()});
  }
}

void NewestValues::clear() {
  newest_.clear();
  worth_compacting_.clear();
}

// ---- SubscriptionBacklog ----

void SubscriptionBacklog::push(std::unique_ptr<SubscriptionBatch> batch) {
  if (is_over_) return;
  bytes_ += batch->bytes();
  Waiting& waiting = waiting_.emplace_back();
  waiting.batch = std::move(batch);
  waiting.number = ++pushed_;
  if (when_full_ == WhenFull::conflate) newest_.add(waiting);
  if (bytes_ > bytes_max_) make_room();
}

void SubscriptionBacklog::make_room() {
  if (waiting_.size() == 1) return;
  if (when_full_ == WhenFull::disconnect) {
    is_over_ = true;
    owes_end_ = true;
    bytes_ -= waiting_.back().batch->bytes();
    waiting_.pop_back();
    return;
  }
  while (bytes_ > bytes_max_) {
    Waiting* const worth = newest_.worth_compacting();
    if (worth == nullptr) break;
    compact(*worth);
  }
  // Of `conflate`, even the newest of each key are too many; of `block`, what was on its way when it was said.
  while (bytes_ > bytes_max_ && waiting_.size() > 1) drop_oldest();
}

void SubscriptionBacklog::drop(const SubscriptionItem& message, Gap::Cause cause) {
  --message.topic->added;
  losses_.add(message, cause);
}

// In its place a batch of what is not superseded, in memory of its own.
void SubscriptionBacklog::compact(Waiting& waiting) {
  const SubscriptionBatch& old = *waiting.batch;
  std::vector<SubscriptionBatch::Entry> kept;
  for (std::size_t i = 0; i < old.items().size(); ++i) {
    if (waiting.superseded[i]) {
      drop(old.items()[i], Gap::Cause::conflated);
    } else {
      kept.push_back({&old, &old.items()[i]});
    }
  }
  auto compacted = std::make_unique<SubscriptionBatch>();
  compacted->add_copies(kept);
  newest_.remove(waiting);
  bytes_ -= old.bytes();
  bytes_ += compacted->bytes();
  waiting.batch = std::move(compacted);
  newest_.add(waiting);
}

std::unique_ptr<SubscriptionBatch> SubscriptionBacklog::take_oldest() {
  Waiting& oldest = waiting_.front();
  if (when_full_ == WhenFull::conflate) newest_.remove(oldest);
  std::unique_ptr<SubscriptionBatch> batch = std::move(oldest.batch);
  waiting_.pop_front();
  bytes_ -= batch->bytes();
  return batch;
}

void SubscriptionBacklog::drop_oldest() {
  const std::unique_ptr<SubscriptionBatch> batch = take_oldest();
  for (const SubscriptionItem& item : batch->items()) {
    if (item.kind == SubscriptionItem::Kind::notice) {
      notices_.push_back(batch->notice(item));
    } else {
      drop(item, Gap::Cause::queue_full);
    }
  }
}

SubscriptionPortion SubscriptionBacklog::take() {
  SubscriptionPortion portion{losses_.take(), nullptr};
  std::move(notices_.begin(), notices_.end(), std::back_inserter(portion.notices));
  notices_.clear();
  if (waiting_.empty()) {
    owes_end_ = false;
    portion.notices.push_back({nullptr, SubscriptionEnded{}});
  } else {
    portion.batch = take_oldest();
  }
  return portion;
}

void SubscriptionBacklog::clear() {
  newest_.clear();
  waiting_.clear();
  bytes_ = 0;
  losses_.take();
  notices_.clear();
  owes_end_ = false;
}

}  // namespace hawser
