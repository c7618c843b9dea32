#include "examples/stock_ticker/shares.hpp"

#include <array>

namespace ticker {
namespace {

struct Twelfths {
  std::size_t begin;
  std::size_t end;
};

constexpr std::array<Twelfths, kTickers> kShares = {{{0, 5}, {3, 9}, {5, 12}, {2, 7}}};

}  // namespace

std::vector<std::string> topics_of_ticker(std::size_t ticker, std::span<const std::string> topics) {
  const Twelfths share = kShares.at(ticker);
  const std::size_t begin = topics.size() * share.begin / 12;
  const std::size_t end = (topics.size() * share.end + 11) / 12;
  return {topics.begin() + static_cast<std::ptrdiff_t>(begin), topics.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace ticker
