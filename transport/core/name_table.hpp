// Tables by name that are searched by a view of it, without making a string.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hawser {

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
};

/// Entries stay where they are until they are erased. Never iterated where the order could show.
template <typename T>
using NameTable = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

}  // namespace hawser
