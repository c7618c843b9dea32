// The mapper under random joins, leaves, releases and crashes, next to a reference that scans everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "lwg/mapper.hpp"
#include "tests/unit/mapper_reference.hpp"

namespace hawser {

static void PrintTo(const Placement::Kind& kind, std::ostream* out) { *out << static_cast<int>(kind); }

namespace test {
namespace {

struct Case {
  const char* name;
  MapperPolicy policy;
  std::uint32_t nodes = 8;
  std::uint32_t groups = 40;
  bool crashes = false;
};

// Whether each light-weight group bears what it has to.
bool all_within_k(const Mapper& mapper, const std::map<LightGroupId, std::vector<NodeId>>& lights) {
  return std::all_of(lights.begin(), lights.end(), [&](const auto& light) {
    const auto explanation = mapper.explain(light.first);
    const std::size_t slack = mapper.policy().slack();
    const std::size_t counted = explanation->extras + (mapper.policy().counts_idle ? explanation->idle : 0);
    return counted <= mapper.policy().extras_max(explanation->size + slack) + slack;
  });
}

class RandomRun {
 public:
  RandomRun(const Case& parameters, std::uint64_t seed)
      : case_(parameters), rng_(seed), mapper_(parameters.policy, rng_.fork()), reference_(parameters.policy) {}

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      act();
      if (step % 16 == 0) check();
    }
    check();
  }
  std::vector<GroupId> outcome() const { return outcome_; }

 private:
  NodeId any_node() { return {{1 + rng_.below(case_.nodes)}, {}}; }

  void act() {
    const std::uint64_t chance = rng_.below(20);
    if (chance == 0) return release_some();
    if (chance == 1 && case_.crashes) return crash();
    const LightGroupId group{1 + rng_.below(case_.groups)};
    if (chance == 2) return forget(group);
    change(group);
  }
  void change(LightGroupId group) {
    std::vector<NodeId> members = lights_[group];
    const std::uint64_t changes = rng_.one_in(4) ? rng_.between(1, case_.nodes / 2) : 1;
    for (std::uint64_t change = 0; change < changes; ++change) {
      const NodeId node = any_node();
      if (std::erase(members, node) == 0) members.push_back(node);
    }
    if (members.empty()) return forget(group);
    place(group, members);
  }
  void place(LightGroupId group, const std::vector<NodeId>& members) {
    const auto expected = reference_.expect(group, members);
    const Placement placement = mapper_.place(group, members);
    EXPECT_EQ(placement.kind, expected.kind);
    if (expected.heavy) {
      EXPECT_EQ(placement.heavy, *expected.heavy);
    } else {
      EXPECT_FALSE(reference_.heavies().contains(placement.heavy));
    }
    EXPECT_EQ(placement.heavy_members, expected.heavy_members);
    reference_.take_over(group, members, placement);
    lights_[group] = members;
    outcome_.push_back(placement.heavy);
  }
  void forget(LightGroupId group) {
    lights_.erase(group);
    mapper_.forget_light(group);
    reference_.forget_light(group);
  }
  void release_some() {
    for (const GroupId heavy : mapper_.heavy_groups()) {
      for (const NodeId& node : mapper_.members_of(heavy)) {
        if (rng_.one_in(2)) continue;
        EXPECT_EQ(mapper_.release(heavy, node), reference_.release(heavy, node));
      }
    }
  }
  void crash() {
    const NodeId node = any_node();
    const std::vector<LightGroupId> unbearing = mapper_.remove_node(node);
    EXPECT_EQ(unbearing, reference_.remove_node(node));
    for (auto& [id, members] : lights_) std::erase(members, node);
    std::erase_if(lights_, [](const auto& light) { return light.second.empty(); });
    for (const LightGroupId group : unbearing) place(group, lights_.at(group));
  }
  void check() {
    EXPECT_EQ(reference_.violation(mapper_), "");
    const bool is_bounded = case_.policy.heavy_groups_max < 100 || case_.policy.kind == MapperPolicy::Kind::single;
    EXPECT_TRUE(is_bounded || all_within_k(mapper_, lights_));
    if (case_.policy.kind != MapperPolicy::Kind::single) {
      EXPECT_LE(mapper_.heavy_count(), case_.policy.heavy_groups_max);
    }
  }

  const Case& case_;
  Rng rng_;
  Mapper mapper_;
  MapperReference reference_;
  std::map<LightGroupId, std::vector<NodeId>> lights_;
  std::vector<GroupId> outcome_;
};

class MapperAtRandom : public testing::TestWithParam<Case> {};

TEST_P(MapperAtRandom, DecidesAsAReferenceThatScansEverything) {
  for (std::uint64_t seed = 1; seed <= 12 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomRun{GetParam(), seed}.run(400);
  }
}

TEST_P(MapperAtRandom, TheSameSeedGivesTheSamePlacements) {
  RandomRun one{GetParam(), 7};
  RandomRun other{GetParam(), 7};
  one.run(200);
  other.run(200);
  EXPECT_EQ(one.outcome(), other.outcome());
}

using enum MapperPolicy::Kind;
INSTANTIATE_TEST_SUITE_P(
    , MapperAtRandom,
    testing::Values(Case{"SmallestSuperset", {}}, Case{"WithCrashes", {}, 8, 40, true},
                    Case{"CountingIdle", {.counts_idle = true}, 10, 40, true},
                    Case{"WithSlack", {.stay_slack = 1}, 12, 40, true},
                    Case{"FewGroupsAllowed", {.heavy_groups_max = 5}, 12, 40, true},
                    Case{"ExactWithFewGroupsAllowed", {.kind = exact, .heavy_groups_max = 3}, 6, 20, true},
                    Case{"OneExtra", {.extras_cap = 1}, 6, 40, true}, Case{"Exact", {.kind = exact}, 6, 40, true},
                    Case{"Single", {.kind = single}, 8, 40, true}, Case{"ManyNodes", {}, 150, 12, true},
                    Case{"ManyGroupsOfFewNodes", {}, 5, 300, false}),
    [](const auto& one) { return std::string{one.param.name}; });

}  // namespace
}  // namespace test
}  // namespace hawser
