// Gives things small numbers, so that the checkers can work on arrays.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser::check {

/// No number: "nobody", "nowhere", "never", as the place demands.
inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Numbers distinct keys 0, 1, 2… in the order of their first mention. Open addressing, since a trace has millions of
/// mentions and few keys.
template <typename Key, typename Hash>
class Interner {
 public:
  /// The key's number, old or new.
  std::uint32_t add(const Key& key) {
    if (keys_.size() * 2 >= slots_.size()) grow();
    std::uint32_t& slot = slots_[slot_of(key)];
    if (slot == 0) {
      keys_.push_back(key);
      slot = size();
    }
    return slot - 1;
  }
  /// The key's number; kNone where it was never added.
  [[nodiscard]] std::uint32_t find(const Key& key) const { return slots_.empty() ? kNone : slots_[slot_of(key)] - 1; }
  [[nodiscard]] const Key& operator[](std::uint32_t number) const { return keys_[number]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

 private:
  [[nodiscard]] std::size_t slot_of(const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = Hash{}(key)&mask;
    while (slots_[at] != 0 && !(keys_[slots_[at] - 1] == key)) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 4, 0);
    for (std::uint32_t number = 0; number < size(); ++number) slots_[slot_of(keys_[number])] = number + 1;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0 = empty. The size is a power of two, at least half of it empty.
};

struct NodeHash {
  std::size_t operator()(const NodeId& node) const {
    return mix64(node.incarnation.value ^ (std::uint64_t{node.endpoint.address} << 16U) ^ node.endpoint.port);
  }
};
struct NumberHash {
  std::size_t operator()(std::uint64_t number) const { return mix64(number); }
};

/// Anything that is named by up to six numbers.
using Key = std::array<std::uint64_t, 6>;
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t hash = 0;
    for (const std::uint64_t part : key) hash = mix64(hash ^ part);
    return hash;
  }
};

using NodeTable = Interner<NodeId, NodeHash>;
/// Names must outlive it.
using NameTable = Interner<std::string_view, std::hash<std::string_view>>;
using NumberTable = Interner<std::uint64_t, NumberHash>;

/// Two small numbers as one key.
constexpr std::uint64_t pair_key(std::uint32_t high, std::uint32_t low) {
  return (std::uint64_t{high} << 32U) | std::uint64_t{low};
}

}  // namespace hawser::check
