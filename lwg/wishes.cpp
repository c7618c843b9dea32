#include "lwg/wishes.hpp"

#include <utility>

#include "transport/core/check.hpp"

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
    wish.on_the_way = false;
    changed_.insert(name);
  }
  may_give_up_ = true;
}

WishWork Wishes::work(const Directory& directory, LightViews& views, Rng& rng) {
  WishWork work;
  for (const std::string& name : std::exchange(changed_, {})) {
    const auto at = wishes_.find(name);
    if (at == wishes_.end() || at->second.on_the_way) continue;
    Wish& wish = at->second;
    const std::optional<Role> listed = directory.role_of(name, self_);
    OwnGroup* group = views.find(std::string_view{name});
    if (const auto request = request_for(at->first, wish, listed, group, rng)) {
      work.requests.push_back(*request);
      wish.on_the_way = true;
    } else if (!wish.role && !listed && group == nullptr) {
      if (wish.leaving) work.over.push_back(name);
      wishes_.erase(at);
    }
  }
  return work;
}

// Where the directory does not list this node, but it is still inside, its `remove` is applied and not installed: a new
// request waits for that, so that a group has one beginning and one end at a time here. And who wants out first gets
// rid of what it has sent: after its `remove` that could go nowhere.
std::optional<Request> Wishes::request_for(const std::string& name, const Wish& wish, std::optional<Role> listed,
                                           OwnGroup* group, Rng& rng) const {
  if (!wish.role) {
    if (!listed) return std::nullopt;
    if (group != nullptr && group->in_flight > 0) {
      group->says_when_drained = true;
      return std::nullopt;
    }
    return Request{Request::Kind::leave, Role::subscriber, {}, {}, name};
  }
  const bool wants_in = !listed && group == nullptr;
  const bool wants_more = listed == Role::publisher && wish.role == Role::subscriber;
  if (!wants_in && !wants_more) return std::nullopt;
  return Request{Request::Kind::join, *wish.role, LightGroupId{rng.next()}, {}, name};
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
