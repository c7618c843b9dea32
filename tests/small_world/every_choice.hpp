// Goes through all ways in which the choices of one step can fall.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/unit/memory_choices.hpp"

namespace hawser::small {

using Choices = std::vector<std::uint8_t>;

/// Usage: do { step } while (choices.next()); or begin(way) and one step, which then goes that way again.
class EveryChoice final : public test::MemoryChoices {
 public:
  void begin(Choices way = {}) {
    made_ = std::move(way);
    bounds_.clear();
    at_ = 0;
  }
  /// To be called after the step. False where that was the last way.
  bool next() {
    made_.resize(at_);
    while (!made_.empty() && made_.back() + 1U >= bounds_[made_.size() - 1]) made_.pop_back();
    bounds_.clear();
    at_ = 0;
    if (made_.empty()) return false;
    ++made_.back();
    return true;
  }
  /// The way that next() has set.
  [[nodiscard]] const Choices& taken_next() const { return made_; }
  [[nodiscard]] Choices made() const { return {made_.begin(), made_.begin() + static_cast<std::ptrdiff_t>(at_)}; }

  std::uint64_t below(std::uint64_t bound) override {
    if (at_ == made_.size()) made_.push_back(0);
    bounds_.push_back(bound);
    return std::min<std::uint64_t>(made_[at_++], bound - 1);
  }
  /// The oldest first, as a real view has them: those who come along keep their order.
  void rank(std::vector<NodeId>&) override {}

 private:
  Choices made_;
  std::vector<std::uint64_t> bounds_;
  std::size_t at_ = 0;
};

}  // namespace hawser::small
