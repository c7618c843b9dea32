#include "lwg/member_lists.hpp"

#include <algorithm>

namespace hawser {
namespace {

AlteredMembers alter(const LightMembers& before, const Change& change) {
  AlteredMembers altered{before, {}, {}};
  const auto member = std::find_if(before.begin(), before.end(),
                                   [&](const LightMember& one) { return one.node == change.member.node; });
  const bool is_there = member != before.end();
  const bool removes = change.kind == Change::Kind::remove;
  if (removes && !is_there) return altered;
  std::vector<LightMember> members{before.begin(), before.end()};
  const auto at = members.begin() + (member - before.begin());
  if (removes) {
    altered.leaver = change.member.node;
    members.erase(at);
  } else if (is_there) {
    at->role = change.member.role;
  } else {
    altered.newcomer = change.member.node;
    members.push_back(change.member);
  }
  altered.members = LightMembers{std::move(members)};
  return altered;
}

LightMembers only(const LightMembers& before, std::span<const NodeId> kept) {
  const auto stays = [&](const LightMember& member) {
    return std::binary_search(kept.begin(), kept.end(), member.node);
  };
  if (std::all_of(before.begin(), before.end(), stays)) return before;
  std::vector<LightMember> members;
  std::copy_if(before.begin(), before.end(), std::back_inserter(members), stays);
  return LightMembers{std::move(members)};
}

}  // namespace

bool MemberLists::ByMembers::operator()(const LightMembers& a, const LightMembers& b) const {
  const auto is_less = [](const LightMember& x, const LightMember& y) {
    return std::tie(x.node, x.role) < std::tie(y.node, y.role);
  };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), is_less);
}

LightMembers MemberLists::of(std::vector<LightMember> members) { return *given_.emplace(std::move(members)).first; }

const AlteredMembers& MemberLists::after(const LightMembers& before, const Change& change) {
  const auto [at, is_new] =
      altered_.try_emplace({before.identity(), change.kind, change.member.node, change.member.role});
  if (is_new) at->second = {before, alter(before, change)};
  return at->second.after;
}

LightMembers MemberLists::retain(const LightMembers& before, std::span<const NodeId> kept) {
  const auto [at, is_new] = retained_.try_emplace(before.identity());
  if (is_new) at->second = {before, only(before, kept)};
  return at->second.after;
}

void MemberLists::clear() {
  given_.clear();
  altered_.clear();
  retained_.clear();
}

}  // namespace hawser
