#include "pubsub-api/src/session/topic_log.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

// Of what has gone so many are named one by one, since a range that is erased costs a store more to read past.
constexpr std::size_t kGoneMax = 1024;

}  // namespace

RetainedMessage TopicLog::Entry::message() const {
  return {.lamport = lamport,
          .publisher = publisher,
          .number = number,
          .key = key,
          .payload = payload.bytes(),
          .ordered = ordered,
          .place = order,
          .time = time,
          .logged = true};
}

void TopicLog::add(const RetainedMessage& message, const Dropped& dropped) {
  floor_.newest = std::max(floor_.newest, message.time);
  const auto place = std::tie(message.time, message.lamport, message.publisher);
  const bool is_behind = place <= std::tie(floor_.time, floor_.lamport, floor_.publisher);
  if (!message.ordered && is_behind && !HAWSER_FAULT("session_log_without_floor")) return dropped(message);
  auto at = entries_.end();
  // Most come last, or nearly so; and of what comes late, much before all.
  if (!message.ordered && !entries_.empty() && place < entries_.front().place()) at = entries_.begin();
  while (!message.ordered && at != entries_.begin() && place < std::prev(at)->place()) --at;
  if (!message.ordered) return insert(at, message, 0, dropped);
  const std::uint64_t in_order = message.place > 0 ? message.place : next_place_;
  next_place_ = std::max(next_place_, in_order + 1);
  first_place_ = std::min(first_place_, in_order - 1);
  insert(at, message, in_order, dropped);
}

void TopicLog::add_before(const RetainedMessage& message, const Dropped& dropped) {
  floor_.newest = std::max(floor_.newest, message.time);
  insert(entries_.begin(), message, first_place_--, dropped);
}

void TopicLog::insert(Entries::const_iterator at, const RetainedMessage& message, std::uint64_t place,
                      const Dropped& dropped) {
  Entry& entry = *entries_.insert(at, Entry{message.time,
                                            message.lamport,
                                            message.publisher,
                                            message.number,
                                            message.ordered,
                                            false,
                                            place,
                                            std::string{message.key},
                                            {}});
  entry.payload.set(message);
  bytes_ += entry.bytes();
  if (tracked_) ++unseen_;
  trim(dropped);
}

void TopicLog::trim(const Dropped& dropped) {
  while (!entries_.empty() && is_over()) drop_oldest(dropped);
}

void TopicLog::drop_oldest(const Dropped& dropped) {
  const Entry& oldest = entries_.front();
  dropped_ordered_ = dropped_ordered_ || oldest.ordered;
  if (!oldest.ordered) raise_floor({oldest.time, oldest.lamport, oldest.publisher, 0});
  erase(entries_.begin(), Turn::oldest, dropped);
}

TopicLog::Entries::iterator TopicLog::erase(Entries::iterator at, Turn turn, const Dropped& dropped) {
  bytes_ -= at->bytes();
  note_gone(*at, turn);
  dropped(at->message());
  return entries_.erase(at);
}

void TopicLog::drop_if(const std::function<bool(const RetainedMessage&)>& goes, const Dropped& dropped) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    at = goes(at->message()) ? erase(at, Turn::any, dropped) : std::next(at);
  }
}

void TopicLog::raise_floor(const Floor& floor) {
  const std::uint64_t newest = std::max(floor_.newest, floor.newest);
  const bool is_higher =
      std::tie(floor.time, floor.lamport, floor.publisher) > std::tie(floor_.time, floor_.lamport, floor_.publisher);
  if (is_higher) floor_ = floor;
  floor_.newest = newest;
}

void TopicLog::note_gone(const Entry& entry, Turn turn) {
  if (!tracked_) return;
  if (!entry.seen) {
    --unseen_;
    return;
  }
  RetainedMessage gone = entry.message();
  gone.key = {};
  gone.payload = {};
  if (turn == Turn::any) return gone_out_of_turn_.push_back(gone);
  if (gone_.size() == kGoneMax) {
    gone_.clear();
    all_gone_ = true;
  }
  gone_.push_back(gone);
}

void TopicLog::track_changes() {
  tracked_ = true;
  unseen_ = 0;
  gone_.clear();
  gone_out_of_turn_.clear();
  all_gone_ = false;
  for (Entry& entry : entries_) entry.seen = true;
}

void TopicLog::stop_tracking() {
  track_changes();
  tracked_ = false;
}

// What is new mostly stands at the end, or nearly so.
void TopicLog::take_changed(const Added& added, const Gone& gone) {
  for (const RetainedMessage& message : gone_) gone(message, all_gone_ && &message == &gone_.back());
  for (const RetainedMessage& message : gone_out_of_turn_) gone(message, false);
  gone_.clear();
  gone_out_of_turn_.clear();
  all_gone_ = false;
  for (auto at = entries_.rbegin(); unseen_ > 0 && at != entries_.rend(); ++at) {
    if (std::exchange(at->seen, true)) continue;
    --unseen_;
    added(at->message());
  }
}

// What goes is a beginning of all: so where some of the later has gone, in order, nothing earlier stays.
void TopicLog::append(const TopicLog& later, const Dropped& dropped) {
  const auto has_gone = [&](const Entry& entry) {
    if (entry.ordered) return later.dropped_ordered_;
    return entry.place() <= std::tie(later.floor_.time, later.floor_.lamport, later.floor_.publisher);
  };
  while (!entries_.empty() && has_gone(entries_.front())) drop_oldest(dropped);
  raise_floor(later.floor_);
  later.for_each([&](const RetainedMessage& message) { add(message, dropped); });
}

bool TopicLog::is_over() const {
  if (entries_.size() > bounds_.messages || bytes_ > bounds_.bytes) return true;
  const auto age = static_cast<std::uint64_t>(bounds_.age.count());
  return age > 0 && entries_.front().time + age < floor_.newest;
}

bool TopicLog::set_ordered(bool ordered) {
  const auto is_otherwise = [&](const Entry& entry) { return entry.ordered != ordered; };
  if (std::none_of(entries_.begin(), entries_.end(), is_otherwise)) return false;
  if (!ordered) {
    floor_ = {.newest = floor_.newest};  // What is behind it has come in since, in order.
    entries_.sort([](const Entry& a, const Entry& b) { return a.place() < b.place(); });
  }
  first_place_ = kMiddle;
  next_place_ = kMiddle + 1;
  for (Entry& entry : entries_) {
    entry.ordered = ordered;
    entry.order = ordered ? next_place_++ : 0;
  }
  return true;
}

void TopicLog::clear() {
  entries_.clear();
  bytes_ = 0;
  floor_ = {};
  dropped_ordered_ = false;
  first_place_ = kMiddle;
  next_place_ = kMiddle + 1;
  stop_tracking();
}

void TopicLog::for_each(const std::function<void(const RetainedMessage&)>& visit) const {
  for (const Entry& entry : entries_) visit(entry.message());
}

std::uint64_t digest_of_log(const TopicLog& log) {
  const TopicLog::Floor& floor = log.floor();
  const std::array<std::uint64_t, 4> begin{floor.time, floor.lamport, floor.publisher.incarnation.value, floor.newest};
  std::uint64_t digest = digest_of(std::as_bytes(std::span{begin}));
  log.for_each([&](const RetainedMessage& message) {
    const std::array<std::uint64_t, 2> fields{digest, digest_of_message(message)};
    digest = digest_of(std::as_bytes(std::span{fields}));
  });
  return digest;
}

}  // namespace hawser
