// Which topics there are, and come, that subscriptions by pattern are about.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/pattern_index.hpp"
#include "lwg/subject.hpp"
#include "pubsub-api/src/session/session.hpp"

namespace hawser {

/// So many names at a time are compared with patterns: some milliseconds' work, between which the node lives on.
inline constexpr std::size_t kNamesPerScanStep = 2000;

/// Topics that come once a pattern is watched come by themselves, in their first view. For those that there are by then
/// the directory is searched, in steps; patterns that come during a search wait for the next one, so that a thousand
/// are as quick as one. Threads: single-threaded.
class PatternSubscriptions {
 public:
  struct Match {
    std::string topic;
    std::vector<SubscriberId> subscribers;
  };

  /// Topics among the patterns are none of its business. Returns those that nobody else here has: to be watched.
  std::vector<Pattern> add(SubscriberId subscriber, const std::vector<Pattern>& patterns);
  /// Returns those that nobody here has any more.
  std::vector<Pattern> remove(SubscriberId subscriber);
  /// Returns who has the pattern.
  std::vector<SubscriberId> on_watched(const Pattern& pattern);
  /// The directory that they were watched in counts no more.
  void on_directory_lost() { watched_.clear(); }
  [[nodiscard]] bool is_watched(const Pattern& pattern) const { return watched_.contains(pattern); }
  [[nodiscard]] std::vector<SubscriberId> subscribers_of(std::string_view topic) const { return all_.match(topic); }

  /// There are names to be compared with patterns: call scan() soon.
  [[nodiscard]] bool is_scanning() const { return place_ > 0 || !fresh_.empty(); }
  /// Returns what it finds. A match may come again.
  std::vector<Match> scan(const Directory& directory);

 private:
  void search_for(const Pattern& pattern, SubscriberId subscriber);

  std::map<Pattern, std::set<SubscriberId>> patterns_;
  std::map<SubscriberId, std::set<Pattern>> subscribers_;
  std::set<Pattern> watched_;
  PatternIndex<SubscriberId> all_;
  PatternIndex<SubscriberId> fresh_;    ///< watched, and not being compared with the names that there are
  PatternIndex<SubscriberId> scanned_;  ///< being compared
  std::size_t place_ = 0;  ///< in the directory's table, where it goes on downwards; 0: nothing is being compared
};

}  // namespace hawser
