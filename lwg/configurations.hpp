// What this node wants its groups to be told, and what it has to ask of the coordinator for that: as Wishes does for
// membership. The first to ask decides, for as long as the group lives; who comes second finds that in its view of it.
// Invariant: at most one request a group is on the way; what differs from the directory otherwise is in `changed_`, or
// waits for this node to be a member.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/configuration.hpp"
#include "lwg/directory.hpp"
#include "lwg/light_messages.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// Threads: single-threaded.
class Configurations {
 public:
  explicit Configurations(const NodeId& self) : self_(self) {}

  /// From here on until forget(), or until none is wanted.
  void want(std::string_view name, const Configuration& configuration);
  void forget(std::string_view name);
  /// The directory has changed in what concerns this node in this group: it is a member, or the group is configured.
  void on_changed(std::string_view name);
  /// A new control view: requests on the way are lost.
  void on_view();
  /// Another directory: everything is looked at again.
  void on_directory();

  [[nodiscard]] bool changed() const { return !changed_.empty(); }
  /// With a directory that everyone shares. Names and bytes are valid until the next call. Whoever calls it must
  /// multicast the requests.
  [[nodiscard]] std::vector<Request> work(const Directory& directory);
  void add_to(StateDigest& digest) const {
    for (const auto& [name, wanted] : wanted_) digest.add(name, wanted.configuration, wanted.on_the_way);
    digest.add(changed_);
  }

 private:
  struct Wanted {
    Configuration configuration;
    bool on_the_way = false;
  };

  NodeId self_;
  std::map<std::string, Wanted, std::less<>> wanted_;
  std::set<std::string, std::less<>> changed_;  // to be looked at
};

}  // namespace hawser
