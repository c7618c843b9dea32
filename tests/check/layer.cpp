#include "layer.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace hawser::check {

namespace {

/// A set of numbers that mostly grows at its end: a few intervals.
class Ranges {
 public:
  /// False where it was there already.
  bool insert(std::uint32_t number) {
    auto next =
        std::find_if(ranges_.rbegin(), ranges_.rend(), [&](const Range& r) { return r.begin <= number; }).base();
    // `next` is the first range that begins behind the number; the one before it may hold or touch it.
    if (next != ranges_.begin()) {
      Range& before = *std::prev(next);
      if (number < before.end) return false;
      if (number == before.end) return ++before.end, true;
    }
    ranges_.insert(next, {number, number + 1});
    return true;
  }

 private:
  struct Range {
    std::uint32_t begin, end;
  };
  std::vector<Range> ranges_;  // Sorted, disjoint; neighbours may touch.
};

/// How far one receiver is in one stream.
struct Cursor {
  NodeIndex receiver = kNone;
  std::uint32_t next = 0;
  Ranges seen;
};

/// Finds out which message each delivery is, receiver by receiver.
class Resolver {
 public:
  explicit Resolver(Layer& layer) : layer_(layer), cursors_(layer.streams.size()) {}

  void resolve(Delivery& delivery) {
    if (delivery.stream == kNone) return;
    Cursor& cursor = cursor_of(delivery);
    delivery.message = layer_.streams[delivery.stream].find(delivery.digest, cursor.next);
    const bool known = delivery.message != kNone;
    delivery.duplicate = !(known ? cursor.seen.insert(delivery.message)
                                 : unknown_.insert({delivery.node, delivery.stream, delivery.digest}).second);
    if (known) cursor.next = delivery.message + 1;
    if (delivery.duplicate || delivery.stay == kNone) return;
    Stay& stay = layer_.stays[delivery.stay];
    ++stay.delivered;
    const std::uint64_t name = known ? delivery.message : delivery.digest;
    stay.delivered_sum += mix64(name ^ mix64(delivery.stream * 2U + (known ? 1U : 0U)));
  }

 private:
  Cursor& cursor_of(const Delivery& delivery) {
    Cursor& cursor = cursors_[delivery.stream];
    if (cursor.receiver != delivery.node) cursor = {delivery.node, 0, {}};
    return cursor;
  }

  struct Unknown {
    NodeIndex receiver;
    StreamIndex stream;
    MessageDigest digest;
    auto operator<=>(const Unknown&) const = default;
  };

  Layer& layer_;
  std::vector<Cursor> cursors_;
  std::set<Unknown> unknown_;  // What was delivered and never sent: rare.
};

}  // namespace

std::uint32_t Stream::find(MessageDigest digest, std::uint32_t expected) {
  if (expected < sent.size() && sent[expected].digest == digest) return expected;
  if (by_digest.size() != sent.size()) {
    by_digest.clear();
    for (std::uint32_t i = 0; i < sent.size(); ++i) by_digest.emplace_back(sent[i].digest, i);
    std::sort(by_digest.begin(), by_digest.end());
  }
  // Should two messages be alike after all, the one that comes next is meant, else the last one.
  auto at = std::lower_bound(by_digest.begin(), by_digest.end(), std::pair{digest, expected});
  if (at != by_digest.end() && at->first == digest) return at->second;
  if (at != by_digest.begin() && std::prev(at)->first == digest) return std::prev(at)->second;
  return kNone;
}

StreamIndex Layer::stream_of(std::uint32_t channel, NodeIndex sender) {
  const StreamIndex stream = stream_keys_.add(pair_key(channel, sender));
  if (stream == streams.size()) streams.push_back({sender, channel, {}, {}, {}});
  return stream;
}

StayIndex Layer::stay_of(ViewIndex view, NodeIndex node) const {
  const std::uint32_t key = stay_keys_.find(pair_key(view, node));
  return key == kNone ? kNone : stay_by_key_[key];
}

void Layer::add_view(std::uint32_t group, std::vector<NodeIndex> members) {
  std::sort(members.begin(), members.end());
  views.push_back({group, std::move(members), static_cast<StayIndex>(stays.size())});
}

StayIndex Layer::add_stay(const Stay& stay) {
  const auto index = static_cast<StayIndex>(stays.size());
  stays.push_back(stay);
  if (stay.previous != kNone) {
    stays[stay.previous].next = index;
    stays[stay.previous].end = stay.begin;
  }
  if (stay_keys_.add(pair_key(stay.view, stay.node)) == stay_by_key_.size()) stay_by_key_.push_back(index);
  return index;
}

void Layer::resolve() {
  Resolver resolver{*this};
  for (Delivery& delivery : deliveries) resolver.resolve(delivery);
}

bool Layer::is_member(ViewIndex view, NodeIndex node) const {
  return std::binary_search(views[view].members.begin(), views[view].members.end(), node);
}

}  // namespace hawser::check
