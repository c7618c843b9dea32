// Light-weight groups under random joins, leaves, messages, crashes, partitions and merges, by seed, with policies that
// move them a lot between heavy-weight groups.
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

const std::vector<std::string> kNames{"g", "h", "i", "j", "k"};
constexpr Duration kGrace = std::chrono::milliseconds{20};
constexpr std::size_t kStepsMax = 50'000;  // of settling; far beyond what any run takes

LightGroupsConfig config_of(std::uint64_t seed) {
  using Kind = MapperPolicy::Kind;
  LightGroupsConfig config;
  config.heavy_grace = seed % 3 == 0 ? Duration{} : kGrace;
  if (seed % 2 == 0) config.bulk_bytes_min = LwgChecker::kLongBytesMin;
  switch (seed % 7) {
    case 0: config.policy.kind = Kind::single; break;
    case 1:
    case 2: config.policy.kind = Kind::exact; break;
    case 3:
      config.policy.extras_cap = 1;
      config.policy.heavy_groups_max = 2;
      break;
    case 4: config.policy.counts_idle = true; [[fallthrough]];
    default: config.policy.extras_cap = seed % 3;
  }
  return config;
}

// One run: chance acts and delivers for a while, then everything is healed and delivered.
class RandomRun {
 public:
  enum class Besides { nothing, watches, configures };
  explicit RandomRun(std::uint64_t seed, Besides besides = Besides::nothing)
      : world_(config_of(seed), seed), besides_(besides) {
    const auto nodes = static_cast<std::size_t>(world_.rng().between(3, 5));
    for (std::size_t at = 0; at < nodes; ++at) add_node();
    divide();
    if (seed % 4 == 3) world_.slow_streams();
    if (besides == Besides::configures && seed % 2 == 1) world_.place_late();
  }

  std::vector<std::string> run() {
    const std::uint64_t actions = world_.rng().between(30, 200);
    const std::uint64_t steps_per_action = world_.rng().between(1, 24);  // Few: much is under way at once.
    for (std::uint64_t action = 0; action < actions; ++action) {
      act();
      for (std::uint64_t step = 0; step < steps_per_action; ++step) world_.step_at_random();
      check_coverage();
    }
    for (const char node : world_.live()) world_.heavy(node).refuse(false);
    world_.change({world_.live()});
    settle();
    for (const char node : world_.live()) {
      for (const std::string& name : world_.wanted(node)) world_.send(node, name);
    }
    settle();
    std::vector<std::string> found = world_.violations();
    check_unneeded(found);
    found.insert(found.end(), found_.begin(), found_.end());
    return found;
  }

  LwgWorld& world() { return world_; }

 private:
  // Delivers everything, and waits for what takes its time, until nothing more comes of it.
  void settle() {
    std::size_t steps = 0;
    for (int quiet = 0; quiet < 3; ++quiet) {
      while (world_.step_at_random()) {
        quiet = 0;
        if (++steps < kStepsMax) continue;
        found_.emplace_back("liveness: the nodes never come to rest");
        return;
      }
      world_.pass(2 * kGrace);
    }
  }

  void check_coverage() {
    for (const char node : world_.live()) {
      if (found_.empty() && !world_.is_covered(node)) {
        found_.push_back(std::string("coverage: a group was larger than its carrier, said ") + node);
      }
    }
  }

  void check_unneeded(std::vector<std::string>& found) {
    for (const char node : world_.live()) {
      if (world_.heavies_of(node) == world_.carriers_of(node)) continue;
      found.push_back(std::string("release: ") + node + " is in heavy-weight groups that it does not need");
    }
  }

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
    if (besides_ == Besides::watches && world_.rng().one_in(8)) return watch_or_not();
    if (besides_ == Besides::configures && world_.rng().one_in(8)) return configure();
    const std::uint64_t dice = world_.rng().below(100);
    const char node = any_node();
    if (dice < 15) {
      const Role role = world_.rng().one_in(3) ? Role::publisher : Role::subscriber;
      world_.join(node, some_names(), role);
    } else if (dice < 23) {
      leave_some(node);
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

  void watch_or_not() {
    static const std::vector<Pattern> kPatterns{Pattern::parse("*").value(), Pattern::prefix("h").value(),
                                                Pattern::prefix("i").value()};
    const char node = any_node();
    const Pattern& pattern = kPatterns[world_.rng().below(kPatterns.size())];
    if (world_.rng().one_in(2)) return world_.watch(node, pattern);
    world_.unwatch(node, pattern);
    leave_some(node);
  }

  // Most in total order.
  void configure() {
    const char node = any_node();
    const std::set<std::string>& wanted = world_.wanted(node);
    if (wanted.empty()) return;
    const std::size_t which = world_.rng().below(wanted.size());
    const bool total = !world_.rng().one_in(4);
    const std::string words = world_.rng().one_in(2) ? "a" : "b";
    world_.configure(node, *std::next(wanted.begin(), static_cast<std::ptrdiff_t>(which)), {total, words});
  }

  // What it watches for it may leave, too, but then the end can't be foretold.
  void leave_some(char node) {
    std::vector<std::string> names = some_names();
    std::erase_if(names, [&](const std::string& name) { return world_.watches(node, name); });
    world_.leave(node, names);
  }

  void replace_a_node() {
    if (next_ > 'Z') return;
    if (world_.live().size() > 2) world_.crash(any_node());
    if (world_.live().size() < 5) add_node();
    divide();
  }

  LwgWorld world_;
  const Besides besides_;
  std::vector<std::string> found_;
  char next_ = 'A';
};

struct Totals {
  LwgChecker::Coverage coverage;
  std::uint64_t filtered = 0;

  void add(LwgWorld& world) {
    const LwgChecker::Coverage& one = world.checker().coverage();
    coverage.moved_together += one.moved_together;
    coverage.repairs += one.repairs;
    coverage.merged += one.merged;
    coverage.delivered += one.delivered;
    coverage.moves += one.moves;
    coverage.joint += one.joint;
    coverage.ordered += one.ordered;
    for (const char node : world.live()) filtered += world.groups(node).counters().filtered;
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
  EXPECT_GT(totals.coverage.moves, 1000U);
  EXPECT_GT(totals.coverage.joint, 300U);
  EXPECT_GT(totals.filtered, 1000U);
}

TEST(LwgRandom, WatchersAreInEveryGroupThatFits) {
  const std::uint64_t first = number_from_environment("HAWSER_SEED", 1);
  const std::uint64_t seeds = number_from_environment("HAWSER_SEEDS", 300);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    ASSERT_THAT((RandomRun{seed, RandomRun::Besides::watches}.run()), testing::IsEmpty()) << "seed " << seed;
  }
}

TEST(LwgRandom, ConfiguredGroupsHaveOneOrder) {
  const std::uint64_t first = number_from_environment("HAWSER_SEED", 1);
  const std::uint64_t seeds = number_from_environment("HAWSER_SEEDS", 600);
  Totals totals;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    RandomRun run{seed, RandomRun::Besides::configures};
    ASSERT_THAT(run.run(), testing::IsEmpty()) << "seed " << seed;
    totals.add(run.world());
  }
  if (seeds < 600) return;
  EXPECT_GT(totals.coverage.ordered, 10'000U);
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
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<std::string> found = RandomRun{seed}.run();
    if (std::any_of(found.begin(), found.end(), breaks)) return RecordProperty("seeds", std::to_string(seed));
  }
  ADD_FAILURE() << GetParam().breaks;
}

std::string name_of(const testing::TestParamInfo<PlantedFault>& fault) { return fault.param.name; }

INSTANTIATE_TEST_SUITE_P(Lwg, LwgFaults,
                         testing::Values(PlantedFault{"lwg_marker_skipped", "liveness"},
                                         PlantedFault{"lwg_marker_of_a_later_change", "reliable fifo"},
                                         PlantedFault{"lwg_installed_without_last_marker", "virtual synchrony"},
                                         PlantedFault{"lwg_sent_after_marker", "reliable fifo"},
                                         PlantedFault{"lwg_early_message_delivered_at_once", "virtual synchrony"},
                                         PlantedFault{"lwg_joiner_forgets_early_messages", "reliable fifo"},
                                         PlantedFault{"lwg_non_member_delivers", "no delivery to non-members"},
                                         PlantedFault{"lwg_departed_members_kept", "liveness"},
                                         PlantedFault{"lwg_operation_skipped", "one directory"},
                                         PlantedFault{"lwg_snapshot_without_last_group", "one directory"},
                                         PlantedFault{"lwg_two_sides_share_view_ids", "view agreement"},
                                         PlantedFault{"lwg_pending_kept_at_view", "liveness"},
                                         PlantedFault{"lwg_marker_before_move_is_installed", "same view delivery"},
                                         PlantedFault{"lwg_marker_on_the_new_group", "liveness"},
                                         PlantedFault{"lwg_unsent_forgotten", "reliable fifo"},
                                         PlantedFault{"lwg_requests_not_renewed", "liveness"},
                                         PlantedFault{"lwg_arrangement_missed", "one directory"},
                                         PlantedFault{"lwg_leaves_before_it_is_stable", "virtual synchrony"},
                                         PlantedFault{"lwg_markers_kept_at_view", "virtual synchrony"},
                                         PlantedFault{"lwg_own_lineage_survives", "one directory"}),
                         name_of);

#endif

}  // namespace
}  // namespace hawser::test
