// Tables by topic name that are searched by a view of it, without making a string.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hawser {

struct TopicNameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
};

/// Never iterated where the order could show.
template <typename T>
using TopicTable = std::unordered_map<std::string, T, TopicNameHash, std::equal_to<>>;

}  // namespace hawser
