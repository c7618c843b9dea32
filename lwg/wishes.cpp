#include "lwg/wishes.hpp"

#include <utility>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

void Wishes::join(std::span<const JoinRequest> requests) {
  for (const JoinRequest& request : requests) {
    HAWSER_CHECK(!request.name.empty() && request.name.size() <= kGroupNameBytesMax);
    Wish& wish = wishes_[request.name];
    const bool stays_subscriber = wish.role == Role::subscriber;
    wish.role = stays_subscriber ? Role::subscriber : request.role;
    wish.leaving = false;
    changed_.insert(request.name);
  }
}

void Wishes::leave(std::span<const std::string> names) {
  for (const std::string& name : names) {
    const auto at = wishes_.find(name);
    if (at == wishes_.end() || !at->second.role) continue;
    at->second.role.reset();
    at->second.leaving = true;
    changed_.insert(name);
    may_give_up_ = true;
  }
}

void Wishes::on_changed(std::string_view name) {
  const auto at = wishes_.find(name);
  if (at == wishes_.end() || !at->second.on_the_way) return;
  at->second.on_the_way = false;
  look_again(name);
}

void Wishes::on_left(std::string_view name) {
  const auto at = wishes_.find(name);
  if (at == wishes_.end()) return;
  at->second.leaving = false;
  look_again(name);
}

void Wishes::look_again(std::string_view name) {
  changed_.emplace(name);
  may_give_up_ = true;
}

void Wishes::renew() {
  for (auto& [name, wish] : wishes_) {
    if (!HAWSER_FAULT("lwg_requests_not_renewed")) wish.on_the_way = false;
    changed_.insert(name);
  }
  may_give_up_ = true;
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
  const HeavyGroup* carrier = group.sent_as == 0 ? nullptr : groups.find(group.sent_on);
  return carrier == nullptr || carrier->stable() >= group.sent_as;
}

}  // namespace

WishWork Wishes::work(const WishSurroundings& around, Time now, Rng& rng) {
  WishWork work;
  for (const std::string& name : std::exchange(changed_, {})) {
    const auto at = wishes_.find(name);
    if (at == wishes_.end() || at->second.on_the_way) continue;
    Wish& wish = at->second;
    OwnGroup* group = around.views.find(std::string_view{name});
    if (group != nullptr) group->leaving = false;
    if (const auto request = request_for(at->first, wish, around, rng)) {
      const bool leaves = request->kind == Request::Kind::leave && group != nullptr;
      if (leaves && !all_has_arrived(*group, around.groups)) {
        if (waiting_.empty()) look_at_ = now + kLookInterval;
        waiting_.insert(name);
        continue;
      }
      if (leaves) group->leaving = true;
      work.requests.push_back(*request);
      wish.on_the_way = true;
    } else if (!wish.role && group == nullptr) {
      if (wish.leaving) work.over.push_back(name);
      wishes_.erase(at);
    }
  }
  return work;
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
  for (auto at = changed_.begin(); at != changed_.end();) {
    const auto wish = wishes_.find(*at);
    const bool idle = wish != wishes_.end() && !wish->second.role && !wish->second.on_the_way;
    if (!idle) {
      ++at;
      continue;
    }
    if (wish->second.leaving) over.push_back(*at);
    wishes_.erase(wish);
    at = changed_.erase(at);
  }
  return over;
}

bool Wishes::wants(std::string_view name) const {
  const auto at = wishes_.find(name);
  return at != wishes_.end() && at->second.role.has_value();
}

}  // namespace hawser
