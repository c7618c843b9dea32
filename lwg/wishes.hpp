// Which groups this node wants to be in, and what it has to ask of the coordinator to bring the directory in line.
// Invariant: at most one request a name is on the way, so each follows from what the directory says, and a wish that
// changes meanwhile is looked at again when the directory has changed.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_groups.hpp"
#include "lwg/light_views.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/name_table.hpp"
#include "transport/core/rng.hpp"

namespace hawser {

/// What a node's wishes are compared with.
struct WishSurroundings {
  const Directory& directory;
  LightViews& views;
  HeavyGroups& groups;

  /// nullptr where this node has no part in it.
  [[nodiscard]] OwnGroup* own(std::string_view name) const {
    const std::optional<LightGroupId> id = directory.id_of(name);
    return id ? views.find(*id) : nullptr;
  }
};

/// What is to be done about the wishes that changed.
struct WishWork {
  std::vector<Request> requests;  ///< names are valid until the next call
  std::vector<std::string> over;  ///< left without ever having been in
};

/// Threads: single-threaded.
class Wishes {
 public:
  /// How often it is looked whether the messages of one who wants out have arrived.
  static constexpr Duration kLookInterval = std::chrono::milliseconds{5};

  explicit Wishes(const NodeId& self) : self_(self) {}

  void join(std::span<const JoinRequest> requests);
  void leave(std::span<const std::string> names);
  /// The directory has this node as a member, or with another role than before. Where it is `new_here` and was not
  /// asked for, it is a wish from here on: this node watches for such names.
  void on_added(const std::string& name, Role role, bool new_here);
  void on_removed(std::string_view name);
  /// This node is out of the group it asked to leave.
  void on_left(std::string_view name);
  /// Who wants out, and had messages on the way, may be rid of them now.
  void look_at_waiting(Time now);
  [[nodiscard]] Time next_deadline() const { return waiting_.empty() ? kNever : look_at_; }
  /// A new control view: requests on the way are lost.
  void on_view();
  /// Another directory: everything is looked at again.
  void on_directory();

  /// With a directory that everyone shares. Whoever calls it must multicast the requests.
  [[nodiscard]] WishWork work(const WishSurroundings& around, Time now, Rng& rng);
  /// Without a directory: names left before anything was asked for.
  [[nodiscard]] std::vector<std::string> give_up();

  [[nodiscard]] bool wants(std::string_view name) const;
  [[nodiscard]] bool changed() const { return !changed_.empty(); }
  void add_to(StateDigest& digest) const {
    digest.add(wishes_, waiting_, look_at_, may_give_up_);
    for (const Entry* entry : changed_) digest.add(entry->first);
  }

 private:
  struct Wish {
    std::optional<Role> role;  ///< nothing: to be out
    bool leaving = false;      ///< LightViewLeft is still owed
    std::optional<Request::Kind> on_the_way;
    bool changed = false;  ///< is in `changed_`

    void add_to(StateDigest& digest) const { digest.add(role, leaving, on_the_way, changed); }
  };
  using Entry = NameTable<Wish>::value_type;

  void look_again(std::string_view name);
  void look_again(Entry& entry);
  void on_answer(Entry& entry, Request::Kind answered);
  // At all wishes for which `lost` says so, in the order of names.
  template <typename Lost>
  void renew(Lost lost);
  bool ask_out(OwnGroup& group, const WishSurroundings& around, Time now);
  std::optional<Request> request_for(const std::string& name, const Wish& wish, const WishSurroundings& around,
                                     Rng& rng) const;

  NodeId self_;
  NameTable<Wish> wishes_;
  std::vector<Entry*> changed_;  // to be looked at; each once
  std::size_t on_the_way_ = 0;
  std::set<std::string, std::less<>> waiting_;  // want out, and have messages on the way
  Time look_at_ = kNever;
  bool may_give_up_ = false;  // a name may have joined `changed_` that give_up() is about
};

}  // namespace hawser
