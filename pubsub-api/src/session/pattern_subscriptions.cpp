#include "pubsub-api/src/session/pattern_subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace hawser {

std::vector<Pattern> PatternSubscriptions::add(SubscriberId subscriber, const std::vector<Pattern>& patterns) {
  std::vector<Pattern> news;
  for (const Pattern& pattern : patterns) {
    if (pattern.kind() == Pattern::Kind::topic || !subscribers_[subscriber].insert(pattern).second) continue;
    std::set<SubscriberId>& users = patterns_[pattern];
    if (users.empty()) news.push_back(pattern);
    users.insert(subscriber);
    all_.add(pattern, subscriber);
    if (is_watched(pattern)) search_for(pattern, subscriber);
  }
  return news;
}

std::vector<Pattern> PatternSubscriptions::remove(SubscriberId subscriber) {
  std::vector<Pattern> over;
  const auto own = subscribers_.extract(subscriber);
  if (own.empty()) return over;
  for (const Pattern& pattern : own.mapped()) {
    all_.remove(pattern, subscriber);
    fresh_.remove(pattern, subscriber);
    scanned_.remove(pattern, subscriber);
    const auto users = patterns_.find(pattern);
    users->second.erase(subscriber);
    if (!users->second.empty()) continue;
    patterns_.erase(users);
    watched_.erase(pattern);
    over.push_back(pattern);
  }
  return over;
}

std::vector<SubscriberId> PatternSubscriptions::on_watched(const Pattern& pattern) {
  const auto users = patterns_.find(pattern);
  if (users == patterns_.end()) return {};
  watched_.insert(pattern);
  for (const SubscriberId subscriber : users->second) search_for(pattern, subscriber);
  return {users->second.begin(), users->second.end()};
}

void PatternSubscriptions::search_for(const Pattern& pattern, SubscriberId subscriber) {
  fresh_.remove(pattern, subscriber);
  fresh_.add(pattern, subscriber);
}

std::vector<PatternSubscriptions::Match> PatternSubscriptions::scan(const Directory& directory) {
  const auto& groups = directory.groups();
  if (place_ == 0) {
    scanned_ = std::exchange(fresh_, {});
    place_ = groups.size();
  }
  place_ = std::min(place_, groups.size());  // What took the place of one that is gone stands below.
  std::vector<Match> matches;
  for (std::size_t left = kNamesPerScanStep; left > 0 && place_ > 0; --left) {
    const std::string& topic = groups.at(--place_).second.name;
    std::vector<SubscriberId> subscribers = scanned_.match(topic);
    if (!subscribers.empty()) matches.push_back({topic, std::move(subscribers)});
  }
  return matches;
}

}  // namespace hawser
