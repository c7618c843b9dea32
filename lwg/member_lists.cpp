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

LightMembers MemberLists::of(LightMembers members) {
  if (lists_.size() >= sweep_at_) {
    std::erase_if(lists_, [](const LightMembers& list) { return list.is_last_copy(); });
    sweep_at_ = std::max<std::size_t>(64, 2 * lists_.size());
  }
  return *lists_.insert(std::move(members)).first;
}

const AlteredMembers& MemberLists::after(const LightMembers& before, const Change& change) {
  if (altered_.size() >= kRememberedMax) altered_.clear();
  const Step step{before.identity(), change.kind, change.member.node, change.member.role};
  const auto [at, is_new] = altered_.try_emplace(step);
  if (is_new) {
    at->second = {before, alter(before, change)};
    LightMembers& members = at->second.after.members;
    members = of(std::move(members));
  }
  return at->second.after;
}

LightMembers MemberLists::Retainer::operator()(const LightMembers& before) {
  const auto [at, is_new] = known_.try_emplace(before.identity());
  if (is_new) at->second = {before, lists_.of(only(before, kept_))};
  return at->second.second;
}

}  // namespace hawser
