// A set of nodes by their small numbers, a bit each: 128 of them in place, more on the heap.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// A node's small number, as a NodeTable gives it.
using NodeIndex = std::uint32_t;

/// Equal sets compare and hash equal, however they came about.
class NodeSet {
 public:
  /// False where it was in already.
  bool insert(NodeIndex node) {
    if (contains(node)) return false;
    const std::size_t at = node / kWordBits;
    if (at >= word_count()) more_.resize(at + 1 - kWordsInPlace);
    word_at(at) |= bit(node);
    return true;
  }
  /// False where it was not in.
  bool erase(NodeIndex node) {
    if (!contains(node)) return false;
    word_at(node / kWordBits) &= ~bit(node);
    while (!more_.empty() && more_.back() == 0) more_.pop_back();
    return true;
  }
  [[nodiscard]] bool contains(NodeIndex node) const { return (word(node / kWordBits) & bit(node)) != 0; }
  [[nodiscard]] bool includes(const NodeSet& other) const {
    if (((other.in_place_[0] & ~in_place_[0]) | (other.in_place_[1] & ~in_place_[1])) != 0) return false;
    for (std::size_t at = kWordsInPlace; at < other.word_count(); ++at) {
      if ((other.word(at) & ~word(at)) != 0) return false;
    }
    return true;
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t count = 0;
    for (std::size_t at = 0; at < word_count(); ++at) count += ones(word(at));
    return count;
  }
  [[nodiscard]] bool empty() const { return in_place_[0] == 0 && in_place_[1] == 0 && more_.empty(); }
  /// How many members come before `node`.
  [[nodiscard]] std::size_t rank(NodeIndex node) const {
    std::size_t count = 0;
    for (std::size_t at = 0; at < node / kWordBits; ++at) count += ones(word(at));
    return count + ones(word(node / kWordBits) & (bit(node) - 1));
  }
  [[nodiscard]] std::size_t size_of_union(const NodeSet& other) const {
    std::size_t count = 0;
    const std::size_t words = std::max(word_count(), other.word_count());
    for (std::size_t at = 0; at < words; ++at) count += ones(word(at) | other.word(at));
    return count;
  }
  [[nodiscard]] std::uint64_t digest() const {
    std::uint64_t digest = 0;
    for (std::size_t at = 0; at < word_count(); ++at) digest = mix64(digest ^ word(at));
    return digest;
  }
  bool operator==(const NodeSet&) const = default;
  void add_to(StateDigest& digest) const { digest.add(in_place_, more_); }

  /// Calls `visit(node)` for every member in ascending order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < word_count(); ++at) {
      for (std::uint64_t rest = word(at); rest != 0; rest &= rest - 1) {
        visit(static_cast<NodeIndex>(at * kWordBits + static_cast<std::size_t>(std::countr_zero(rest))));
      }
    }
  }

 private:
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kWordsInPlace = 2;

  static std::size_t ones(std::uint64_t word) { return static_cast<std::size_t>(std::popcount(word)); }
  static std::uint64_t bit(NodeIndex node) { return std::uint64_t{1} << (node % kWordBits); }
  [[nodiscard]] std::size_t word_count() const { return kWordsInPlace + more_.size(); }
  std::uint64_t& word_at(std::size_t at) { return at < kWordsInPlace ? in_place_[at] : more_[at - kWordsInPlace]; }
  [[nodiscard]] std::uint64_t word(std::size_t at) const {
    if (at < kWordsInPlace) return in_place_[at];
    return at < word_count() ? more_[at - kWordsInPlace] : 0;
  }

  std::array<std::uint64_t, kWordsInPlace> in_place_{};
  std::vector<std::uint64_t> more_;  // the last one is never 0
};

}  // namespace hawser

template <>
struct std::hash<hawser::NodeSet> {
  std::size_t operator()(const hawser::NodeSet& set) const noexcept { return set.digest(); }
};
