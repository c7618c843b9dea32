// The built-in market: twelve made-up symbols whose prices take a seeded random walk, about a thousand trades a second.
// A row reads offset_us,symbol,price,size.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "examples/stock_ticker/feed.hpp"

namespace ticker {

/// The same seed gives the same rows on any machine: integers only, and no generator of the standard library.
class RandomWalk : public Feed {
 public:
  static constexpr std::uint64_t kRowsByDefault = 20000;

  RandomWalk(std::uint64_t seed, std::uint64_t rows);

  hawser::Result<std::optional<Row>> next() override;
  [[nodiscard]] std::string_view price_of(std::string_view text) const override;

 private:
  std::uint64_t random();
  std::uint64_t random_below(std::uint64_t bound);

  std::uint64_t random_state_;
  std::uint64_t rows_left_;
  std::uint64_t time_us_ = 0;
  std::array<std::uint64_t, 12> price_cents_{};
  std::string text_;
};

}  // namespace ticker
