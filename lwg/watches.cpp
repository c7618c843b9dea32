#include "lwg/watches.hpp"

#include <utility>

namespace hawser {

void Watches::want(std::span<const Pattern> patterns) { set(patterns, true); }

void Watches::give_up(std::span<const Pattern> patterns) { set(patterns, false); }

void Watches::set(std::span<const Pattern> patterns, bool wanted) {
  for (const Pattern& pattern : patterns) {
    Watch& watch = watches_[pattern];
    watch.wanted = wanted;
    watch.told = false;
    changed_.insert(pattern);
  }
}

void Watches::on_changed(const Pattern& pattern) {
  const auto at = watches_.find(pattern);
  if (at == watches_.end()) return;
  at->second.on_the_way = false;
  changed_.insert(pattern);
}

void Watches::on_view() {
  for (auto& [pattern, watch] : watches_) {
    if (std::exchange(watch.on_the_way, false)) changed_.insert(pattern);
  }
}

void Watches::on_directory() {
  for (auto& [pattern, watch] : watches_) {
    watch.on_the_way = false;
    watch.told = false;
    changed_.insert(pattern);
  }
}

WatchWork Watches::work(const Directory& directory) {
  WatchWork work;
  for (const Pattern& pattern : std::exchange(changed_, {})) {
    const auto at = watches_.find(pattern);
    if (at == watches_.end() || at->second.on_the_way) continue;
    Watch& watch = at->second;
    if (directory.is_watched(pattern, self_) != watch.wanted) {
      watch.on_the_way = true;
      Request& request = work.requests.emplace_back();
      request.kind = watch.wanted ? Request::Kind::watch : Request::Kind::unwatch;
      request.pattern = pattern.kind();
      request.name = at->first.text();
    } else if (!watch.wanted) {
      watches_.erase(at);
    } else if (!std::exchange(watch.told, true)) {
      work.in_force.push_back(pattern);
    }
  }
  return work;
}

}  // namespace hawser
