#include "tests/bench/mapping_run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hawser::bench {
namespace {

NodeId id_of(std::uint32_t node) { return {{mix64(node)}, {}}; }

}  // namespace

MappingRun::MappingRun(const MapperPolicy& policy, std::uint32_t topics, std::uint64_t seed)
    : mapper_(policy, Rng{seed}), members_(topics) {}

void MappingRun::join(std::uint32_t topic, std::uint32_t node, double now_seconds) {
  members_[topic].push_back(id_of(node));
  place(topic, now_seconds);
}

void MappingRun::leave(std::uint32_t topic, std::size_t member, double now_seconds) {
  const auto heavy = mapper_.heavy_of(light_group_of(topic));
  perhaps_idle_.push_back({now_seconds, *heavy, members_[topic][member]});
  members_[topic].erase(members_[topic].begin() + static_cast<std::ptrdiff_t>(member));
  place(topic, now_seconds);
}

void MappingRun::place(std::uint32_t topic, double now_seconds) {
  const auto before = mapper_.heavy_of(light_group_of(topic));
  const auto start = std::chrono::steady_clock::now();
  const Placement placement = mapper_.place(light_group_of(topic), members_[topic]);
  counts_.times_ns.push_back((std::chrono::steady_clock::now() - start) / std::chrono::nanoseconds{1});
  ++counts_.by_kind[static_cast<std::size_t>(placement.kind)];
  if (!before || *before == placement.heavy) return;
  for (const NodeId& node : members_[topic]) perhaps_idle_.push_back({now_seconds, *before, node});
}

void MappingRun::release_until(double seconds) {
  for (; !perhaps_idle_.empty() && perhaps_idle_.front().since_seconds <= seconds; perhaps_idle_.pop_front()) {
    mapper_.release(perhaps_idle_.front().heavy, perhaps_idle_.front().node);
  }
}

bool MappingRun::is_member(std::uint32_t topic, std::uint32_t node) const {
  return std::find(members_[topic].begin(), members_[topic].end(), id_of(node)) != members_[topic].end();
}

MappingRun::Counts MappingRun::take_counts() { return std::exchange(counts_, {}); }

}  // namespace hawser::bench
