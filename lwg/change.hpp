// What an operation does to a group that somebody is in.
#pragma once

#include <cstdint>

#include "lwg/configuration.hpp"
#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A change of one group's members, place or configuration; its era is the operation's index.
struct Change {
  enum class Kind : std::uint8_t { add, remove, move, configure };
  LightGroupId group;
  Era era;
  Kind kind = Kind::add;
  LightMember member;             ///< where add or remove
  GroupId heavy;                  ///< where it rides afterwards
  Configuration configuration{};  ///< where configure

  [[nodiscard]] bool names_member() const { return kind == Kind::add || kind == Kind::remove; }
  /// What is sent after it goes by another stream: another heavy-weight group, or another order there.
  [[nodiscard]] bool alters_stream() const {
    return kind == Kind::move || (kind == Kind::configure && configuration.is_total());
  }
};

}  // namespace hawser
