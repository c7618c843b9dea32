#include "examples/stock_ticker/random_walk.hpp"

#include <algorithm>

#include "examples/stock_ticker/csv_fields.hpp"

namespace ticker {
namespace {

using hawser::Result;

constexpr std::array<std::string_view, 12> kSymbols = {"ANCR", "BOOM", "CLEW", "DECK", "FLAG", "GAFF",
                                                       "HELM", "KEEL", "LINE", "MAST", "RUDR", "SAIL"};
constexpr std::uint64_t kGapMeanUs = 1000;
constexpr std::uint64_t kPriceCentsMin = 100;

std::string two_digits(std::uint64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

RandomWalk::RandomWalk(std::uint64_t seed, std::uint64_t rows) : random_state_(seed), rows_left_(rows) {
  for (auto& cents : price_cents_) cents = 2000 + random_below(30000);
}

Result<std::optional<Row>> RandomWalk::next() {
  if (rows_left_ == 0) return std::optional<Row>();
  --rows_left_;
  time_us_ += random_below(2 * kGapMeanUs + 1);
  const std::size_t which = random_below(kSymbols.size());
  std::uint64_t& cents = price_cents_[which];
  const std::uint64_t step_max = cents / 500 + 1;  // A trade moves the price by at most a fifth of a per cent.
  cents = std::max(cents + random_below(2 * step_max + 1) - step_max, kPriceCentsMin);
  text_ = std::to_string(time_us_) + ',' + std::string(kSymbols[which]) + ',' + std::to_string(cents / 100) + '.' +
          two_digits(cents % 100) + ',' + std::to_string(100 * (1 + random_below(20)));
  return std::optional(Row{kSymbols[which], text_, std::chrono::microseconds(time_us_)});
}

std::string_view RandomWalk::price_of(std::string_view text) const {
  const auto fields = split_fields<4>(text);
  return fields ? (*fields)[2] : std::string_view();
}

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t RandomWalk::random() {
  random_state_ += 0x9e3779b97f4a7c15;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// The bias of the remainder is far below what a picture of a market would show.
std::uint64_t RandomWalk::random_below(std::uint64_t bound) { return random() % bound; }

}  // namespace ticker
