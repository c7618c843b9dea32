// Who decides what the interface of heavy-weight groups leaves open.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"

namespace hawser::test {

class MemoryChoices {
 public:
  virtual ~MemoryChoices() = default;
  /// One of 0 … bound - 1; `bound` > 0.
  virtual std::uint64_t below(std::uint64_t bound) = 0;
  /// The members of a new control view, sorted, into the order of their ranks.
  virtual void rank(std::vector<NodeId>& members) = 0;

  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
};

/// By chance.
class RandomChoices final : public MemoryChoices {
 public:
  explicit RandomChoices(Rng& rng) : rng_(rng) {}  // `rng` must outlive *this.
  std::uint64_t below(std::uint64_t bound) override { return rng_.below(bound); }
  void rank(std::vector<NodeId>& members) override {
    for (std::size_t left = members.size(); left > 1; --left) std::swap(members[left - 1], members[rng_.below(left)]);
  }

 private:
  Rng& rng_;
};

}  // namespace hawser::test
