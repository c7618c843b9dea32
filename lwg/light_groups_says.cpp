// What a node says by itself: data, requests, the coordinator's word, markers.
#include <utility>

#include "lwg/light_groups_impl.hpp"

namespace hawser {
namespace {

// What is longer is sent as several messages. Far below what a message may have, so that others get a word in between.
constexpr std::size_t kBatchBytesMax = std::size_t{4} << 20;

// Where to cut instead of at `cut`, so that no group is created without all its first members.
std::size_t before_unfinished_group(std::span<const Operation> operations, std::size_t cut) {
  if (cut == operations.size() || operations[cut].kind != Operation::Kind::add) return cut;
  std::size_t first = cut;
  while (first > 0 && operations[first].kind == Operation::Kind::add &&
         operations[first - 1].group == operations[cut].group) {
    --first;
  }
  return first > 0 && operations[first].kind == Operation::Kind::create ? first : cut;
}

}  // namespace

Status LightGroups::Impl::send(LightGroupId id, const Parts& parts, Time now, LightOutbox& out) {
  OwnGroup* group = views_.find(id);
  if (group == nullptr || !group->can_send()) {
    return Error{Errc::invalid_argument, "this node is not in the group: ask can_send() first"};
  }
  if (!queue_.empty()) queue_.pump(now, out.transport);
  if (!queue_.empty()) return Error{Errc::would_block, "the send queue is full: try again later"};
  return data_.send(*group, parts, now, out.transport);
}

void LightGroups::Impl::finish(Time now, LightOutbox& out) {
  if (!queue_.empty()) queue_.pump(now, out.transport);
  data_.send_unsent(now, out.transport);
  for (const std::string& name : views_.take_left()) wishes_.on_left(name);
  if (now >= wishes_.next_deadline()) wishes_.look_at_waiting(now);
  ask(now, out);
  coordinate(now, out);
}

void LightGroups::Impl::ask(Time now, LightOutbox& out) {
  if (!is_settled()) {
    if (!lineage_.has_directory() && wishes_.changed()) tell_over(wishes_.give_up(), out);
    return;
  }
  if (watches_.changed()) {
    WatchWork work = watches_.work(directory_);
    send_requests(work.requests, now, out);
    for (Pattern& pattern : work.in_force) out.events.emplace_back(PatternWatched{std::move(pattern)});
  }
  if (configurations_.changed()) send_requests(configurations_.work(directory_), now, out);
  WishWork work;
  if (wishes_.changed()) work = wishes_.work({directory_, views_, groups_}, now, rng_);
  if (heavies_.is_due(views_, now)) {
    for (const GroupId heavy : heavies_.take_unused(views_, now)) {
      if (!HeavyUses::may_leave(groups_.find(heavy))) continue;
      work.requests.push_back({Request::Kind::release, {}, {}, heavy, applied_.number, {}, {}});
    }
  }
  send_requests(work.requests, now, out);
  tell_over(std::move(work.over), out);
}

void LightGroups::Impl::send_requests(std::span<const Request> requests, Time now, LightOutbox& out) {
  while (!requests.empty()) {
    const std::size_t count = fitting(requests, kBatchBytesMax);
    queue_.send(kControlGroup, Order::fifo, encode(++batches_, requests.first(count)), now, out.transport);
    requests = requests.subspan(count);
  }
}

void LightGroups::Impl::tell_over(std::vector<std::string> names, LightOutbox& out) {
  for (std::string& name : names) {
    out.events.emplace_back(LightViewLeft{std::move(name), {}, LightViewLeft::Cause::asked});
  }
}

// Its word is cut between groups' beginnings, so that none is seen without its first member.
void LightGroups::Impl::coordinate(Time now, LightOutbox& out) {
  if (!is_settled() || !is_coordinator() || !coordinator_.has_work()) return;
  const std::optional<CoordinatorPlan> plan = coordinator_.plan(directory_, view_, applied_.number);
  if (!plan) return;
  for (const auto& [heavy, old_members, members] : plan->arrangements) {
    queue_.arrange(heavy, old_members, members, now, out.transport);
  }
  std::span<const Operation> rest{plan->operations};
  do {
    const std::size_t count = before_unfinished_group(rest, fitting(rest, kBatchBytesMax));
    ++plans_on_the_way_;
    queue_.send(kControlGroup, Order::total, encode(++batches_, rest.first(count)), now, out.transport);
    rest = rest.subspan(count);
  } while (!rest.empty());
}

void LightGroups::Impl::say_markers(Time now, LightOutbox& out) {
  for (const auto& [heavy, number] : views_.take_markers(MarkerStream::total)) {
    const Order order = HAWSER_FAULT("lwg_total_marked_in_fifo") ? Order::fifo : Order::total;
    say_marker(heavy, order, number, now, out);
  }
  for (const auto& [heavy, number] : views_.take_markers(MarkerStream::fifo)) {
    // It comes after all that was sent before in the groups that it speaks for, long messages too.
    const bool bulk = data_.has_bulk_to_mark(heavy) && !HAWSER_FAULT("lwg_marker_overtakes_bulk");
    say_marker(heavy, bulk ? Order::bulk : Order::fifo, number, now, out);
  }
}

void LightGroups::Impl::say_marker(GroupId heavy, Order order, std::uint64_t number, Time now, LightOutbox& out) {
  if (HAWSER_FAULT("lwg_marker_skipped") && is_odd_one_out()) return;
  if (HAWSER_FAULT("lwg_marker_of_a_later_change")) number += 2;
  queue_.send(heavy, order, encode(Marker{view_.id.epoch, number}), now, out.transport);
}

}  // namespace hawser
