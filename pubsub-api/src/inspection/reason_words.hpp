// Why the mapper put a topic where it is, as a stable code and in words.
#pragma once

#include <string_view>

#include "lwg/placement.hpp"

namespace hawser {

struct ReasonWords {
  std::string_view code;  ///< the enumerator's name
  std::string_view words;
};
[[nodiscard]] ReasonWords words_of(PlacementReason reason);

}  // namespace hawser
