// A light-weight group's membership, and the era that messages of it carry.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// The index of a directory operation: the control group's view it was ordered in, and its number there. Never repeats,
/// also not on two sides of a partition. Ordered along one lineage of the control group only.
struct Era {
  ViewId control_view;
  std::uint64_t number = 0;
  auto operator<=>(const Era&) const = default;
};

/// One member's place in a light-weight group.
enum class Role : std::uint8_t {
  subscriber,  ///< sends and receives
  publisher,   ///< sends; keeps the topic's state but hands nothing to the application
};

struct LightMember {
  NodeId node;
  Role role = Role::subscriber;
  bool operator==(const LightMember&) const = default;
};

/// Members, oldest first. Copies share one list, which never changes. Threads: as a shared_ptr.
class LightMembers {
 public:
  using List = std::vector<LightMember>;
  using value_type = LightMember;
  using const_iterator = List::const_iterator;

  LightMembers() = default;
  LightMembers(std::initializer_list<LightMember> members) : LightMembers(List{members}) {}
  explicit LightMembers(List members)
      : stored_(members.empty() ? nullptr : std::make_shared<const Stored>(std::move(members))) {}

  [[nodiscard]] const_iterator begin() const { return list().begin(); }
  [[nodiscard]] const_iterator end() const { return list().end(); }
  [[nodiscard]] std::size_t size() const { return list().size(); }
  [[nodiscard]] bool empty() const { return stored_ == nullptr; }
  [[nodiscard]] const LightMember& front() const { return list().front(); }
  [[nodiscard]] const LightMember& back() const { return list().back(); }
  [[nodiscard]] const LightMember& operator[](std::size_t at) const { return list()[at]; }
  [[nodiscard]] const List& list() const {
    static const List kNone;
    return stored_ == nullptr ? kNone : stored_->list;
  }

  /// Of two with the same one, it is certain that they are equal.
  [[nodiscard]] const void* identity() const { return stored_.get(); }
  [[nodiscard]] bool is_last_copy() const { return stored_.use_count() == 1; }
  /// Of nodes, roles and order.
  [[nodiscard]] std::uint64_t digest() const { return stored_ == nullptr ? 0 : stored_->digest; }
  bool operator==(const LightMembers& other) const {
    return stored_ == other.stored_ || (digest() == other.digest() && list() == other.list());
  }

 private:
  struct Stored {
    explicit Stored(List members) : list(std::move(members)) {
      for (const LightMember& member : list) {
        digest = mix64(digest ^ member.node.incarnation.value);
        digest = mix64(digest ^ static_cast<std::uint64_t>(member.role));
      }
    }
    List list;
    std::uint64_t digest = 1;
  };
  std::shared_ptr<const Stored> stored_;
};

/// Equal ids (era, heavy_view) mean equal members, in the same order: oldest first.
struct LightView {
  LightGroupId group;
  Era era;            ///< the last change it includes
  ViewId heavy_view;  ///< the control view it was installed in; where that brought it, mixed with the lowest of its
                      ///< lineage
  LightMembers members;
  bool operator==(const LightView&) const = default;

  [[nodiscard]] bool contains(const NodeId& node) const {
    return std::any_of(members.begin(), members.end(), [&](const LightMember& m) { return m.node == node; });
  }
};

}  // namespace hawser
