// What makes a run fail whatever its figures are: messages that did not come as Hawser promises.
#pragma once

#include <cstdint>
#include <string>

#include "hawser/result.hpp"
#include "tests/bench/stream_system.hpp"

namespace hawser::bench {

/// Of figures that have `of`, a StreamCase, and `wrong`. Other systems promise less, or something else.
template <typename Figures>
std::uint64_t wrong_of_hawser(const Figures& figures) {
  std::uint64_t wrong = 0;
  for (const auto& figure : figures) {
    if (figure.of.system == System::hawser || figure.of.system == System::heavy) wrong += figure.wrong;
  }
  return wrong;
}

/// Errors: bad_data  there were any.
inline Status nothing_is_wrong(std::uint64_t wrong) {
  if (wrong == 0) return Ok{};
  return Error{Errc::bad_data,
               std::to_string(wrong) + " of Hawser's messages were lost, doubled, reordered or damaged"};
}

}  // namespace hawser::bench
