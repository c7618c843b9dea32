#include "tests/bench/mapping_load.hpp"

#include <algorithm>

namespace hawser::bench {
namespace {

constexpr std::uint32_t kCommunityNodes = 8;
constexpr std::uint64_t kOutsiderPermille = 20;
constexpr std::uint32_t kUniformMembersMax = 10;
constexpr std::uint32_t kIdenticalMembers = 10;

}  // namespace

std::string_view name_of(LoadKind kind) {
  switch (kind) {
    case LoadKind::zipf: return "zipf";
    case LoadKind::community: return "community";
    case LoadKind::uniform: return "uniform";
    case LoadKind::identical: return "identical";
  }
  return "unknown";
}

MappingLoad::MappingLoad(const MappingShape& shape, Rng rng) : shape_(shape), rng_(rng) {
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= shape.nodes; ++rank) {
    sum += 1.0 / rank;
    zipf_.push_back(sum);
  }
  topics_.reserve(shape.topics);
  for (std::uint32_t topic = 0; topic < shape.topics; ++topic) topics_.push_back(draw_topic());
}

MappingLoad::Topic MappingLoad::draw_topic() {
  const auto up_to = [&](std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(rng_.between(std::min(low, shape_.nodes), std::min(high, shape_.nodes)));
  };
  switch (shape_.kind) {
    case LoadKind::zipf: return {draw_zipf(), 0};
    case LoadKind::community: {
      const std::uint32_t communities = (shape_.nodes + kCommunityNodes - 1) / kCommunityNodes;
      const auto community = static_cast<std::uint32_t>(rng_.below(communities));
      const std::uint32_t members = std::min(kCommunityNodes, shape_.nodes - community * kCommunityNodes);
      return {up_to(std::min(2U, members), members), community};
    }
    case LoadKind::uniform: return {up_to(1, kUniformMembersMax), 0};
    case LoadKind::identical: return {up_to(kIdenticalMembers, kIdenticalMembers), 0};
  }
  return {};
}

std::uint32_t MappingLoad::draw_zipf() {
  const double at = static_cast<double>(rng_.next() >> 11U) * 0x1p-53 * zipf_.back();
  const auto rank = std::upper_bound(zipf_.begin(), zipf_.end(), at) - zipf_.begin();
  return std::min(static_cast<std::uint32_t>(rank) + 1, shape_.nodes);
}

std::uint32_t MappingLoad::draw_node(std::uint32_t topic) {
  const auto any = [&](std::uint32_t count) { return static_cast<std::uint32_t>(rng_.below(count)); };
  switch (shape_.kind) {
    case LoadKind::zipf: return draw_zipf() - 1;
    case LoadKind::community: {
      if (rng_.permille(kOutsiderPermille)) return any(shape_.nodes);
      const std::uint32_t first = topics_[topic].community * kCommunityNodes;
      return first + any(std::min(kCommunityNodes, shape_.nodes - first));
    }
    case LoadKind::uniform: return any(shape_.nodes);
    case LoadKind::identical: return any(std::min(kIdenticalMembers, shape_.nodes));
  }
  return 0;
}

std::vector<std::uint32_t> MappingLoad::draw_members(std::uint32_t topic) {
  std::vector<bool> chosen(shape_.nodes, false);
  for (std::uint32_t missing = size_of(topic); missing > 0;) {
    const std::uint32_t node = draw_node(topic);
    if (chosen[node]) continue;
    chosen[node] = true;
    --missing;
  }
  std::vector<std::uint32_t> members;
  for (std::uint32_t node = 0; node < shape_.nodes; ++node) {
    if (chosen[node]) members.push_back(node);
  }
  return members;
}

}  // namespace hawser::bench
