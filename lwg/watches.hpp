// Which patterns this node wants to watch, and what it has to ask of the coordinator to bring the directory in line: as
// Wishes does for names. Who watches a pattern is among the first members of every group that comes with a fitting
// name. Invariant: at most one request a pattern is on the way; what differs from the directory otherwise is in
// `changed_`.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/subject.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// What is to be done about the patterns that changed.
struct WatchWork {
  std::vector<Request> requests;  ///< texts are valid until the next call
  std::vector<Pattern> in_force;  ///< from here on
};

/// Threads: single-threaded.
class Watches {
 public:
  explicit Watches(const NodeId& self) : self_(self) {}

  void want(std::span<const Pattern> patterns);
  void give_up(std::span<const Pattern> patterns);
  /// The directory has carried out a change of this node's own.
  void on_changed(const Pattern& pattern);
  /// A new control view: requests on the way are lost.
  void on_view();
  /// Another directory: everything is looked at again.
  void on_directory();

  [[nodiscard]] bool changed() const { return !changed_.empty(); }
  /// With a directory that everyone shares. Whoever calls it must multicast the requests.
  [[nodiscard]] WatchWork work(const Directory& directory);
  void add_to(StateDigest& digest) const {
    for (const auto& [pattern, watch] : watches_) {
      digest.add(pattern.kind(), pattern.text(), watch.wanted, watch.on_the_way, watch.told,
                 changed_.contains(pattern));
    }
  }

 private:
  struct Watch {
    bool wanted = false;
    bool on_the_way = false;
    bool told = false;  ///< that it is in force
  };

  void set(std::span<const Pattern> patterns, bool wanted);

  NodeId self_;
  std::map<Pattern, Watch> watches_;  // Wanted ones, and those that are not known to be gone yet.
  std::set<Pattern> changed_;         // to be looked at
};

}  // namespace hawser
