// Light-weight groups under random joins, leaves, messages, crashes, partitions and merges, by seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

const std::vector<std::string> kNames{"g", "h", "i"};

// One run: chance acts and delivers for a while, then everything is healed and delivered.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : world_(seed) {
    const auto nodes = static_cast<std::size_t>(world_.rng().between(3, 5));
    for (std::size_t at = 0; at < nodes; ++at) add_node();
    divide();
  }

  std::vector<std::string> run() {
    const std::uint64_t actions = world_.rng().between(30, 200);
    const std::uint64_t steps_per_action = world_.rng().between(1, 24);  // Few: much is under way at once.
    for (std::uint64_t action = 0; action < actions; ++action) {
      act();
      for (std::uint64_t step = 0; step < steps_per_action; ++step) world_.step_at_random();
    }
    for (const char node : world_.live()) world_.heavy(node).refuse(false);
    world_.change({world_.live()});
    while (world_.step_at_random()) {
    }
    for (const char node : world_.live()) {
      for (const std::string& name : world_.wanted(node)) world_.send(node, name);
    }
    return world_.violations();
  }

  LwgWorld& world() { return world_; }

 private:
  void add_node() {
    const std::string name(1, next_++);
    world_.add(name);
  }

  char any_node() {
    const std::string live = world_.live();
    return live[world_.rng().below(live.size())];
  }

  std::vector<std::string> some_names() {
    std::vector<std::string> names;
    for (const std::string& name : kNames) {
      if (world_.rng().one_in(2)) names.push_back(name);
    }
    return names;
  }

  // Every live node into one of a few views.
  void divide() {
    std::vector<std::string> components(world_.rng().between(1, 3));
    for (const char node : world_.live()) components[world_.rng().below(components.size())] += node;
    std::erase(components, std::string{});
    world_.change(components);
  }

  // Each draw is a statement of its own: the order in which arguments are evaluated differs between compilers.
  void act() {
    const std::uint64_t dice = world_.rng().below(100);
    const char node = any_node();
    if (dice < 15) {
      const Role role = world_.rng().one_in(3) ? Role::publisher : Role::subscriber;
      world_.join(node, some_names(), role);
    } else if (dice < 23) {
      world_.leave(node, some_names());
    } else if (dice < 88) {
      world_.send(node, kNames[world_.rng().below(kNames.size())]);
    } else if (dice < 93) {
      divide();
    } else if (dice < 96) {
      replace_a_node();
    } else {
      world_.heavy(node).refuse(world_.rng().one_in(3));
    }
  }

  void replace_a_node() {
    if (next_ > 'Z') return;
    if (world_.live().size() > 2) world_.crash(any_node());
    if (world_.live().size() < 5) add_node();
    divide();
  }

  LwgWorld world_;
  char next_ = 'A';
};

struct Totals {
  LwgChecker::Coverage coverage;
  std::uint64_t dropped = 0;
  std::uint64_t filtered = 0;

  void add(LwgWorld& world) {
    const LwgChecker::Coverage& one = world.checker().coverage();
    coverage.moved_together += one.moved_together;
    coverage.repairs += one.repairs;
    coverage.merged += one.merged;
    coverage.delivered += one.delivered;
    for (const char node : world.live()) {
      dropped += world.groups(node).counters().dropped;
      filtered += world.groups(node).counters().filtered;
    }
  }
};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// HAWSER_SEED and HAWSER_SEEDS choose other seeds than those of every run.
TEST(LwgRandom, EverySeedKeepsEveryProperty) {
  const std::uint64_t first = number_from_environment("HAWSER_SEED", 1);
  const std::uint64_t seeds = number_from_environment("HAWSER_SEEDS", 600);
  Totals totals;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    RandomRun run{seed};
    ASSERT_THAT(run.run(), testing::IsEmpty()) << "seed " << seed;
    totals.add(run.world());
  }
  if (seeds < 600) return;
  EXPECT_GT(totals.coverage.moved_together, 1000U);
  EXPECT_GT(totals.coverage.repairs, 500U);
  EXPECT_GT(totals.coverage.merged, 500U);
  EXPECT_GT(totals.coverage.delivered, 20000U);
  EXPECT_GT(totals.dropped, 50U);
  EXPECT_GT(totals.filtered, 1000U);
}

#if defined(HAWSER_FAULTS)

struct PlantedFault {
  const char* name;
  const char* breaks;
};

class LwgFaults : public testing::TestWithParam<PlantedFault> {
 protected:
  void SetUp() override { fault::active() = GetParam().name; }
  void TearDown() override { fault::active().clear(); }
};

TEST_P(LwgFaults, IsCaughtByThePropertyItBreaks) {
  const auto breaks = [](const std::string& violation) { return violation.starts_with(GetParam().breaks); };
  bool caught = false;
  for (std::uint64_t seed = 1; !caught && seed <= 1000; ++seed) {
    const std::vector<std::string> found = RandomRun{seed}.run();
    caught = std::any_of(found.begin(), found.end(), breaks);
  }
  EXPECT_TRUE(caught) << GetParam().breaks;
}

std::string name_of(const testing::TestParamInfo<PlantedFault>& fault) { return fault.param.name; }

INSTANTIATE_TEST_SUITE_P(Lwg, LwgFaults,
                         testing::Values(PlantedFault{"lwg_marker_skipped", "liveness"},
                                         PlantedFault{"lwg_marker_of_a_later_change", "reliable fifo"},
                                         PlantedFault{"lwg_installed_without_last_marker", "virtual synchrony"},
                                         PlantedFault{"lwg_sent_after_marker", "reliable fifo"},
                                         PlantedFault{"lwg_early_message_delivered_at_once", "virtual synchrony"},
                                         PlantedFault{"lwg_departed_senders_message_delivered",
                                                      "no delivery from non-members"},
                                         PlantedFault{"lwg_joiner_forgets_early_messages", "reliable fifo"},
                                         PlantedFault{"lwg_non_member_delivers", "no delivery to non-members"},
                                         PlantedFault{"lwg_departed_members_kept", "liveness"},
                                         PlantedFault{"lwg_operation_skipped", "one directory"},
                                         PlantedFault{"lwg_operations_applied_in_reverse", "view agreement"},
                                         PlantedFault{"lwg_snapshot_without_last_group", "one directory"},
                                         PlantedFault{"lwg_views_installed_while_voting", "view agreement"},
                                         PlantedFault{"lwg_late_repair_without_markers", "same view delivery"},
                                         PlantedFault{"lwg_own_lineage_survives", "one directory"}),
                         name_of);

#endif

}  // namespace
}  // namespace hawser::test
