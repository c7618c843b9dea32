// Orders the directory: takes the requests of all nodes, lets the mapper choose, and says what is to be done. It works
// at one node at a time, the lowest-ranked of the control view; everywhere else it only waits.
// Source: DESIGN.md 5.1 and 5.4 (the mapper runs where operations are ordered; the operation carries its choice).
//
// States: idle (nothing on the way), waiting (its last word is on the way: what is asked meanwhile makes the next
// batch).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/mapper.hpp"
#include "lwg/pattern_index.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// One batch. Names point into the Coordinator and are valid until its next call.
struct CoordinatorPlan {
  struct Arrangement {
    GroupId heavy;
    std::vector<NodeId> old_members;
    std::vector<NodeId> members;
  };
  std::vector<Arrangement> arrangements;  ///< to be ordered first
  std::vector<Operation> operations;
};

/// Threads: single-threaded.
class Coordinator {
 public:
  Coordinator(MapperPolicy policy, Rng rng) : policy_(policy), rng_(rng) {}

  /// Requests of a node of the control view; kept until plan() has answered them.
  void on_requests(const NodeId& from, const RequestBatch& batch);
  /// A new control view, of a directory that only `kept` (sorted) are in from here on: everyone asks anew.
  void on_view(std::span<const NodeId> kept);
  /// Another directory.
  void on_directory();
  /// The plan made last is delivered here, all of it.
  void on_delivered() { waiting_ = false; }

  [[nodiscard]] const MapperPolicy& policy() const { return policy_; }
  [[nodiscard]] bool has_work() const { return !waiting_ && !requests_.empty(); }
  /// What is to be done about the requests so far, given the directory as it is after `applied` operations of
  /// this view. Nothing where that is nothing.
  [[nodiscard]] std::optional<CoordinatorPlan> plan(const Directory& directory, const View& control,
                                                    std::uint64_t applied);
  void add_to(StateDigest& digest) const {
    digest.add(rng_, mapper_, departed_, requests_, waiting_, moved_away_, taken_out_);
  }

 private:
  struct Asked {
    NodeId from;
    Request request;  ///< its name is in `name`, its configuration in `configuration`
    std::string name;
    std::string configuration;

    void add_to(StateDigest& digest) const {
      digest.add(from, request.kind, request.role, request.proposed_id, request.heavy, request.seen, request.pattern,
                 name, configuration);
    }
  };
  /// A group as it will be when the plan is carried out.
  struct Planned {
    std::vector<LightMember> members;
    GroupId heavy;
    bool configured = false;
  };

  void restore(const Directory& directory);
  void take_departed(const Directory& directory);
  void take(const Asked& asked, const Directory& directory, const View& control);
  void take_join(const Asked& asked, const Directory& directory, const View& control, Rank rank);
  void take_leave(const Asked& asked, const Directory& directory, Rank rank);
  void take_release(const Asked& asked);
  void take_watch(const Asked& asked, const Directory& directory, Rank rank);
  void take_configure(const Asked& asked, const Directory& directory);
  void create(const Asked& asked, const Directory& directory, const View& control);
  [[nodiscard]] std::vector<NodeId> watchers_of(std::string_view name, const Directory& directory) const;
  Planned& planned(LightGroupId id, const Directory& directory);
  [[nodiscard]] std::optional<LightGroupId> id_of(std::string_view name, const Directory& directory) const;
  [[nodiscard]] LightGroupId new_id(LightGroupId proposed, const Directory& directory);
  Placement place(LightGroupId id, const Planned& group);
  void move(LightGroupId id, Planned& group, const Placement& placement);
  [[nodiscard]] std::vector<CoordinatorPlan::Arrangement> arrangements(const Directory& directory) const;

  MapperPolicy policy_;
  Rng rng_;
  std::unique_ptr<Mapper> mapper_;  // nullptr until it is needed, and where a plan was lost
  std::set<NodeId> departed_;       // gone from the directory, and in the mapper still
  std::vector<Asked> requests_;
  std::vector<Asked> answered_;  // keeps the plan's names
  bool waiting_ = false;

  // While a plan is made.
  std::map<LightGroupId, Planned> planned_;
  std::map<std::string, LightGroupId, std::less<>> created_;
  std::set<std::string, std::less<>> gone_;  // of the directory's groups, those without members by then
  std::map<GroupId, std::vector<NodeId>> arranged_;
  PatternIndex<NodeId> fresh_watchers_;
  std::vector<Operation> operations_;
  std::uint64_t applied_ = 0;
  // In this view: where a group has moved away from, and who was taken out of one; the last such operation's number.
  // Who asked to be let out of the heavy-weight group before it knew of that may owe a marker there, or be in the light
  // group still when the arrangement comes, which is before the plan's operations.
  std::map<GroupId, std::uint64_t> moved_away_;
  std::map<std::pair<GroupId, NodeId>, std::uint64_t> taken_out_;
};

}  // namespace hawser
