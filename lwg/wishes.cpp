#include "lwg/wishes.hpp"

#include <algorithm>
#include <utility>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

void Wishes::join(std::span<const JoinRequest> requests) {
  for (const JoinRequest& request : requests) {
    HAWSER_CHECK(!request.name.empty() && request.name.size() <= kGroupNameBytesMax);
    Entry& entry = *wishes_.try_emplace(request.name).first;
    Wish& wish = entry.second;
    const bool stays_subscriber = wish.role == Role::subscriber;
    wish.role = stays_subscriber ? Role::subscriber : request.role;
    wish.leaving = false;
    look_again(entry);
  }
}

void Wishes::leave(std::span<const std::string> names) {
  for (const std::string& name : names) {
    const auto at = wishes_.find(name);
    if (at == wishes_.end() || !at->second.role) continue;
    at->second.role.reset();
    at->second.leaving = true;
    look_again(*at);
  }
}

void Wishes::on_added(const std::string& name, Role role, bool new_here) {
  Entry& entry = *wishes_.try_emplace(name).first;
  // Without a request there is none to be out either: that was carried out before the group came anew.
  if (new_here && !entry.second.on_the_way && !entry.second.role) entry.second.role = role;
  on_answer(entry, Request::Kind::join);
}

void Wishes::on_removed(std::string_view name) {
  const auto at = wishes_.find(name);
  if (at != wishes_.end()) on_answer(*at, Request::Kind::leave);
}

void Wishes::on_answer(Entry& entry, Request::Kind answered) {
  if (entry.second.on_the_way == answered) {
    entry.second.on_the_way.reset();
    --on_the_way_;
  }
  look_again(entry);
}

void Wishes::on_left(std::string_view name) {
  const auto at = wishes_.find(name);
  if (at == wishes_.end()) return;
  at->second.leaving = false;
  look_again(*at);
}

void Wishes::look_again(std::string_view name) {
  const auto at = wishes_.find(name);
  if (at != wishes_.end()) look_again(*at);
}

void Wishes::look_again(Entry& entry) {
  may_give_up_ = true;
  if (!std::exchange(entry.second.changed, true)) changed_.push_back(&entry);
}

template <typename Lost>
void Wishes::renew(Lost lost) {
  std::vector<Entry*> entries;
  for (Entry& entry : wishes_) {
    if (lost(entry.second)) entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->first < b->first; });
  for (Entry* entry : entries) {
    if (std::exchange(entry->second.on_the_way, std::nullopt)) --on_the_way_;
    look_again(*entry);
  }
}

// What is not on the way is as the directory has it, or is looked at again anyway.
void Wishes::on_view() {
  if (on_the_way_ == 0 || HAWSER_FAULT("lwg_requests_not_renewed")) return;
  renew([](const Wish& wish) { return wish.on_the_way.has_value(); });
}

void Wishes::on_directory() {
  renew([](const Wish&) { return true; });
}

void Wishes::look_at_waiting(Time now) {
  for (const std::string& name : std::exchange(waiting_, {})) look_again(name);
  look_at_ = now + kLookInterval;
}

namespace {

// True where everyone has what this node has sent to the group.
bool all_has_arrived(const OwnGroup& group, HeavyGroups& groups) {
  if (HAWSER_FAULT("lwg_leaves_before_it_is_stable")) return true;
  if (group.unsent > 0) return false;
  // What has no place in the total order yet would come after this node's removal there.
  if (group.unplaced > 0 && !HAWSER_FAULT("lwg_leaves_before_its_place")) return false;
  return std::all_of(group.sent.begin(), group.sent.end(), [&](const auto& last) {
    const HeavyGroup* carrier = groups.find(last.first);
    const bool looked_at = !HAWSER_FAULT("lwg_former_carriers_forgotten") || last.first == group.heavy;
    return carrier == nullptr || !looked_at || carrier->stable() >= last.second;
  });
}

}  // namespace

WishWork Wishes::work(const WishSurroundings& around, Time now, Rng& rng) {
  WishWork work;
  for (Entry* const entry : std::exchange(changed_, {})) {
    auto& [name, wish] = *entry;
    wish.changed = false;
    if (wish.on_the_way) continue;
    OwnGroup* group = around.own(name);
    if (group != nullptr) group->leaving = false;
    if (const auto request = request_for(name, wish, around, rng)) {
      const bool leaves = request->kind == Request::Kind::leave && group != nullptr;
      if (leaves && !ask_out(*group, around, now)) continue;
      work.requests.push_back(*request);
      wish.on_the_way = request->kind;
      ++on_the_way_;
    } else if (!wish.role && group == nullptr) {
      if (wish.leaving) work.over.push_back(name);
      wishes_.erase(wishes_.find(name));
    }
  }
  return work;
}

// False where it has to wait.
bool Wishes::ask_out(OwnGroup& group, const WishSurroundings& around, Time now) {
  group.leaving = all_has_arrived(group, around.groups);
  if (group.leaving) return true;
  if (waiting_.empty()) look_at_ = now + kLookInterval;
  waiting_.insert(group.name);
  return false;
}

std::optional<Request> Wishes::request_for(const std::string& name, const Wish& wish, const WishSurroundings& around,
                                           Rng& rng) const {
  const std::optional<Role> listed = around.directory.role_of(name, self_);
  if (!wish.role) {
    if (!listed) return std::nullopt;
    return Request{Request::Kind::leave, Role::subscriber, {}, {}, 0, name};
  }
  const bool wants_more = listed == Role::publisher && wish.role == Role::subscriber;
  if (listed && !wants_more) return std::nullopt;
  return Request{Request::Kind::join, *wish.role, LightGroupId{rng.next()}, {}, 0, name};
}

std::vector<std::string> Wishes::give_up() {
  std::vector<std::string> over;
  if (!std::exchange(may_give_up_, false)) return over;
  std::erase_if(changed_, [&](const Entry* entry) {
    const auto& [name, wish] = *entry;
    if (wish.role || wish.on_the_way) return false;
    if (wish.leaving) over.push_back(name);
    wishes_.erase(wishes_.find(name));
    return true;
  });
  return over;
}

bool Wishes::wants(std::string_view name) const {
  const auto at = wishes_.find(name);
  return at != wishes_.end() && at->second.role.has_value();
}

}  // namespace hawser
