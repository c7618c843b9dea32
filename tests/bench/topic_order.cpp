#include "tests/bench/topic_order.hpp"

#include <numeric>
#include <random>

namespace hawser::bench {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kDraws = 100000;  // Many of each but the rarest topics; drawn before anything is measured.

std::vector<std::uint32_t> draw_zipf(std::uint32_t topics) {
  std::vector<double> weights;
  for (std::uint32_t i = 1; i <= topics; ++i) weights.push_back(1.0 / i);
  std::discrete_distribution<std::uint32_t> topic{weights.begin(), weights.end()};
  std::mt19937_64 random{kSeed};
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < kDraws; ++i) order.push_back(topic(random));
  return order;
}

}  // namespace

std::vector<std::uint32_t> topic_order(std::uint32_t topics, TopicPick pick) {
  if (pick == TopicPick::zipf) return draw_zipf(topics);
  std::vector<std::uint32_t> order(topics);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

}  // namespace hawser::bench
