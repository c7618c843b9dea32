// Collects violations, each with the history around it, and not more of a kind than one can read.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "describe.hpp"
#include "history.hpp"
#include "index.hpp"

namespace hawser::check {

/// `index` must outlive it.
class Report {
 public:
  explicit Report(const Index& index) : index_(index) {}

  /// Adds a violation, seen at these places. `what` makes its text; it is called only where there is room: a broken run
  /// breaks a property thousands of times, and a few of them tell enough.
  template <typename What>
  void add(std::string_view property, std::initializer_list<Place> places, What&& what) {
    if (count_[property]++ < kViolationsMax) violations_.push_back(make(property, what(), places));
  }

  /// All violations, property by property in the order of their first one; the last of a property says how many more
  /// there were.
  [[nodiscard]] std::vector<Violation> take();

 private:
  static constexpr std::size_t kViolationsMax = 3;  // Of one property.

  Violation make(std::string_view property, std::string what, std::initializer_list<Place> places) const;
  void append_excerpt(Place place, std::vector<std::string>& lines) const;

  const Index& index_;
  std::vector<Violation> violations_;
  std::map<std::string_view, std::size_t> count_;
};

}  // namespace hawser::check
