// Topics under random publishing, subscribing, crashes, partitions, merges and full queues, by seed; and with a fault
// planted, the property that it breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/session_store.hpp"
#include "tests/sim/stored_contents.hpp"
#include "tests/unit/session_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

const std::vector<std::string> kTopics{"t", "u"};

// One run: chance acts and delivers for a while, then everything is healed and delivered.
class RandomRun {
 public:
  /// What the run is about besides.
  enum class About { nothing, declared, stored };
  explicit RandomRun(std::uint64_t seed, About about = About::nothing)
      : world_(seed), declares_(about != About::nothing), stores_(about == About::stored) {
    world_.set_send_queue_bytes(100'000);
    partitions_ = world_.rng().one_in(2);
    const auto nodes = static_cast<std::size_t>(world_.rng().between(3, 5));
    for (std::size_t at = 0; at < nodes; ++at) add_node();
    divide();
  }

  std::vector<std::string> run() {
    const std::uint64_t steps = world_.rng().between(200, 800);
    for (std::uint64_t step = 0; step < steps; ++step) act();
    for (const char node : world_.live()) world_.refuse(node, false);
    for (const char node : stored_nodes()) world_.stall_store(node, false);
    world_.change({world_.live()});
    settle();
    for (const auto& [node, topic] : subscribed()) world_.publish(node, topic, next_value());
    settle();
    world_.pass(kStoreSyncInterval);
    std::vector<std::string> found = world_.violations();
    check_stores(found);
    check_histories(found);
    check_states(found);
    check_answers(found);
    return found;
  }

  // How often it came to what the run is about.
  struct Coverage {
    std::uint64_t live = 0, retained = 0, synced = 0, lost = 0, partitions = 0, jumps = 0, blocked = 0, declared = 0,
                  found = 0;
    void add(const Coverage& other) {
      live += other.live;
      retained += other.retained;
      synced += other.synced;
      lost += other.lost;
      partitions += other.partitions;
      jumps += other.jumps;
      blocked += other.blocked;
      declared += other.declared;
      found += other.found;
    }
  };
  [[nodiscard]] const Coverage& coverage() const { return coverage_; }

 private:
  using Wish = std::pair<char, std::string>;

  // Delivers everything, and waits for what takes its time, until nothing more comes of it.
  void settle() {
    for (int quiet = 0; quiet < 3; ++quiet) {
      while (world_.step_at_random()) quiet = 0;
      world_.pass(std::chrono::milliseconds{30});
    }
  }

  void add_node() {
    const std::string name(1, next_++);
    if (!stores_ || world_.rng().one_in(3)) return world_.add(name);
    disks_[name.front()] = some_left_disk();
    world_.add_with_store(name.front(), disks_[name.front()]);
  }

  // Of a node that has crashed, and in some cases its machine with it.
  sim::TopicDisk some_left_disk() {
    std::string left;
    for (const auto& [node, disk] : disks_) {
      if (world_.live().find(node) == std::string::npos && !disk.records().empty()) left += node;
    }
    if (left.empty() || world_.rng().one_in(4)) return {};
    sim::TopicDisk disk = disks_.extract(left[world_.rng().below(left.size())]).mapped();
    if (world_.rng().one_in(2)) disk.crash_machine(world_.rng().below(disk.unsynced() + 1));
    return disk;
  }

  [[nodiscard]] std::string stored_nodes() const {
    std::string nodes;
    for (const char node : world_.live()) {
      if (disks_.contains(node)) nodes += node;
    }
    return nodes;
  }

  char any_node() {
    const std::string live = world_.live();
    return live[world_.rng().below(live.size())];
  }

  const std::string& any_topic() { return kTopics[world_.rng().below(kTopics.size())]; }

  // Now and then one that takes several messages of a state.
  std::string next_value() {
    std::string value = std::to_string(++values_);
    if (world_.rng().one_in(20)) value.resize(world_.rng().below(40'000), 'x');
    return value;
  }

  [[nodiscard]] std::vector<Wish> subscribed() const {
    std::vector<Wish> live;
    for (const auto& [wish, subscribers] : subscribers_) {
      if (world_.live().find(wish.first) != std::string::npos && !subscribers.empty()) live.push_back(wish);
    }
    return live;
  }

  // Every live node into one of a few views.
  void divide() {
    std::vector<std::string> components(partitions_ ? world_.rng().between(1, 3) : 1);
    for (const char node : world_.live()) components[world_.rng().below(components.size())] += node;
    std::erase(components, std::string{});
    world_.change(components);
  }

  void act() {
    if (declares_ && world_.rng().one_in(64)) return declare(any_node(), any_topic());
    if (stores_ && world_.rng().one_in(32)) return disturb_stores();
    const std::uint64_t dice = world_.rng().below(1000);
    if (dice < 120) {
      publish(any_node(), any_topic());
    } else if (dice < 160) {
      toggle(any_node(), any_topic());
    } else if (dice < 170) {
      divide();
    } else if (dice < 175) {
      replace_a_node();
    } else if (dice < 185) {
      world_.refuse(any_node(), world_.rng().one_in(3));
    } else {
      world_.step_at_random();
    }
  }

  void publish(char node, const std::string& topic) {
    const std::uint64_t key = world_.rng().below(4);
    const bool accepted = world_.publish(node, topic, next_value(), key == 0 ? "" : std::to_string(key)) != 0;
    coverage_.blocked += accepted ? 0 : 1;
  }

  void declare(char node, const std::string& topic) {
    ++declared_[{node, topic}];
    TopicOptions options{world_.rng().one_in(2) ? TopicOrder::fifo : TopicOrder::total};
    if (world_.rng().one_in(2)) options.history.messages = 1 + world_.rng().below(10);
    if (world_.rng().one_in(4)) options.history.bytes = 100'000;
    if (world_.rng().one_in(4)) options.history.age = std::chrono::milliseconds{20};
    if (stores_ && !world_.rng().one_in(8)) options.durability = Durability::retained;
    world_.declare(node, topic, options);
  }

  // Time passes, so that something is written; or a store stands still, or goes on.
  void disturb_stores() {
    if (world_.rng().one_in(4)) return replace_a_node();
    const std::string nodes = stored_nodes();
    if (nodes.empty() || world_.rng().one_in(2)) return world_.pass(std::chrono::milliseconds{20});
    world_.stall_store(nodes[world_.rng().below(nodes.size())], world_.rng().one_in(3));
  }

  void toggle(char node, const std::string& topic) {
    std::vector<SubscriberId>& subscribers = subscribers_[{node, topic}];
    if (subscribers.empty() || (subscribers.size() == 1 && world_.rng().one_in(4))) {
      if (subscribers.empty()) world_.forget(node, topic);
      subscribers.push_back(world_.subscribe(node, {topic}, declares_ ? any_start() : Start{}));
    } else {
      world_.unsubscribe(node, subscribers.back());
      subscribers.pop_back();
    }
  }

  Start any_start() {
    static constexpr std::array kStarts{Start::values(), Start::all(), Start::last(), Start::none()};
    return kStarts[world_.rng().below(kStarts.size())];
  }

  void replace_a_node() {
    if (next_ > 'Z') return;
    const bool all = stores_ && world_.rng().one_in(3);  // What is left then is on disks.
    while (world_.live().size() > (all ? 1U : 2U)) {
      world_.crash(any_node());
      if (!all) break;
    }
    if (world_.live().size() < 5) add_node();
    divide();
  }

  // What the first subscriber since the last pause saw: state, synced, live; and that again after a partition.
  void check_histories(std::vector<std::string>& found) {
    for (const auto& [node, topic] : subscribed()) {
      bool synced = false;
      for (std::string event : world_.history(node, topic)) {
        const bool alone = event.front() == '#';
        if (alone) event.erase(0, event.find(' ') + 1);
        const bool is_state = event.starts_with("state ");
        const bool is_synced = event.starts_with("synced ");
        const bool is_gap = event.starts_with("gap ");
        count(event);
        if (!alone && (is_state || is_synced) && synced) complain(found, node, topic, event + " after synced");
        if (!is_state && !is_synced && !is_gap && !synced) complain(found, node, topic, event + " before synced");
        synced = (synced || is_synced) && event != "gap partition";
      }
      if (!synced) complain(found, node, topic, "never synced");
    }
  }

  void count(const std::string& event) {
    coverage_.retained += event.starts_with("state ") ? 1 : 0;
    coverage_.synced += event.starts_with("synced ") ? 1 : 0;
    coverage_.lost += event == "gap state_lost" ? 1 : 0;
    coverage_.partitions += event == "gap partition" ? 1 : 0;
    coverage_.jumps += event.starts_with("gap partition ") ? 1 : 0;
    coverage_.live += event.find(' ') == std::string::npos ? 1 : 0;
  }

  static void complain(std::vector<std::string>& found, char node, const std::string& topic, const std::string& what) {
    found.push_back(std::string("snapshot, synced, live: ") + node + " on " + topic + ": " + what.substr(0, 80));
  }

  // Several calls may have one answer.
  void check_answers(std::vector<std::string>& found) {
    for (const auto& [wish, calls] : declared_) {
      const auto& [node, topic] = wish;
      if (world_.live().find(node) == std::string::npos) continue;
      const std::vector<std::string> answers = world_.answers(node, topic);
      coverage_.declared += answers.size();
      if (answers.empty() || answers.size() > calls) found.push_back("declared: " + topic + " at " + node);
    }
  }

  void check_states(std::vector<std::string>& found) {
    for (const std::string& topic : kTopics) {
      if (!world_.same_state(topic)) found.push_back("one state: members of " + topic + " differ in the end");
    }
    for (const char node : world_.live()) {
      if (!world_.session(node).all_sent()) found.push_back(std::string("all sent: messages wait for ever at ") + node);
    }
  }

  // What is on a disk is what the node has, and what a node had found on its disk is not lost.
  void check_stores(std::vector<std::string>& found) {
    for (const char node : stored_nodes()) {
      for (const std::string& topic : kTopics) {
        const auto options = world_.options(node, topic);
        if (!options || options->durability == Durability::in_memory) continue;
        const auto records = sim::records_of(disks_.at(node), topic);
        if (sim::contents_of(records, options->history).digest() != world_.session(node).state_digest(topic)) {
          found.push_back(std::string{"stored: not as it is, "} + topic + " at " + node);
        }
        if (options->order == TopicOrder::fifo) check_found(node, topic, records, found);
      }
    }
  }

  void check_found(char node, const std::string& topic, const std::vector<StoreRecord>& records,
                   std::vector<std::string>& found) {
    for (const StoredTopic& one : world_.found(node)) {
      if (one.topic != topic || one.records.empty()) continue;
      ++coverage_.found;
      const auto key = sim::forgotten_key(one.records, records);
      if (key) found.push_back(std::string{"forgotten: key '"} + *key + "' of " + topic + " at " + node);
    }
  }

  SessionWorld world_;
  std::map<char, sim::TopicDisk> disks_;
  std::map<Wish, std::vector<SubscriberId>> subscribers_;
  char next_ = 'A';
  const bool declares_;
  const bool stores_;
  std::map<Wish, std::size_t> declared_;  // how often
  bool partitions_ = false;
  std::uint64_t values_ = 0;
  Coverage coverage_;
};

// HAWSER_SEED and HAWSER_SEEDS choose others; then nothing is asked of what came by.
bool are_chosen() { return std::getenv("HAWSER_SEED") != nullptr || std::getenv("HAWSER_SEEDS") != nullptr; }

RandomRun::Coverage run_seeds(RandomRun::About about) {
  const char* const only = std::getenv("HAWSER_SEED");
  const std::uint64_t first = only != nullptr ? std::stoull(only) : 1;
  const char* const count = std::getenv("HAWSER_SEEDS");
  const std::uint64_t last = first + (count != nullptr ? std::stoull(count) : only != nullptr ? 1 : 300) - 1;
  RandomRun::Coverage total;
  for (std::uint64_t seed = first; seed <= last && !testing::Test::HasFailure(); ++seed) {
    RandomRun run{seed, about};
    EXPECT_THAT(run.run(), testing::IsEmpty()) << "seed " << seed;
    total.add(run.coverage());
  }
  return total;
}

TEST(SessionRandom, EverySeedKeepsEveryProperty) {
  const RandomRun::Coverage total = run_seeds(RandomRun::About::nothing);
  if (are_chosen()) return;
  EXPECT_GT(total.live, 3000U);
  EXPECT_GT(total.retained, 500U);
  EXPECT_GT(total.synced, 500U);
  EXPECT_GT(total.lost, 5U);
  EXPECT_GT(total.partitions, 50U);
  EXPECT_GT(total.jumps, 20U);
  EXPECT_GT(total.blocked, 50U);
}

TEST(SessionRandom, DeclaredTopicsKeepEveryProperty) {
  const RandomRun::Coverage total = run_seeds(RandomRun::About::declared);
  if (are_chosen()) return;
  EXPECT_GT(total.declared, 500U);
}

TEST(SessionRandom, StoredTopicsKeepEveryProperty) {
  const RandomRun::Coverage total = run_seeds(RandomRun::About::stored);
  if (are_chosen()) return;
  EXPECT_GT(total.found, 40U);
}

#if defined(HAWSER_FAULTS)

struct PlantedFault {
  const char* name;
  const char* property;  // One that it breaks.
  RandomRun::About about = RandomRun::About::nothing;
};

constexpr auto kStored = RandomRun::About::stored;

class SessionFaults : public testing::TestWithParam<PlantedFault> {};

TEST_P(SessionFaults, AreCaught) {
  fault::active() = GetParam().name;
  std::vector<std::string> found;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    found = RandomRun{seed, GetParam().about}.run();
    const auto is_it = [](const std::string& violation) { return violation.starts_with(GetParam().property); };
    if (std::any_of(found.begin(), found.end(), is_it)) {
      RecordProperty("seeds", std::to_string(seed));
      break;
    }
  }
  fault::active().clear();
  EXPECT_THAT(found, testing::Contains(testing::StartsWith(GetParam().property)));
}

INSTANTIATE_TEST_SUITE_P(Planted, SessionFaults,
                         testing::Values(PlantedFault{"session_snapshot_misses_last", "topic: State At The Cut"},
                                         PlantedFault{"session_takes_any_cut", "topic: State At The Cut"},
                                         PlantedFault{"session_live_before_snapshot", "topic: Retained First"},
                                         PlantedFault{"session_buffered_twice", "topic: Contiguous Stream"},
                                         PlantedFault{"session_buffer_kept_on_new_donor", "topic: Contiguous Stream"},
                                         PlantedFault{"session_merge_gap_untold", "topic: Contiguous Stream"},
                                         PlantedFault{"session_jump_untold", "topic: Contiguous Stream"},
                                         PlantedFault{"session_new_donor_forgets", "topic: Liveness"},
                                         PlantedFault{"session_fold_ignores_stamp", "one state"},
                                         PlantedFault{"session_news_untold", "forgotten", kStored}),
                         [](const auto& fault) { return std::string{fault.param.name}; });

#endif

}  // namespace
}  // namespace hawser::test
