// What an operation does to a group that somebody is in.
#pragma once

#include <cstdint>

#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A change of one group's members or place; its era is the operation's index.
struct Change {
  enum class Kind : std::uint8_t { add, remove, move };
  LightGroupId group;
  Era era;
  Kind kind = Kind::add;
  LightMember member;  ///< where add or remove
  GroupId heavy;       ///< where it rides afterwards
};

}  // namespace hawser
