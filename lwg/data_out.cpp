#include "lwg/data_out.hpp"

#include <algorithm>
#include <array>

#include "lwg/light_messages.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

Status DataOut::send(OwnGroup& group, const Parts& parts, Time now, Outbox& out) {
  if (!unsent_.empty()) send_unsent(now, out);
  if (!unsent_.empty()) return Error{Errc::would_block, "the send queue is full: try again later"};
  if (group.held() && !HAWSER_FAULT("lwg_sent_after_marker")) {
    return Error{Errc::would_block, "a member is joining or leaving '" + group.name +
                                        "', or the group is moving: " + "try again in a moment"};
  }
  return multicast(group, parts, now, out);
}

Status DataOut::multicast(OwnGroup& group, const Parts& parts, Time now, Outbox& out) {
  const bool is_total = group.configuration.is_total();
  const bool is_bulk = !is_total && this->is_bulk(parts.size());
  if (!is_bulk && has_bulk_of(group.view.group) && !HAWSER_FAULT("lwg_bulk_not_waited_for")) {
    return Error{Errc::would_block, "a long message of '" + group.name + "' is on its way: try again in a moment"};
  }
  if (group.carrier == nullptr) group.carrier = groups_.find(group.heavy);
  if (group.carrier == nullptr) return Error{Errc::would_block, "the group is on its way: try again in a moment"};
  std::array<std::byte, kDataHeaderBytesMax> room;
  std::array<ByteView, 8> few;
  std::vector<ByteView> many;
  std::span<ByteView> all{few};
  if (parts.views.size() >= few.size()) {
    many.resize(parts.views.size() + 1);
    all = many;
  }
  const EraTag& era = HAWSER_FAULT("lwg_sent_with_the_first_era") ? group.joined : group.view_era;
  all[0] = encode_data_header(group.view.group, era, room);
  std::copy(parts.views.begin(), parts.views.end(), all.begin() + 1);
  const Order order = is_total ? Order::total : is_bulk ? Order::bulk : Order::fifo;
  Status sent = group.carrier->multicast(order, Parts{all.first(parts.views.size() + 1), parts.keeper}, now, out);
  if (!sent.ok()) return sent;
  if (is_bulk) note_bulk(group);
  if (is_total) {
    ++group.unplaced;
    unplaced_[group.heavy].push_back(++ordered_);
  }
  group.note_sent(group.carrier->accepted());
  return sent;
}

// Its delivery here comes as an event, after this.
void DataOut::note_bulk(const OwnGroup& group) {
  OnTheWay& bulk = bulk_[group.view.group];
  bulk.heavy = group.heavy;
  ++bulk.messages;
}

void DataOut::on_own(GroupId heavy, LightGroupId group, ByteView payload, Order order) {
  if (order == Order::total) return on_place(heavy, group);
  if (bulk_.empty() || !is_bulk(payload.size())) return;
  const auto at = bulk_.find(group);
  if (at != bulk_.end() && --at->second.messages == 0) bulk_.erase(at);
}

void DataOut::on_place(GroupId heavy, LightGroupId group) {
  OwnGroup* const own = views_.find(group);
  if (own != nullptr && own->unplaced > 0) --own->unplaced;
  const auto at = unplaced_.find(heavy);
  if (at == unplaced_.end()) return;
  at->second.pop_front();
  if (at->second.empty()) unplaced_.erase(at);
}

std::uint64_t DataOut::placed() const {
  std::uint64_t first = ordered_ + 1;
  for (const auto& [heavy, numbers] : unplaced_) first = std::min(first, numbers.front());
  return first - 1;
}

void DataOut::on_heavy_left(GroupId heavy) {
  unplaced_.erase(heavy);
  std::erase_if(bulk_, [&](const auto& entry) { return entry.second.heavy == heavy; });
}

// What a group sends that no change is pending of is of its installed era, whose marker has been delivered.
bool DataOut::has_bulk_to_mark(GroupId heavy) const {
  return std::any_of(bulk_.begin(), bulk_.end(), [&](const auto& entry) {
    const OwnGroup* group = views_.find(entry.first);
    return entry.second.heavy == heavy && (group == nullptr || group->held());
  });
}

// It goes out in the era and on the group of now, before what waits already, which was accepted later. What is not data
// was of use in its own view only. It comes by heavy-weight groups, so of a group that has moved the older may come
// last.
void DataOut::take_back(std::vector<UnsentMessage> unsent) {
  bulk_.clear();
  unplaced_.clear();
  std::deque<Unsent> later = std::exchange(unsent_, {});
  std::vector<std::pair<LightData, UnsentMessage*>> messages;
  for (UnsentMessage& message : unsent) {
    const auto data = message.group == kControlGroup ? std::nullopt : decode_light_data(message.payload.bytes());
    if (data) messages.emplace_back(*data, &message);
  }
  std::stable_sort(messages.begin(), messages.end(),
                   [](const auto& a, const auto& b) { return is_before(a.first.era, b.first.era); });
  for (auto& [data, message] : messages) {
    OwnGroup* group = views_.find(data.group);
    if (group == nullptr || HAWSER_FAULT("lwg_unsent_forgotten")) {
      views_.count_dropped();
      continue;
    }
    ++group->unsent;
    if (message->order == Order::total && group->unplaced > 0) --group->unplaced;
    group->forget_sent(message->group);
    unsent_.push_back({data.group, std::move(message->payload).narrowed(data.payload), std::move(message->rest)});
  }
  std::move(later.begin(), later.end(), std::back_inserter(unsent_));
}

void DataOut::send_unsent(Time now, Outbox& out) {
  for (; !unsent_.empty(); unsent_.pop_front()) {
    const Unsent& next = unsent_.front();
    OwnGroup* group = views_.find(next.group);
    if (group == nullptr || !group->can_send()) {
      views_.count_dropped();
    } else {
      const std::array views{next.head.bytes(), next.rest.bytes()};
      const bool kept = next.rest.size() > 0;
      const Parts parts{std::span{views}.first(kept ? 2 : 1), kept ? &next.rest.buffer() : &next.head.buffer()};
      if (group->held() || !multicast(*group, parts, now, out).ok()) return;
    }
    if (group != nullptr) --group->unsent;
  }
}

void DataOut::drop_unsent() {
  for (std::size_t left = unsent_.size(); left > 0; --left) views_.count_dropped();
  unsent_.clear();
  bulk_.clear();
  unplaced_.clear();
}

}  // namespace hawser
