#include "tests/bench/group_members.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "tests/bench/received_stream.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

constexpr std::chrono::milliseconds kSettle{300};

}  // namespace

Status GroupMembers::start(std::uint32_t topics) {
  const MemberSpec spec{fresh_domain(), kGroupMembers, topics};
  for (std::uint32_t i = 0; i < kGroupMembers; ++i) {
    auto member = GroupMember::start("member " + std::to_string(i + 1), spec);
    if (!member) return member.error();
    members_.push_back(std::move(member).value());
    running_.push_back(i);
  }
  for (GroupMember& member : members_) {
    if (auto opened = member.wait_until_opened(); !opened) return opened;
  }
  return Ok{};
}

Result<JoinTimes> GroupMembers::join(std::uint32_t index) {
  in_.push_back(index);
  members_[index].order("subscribe");
  const auto synced = members_[index].take("synced");
  if (!synced) return synced.error();
  const auto views_ns = wait_until_all_changed_ns();
  if (!views_ns) return views_ns.error();
  return JoinTimes{synced->at("began_ns"), *views_ns, synced->at("at_ns")};
}

void GroupMembers::settle() const { std::this_thread::sleep_for(kSettle); }

Result<std::int64_t> GroupMembers::wait_until_all_changed_ns() {
  std::int64_t last_ns = 0;
  for (const std::uint32_t index : in_) {
    const auto changed_ns = members_[index].take_changed_ns();
    if (!changed_ns) return changed_ns;
    last_ns = std::max(last_ns, *changed_ns);
  }
  return last_ns;
}

Result<std::int64_t> GroupMembers::leave_ns(std::uint32_t index) {
  std::erase(in_, index);
  members_[index].order("unsubscribe");
  const auto unsubscribed = members_[index].take("unsubscribed");
  if (!unsubscribed) return unsubscribed.error();
  return unsubscribed->at("began_ns").get<std::int64_t>();
}

std::int64_t GroupMembers::kill_ns(std::uint32_t index) {
  std::erase(in_, index);
  std::erase(running_, index);
  const std::int64_t began_ns = monotonic_ns();
  members_[index].kill_now();
  return began_ns;
}

Result<MemberFigures> GroupMembers::figures(std::optional<std::uint32_t> left_out) {
  std::vector<std::uint32_t> asked = running_;
  if (left_out) std::erase(asked, *left_out);
  for (const std::uint32_t index : asked) members_[index].order("tell figures");
  MemberFigures sum;
  for (const std::uint32_t index : asked) {
    const auto told = members_[index].take("figures");
    if (!told) return told.error();
    const MemberFigures figures = told->at("figures");
    sum.datagrams += figures.datagrams;
    sum.bytes += figures.bytes;
    sum.resident_bytes += figures.resident_bytes;
    sum.heap_bytes += figures.heap_bytes;
  }
  return sum;
}

Status GroupMembers::end() {
  for (const std::uint32_t index : running_) {
    if (auto ended = members_[index].end(); !ended) return ended;
  }
  return Ok{};
}

}  // namespace hawser::bench
