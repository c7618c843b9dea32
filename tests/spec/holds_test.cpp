// Groups that are held, under everything at once: members come, go and crash, packets are lost, answers to Hold come
// late or never. Topics hold no group, so the simulator's nodes do not; these are the transport's alone.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/check/check_all.hpp"
#include "tests/spec/planted_fault.hpp"
#include "tests/unit/transport_mesh.hpp"

namespace hawser {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using transport_test::Hop;
using transport_test::Mesh;

constexpr GroupId kGroup{7};
constexpr std::string_view kFirst = "ABCD";
constexpr std::string_view kAll = "ABCDEF";
constexpr int kSteps = 300;
constexpr std::size_t kBytesBeyondCredit = 200'000;
constexpr std::size_t kPayloadBytes = 1'400;

class HeldRun {
 public:
  explicit HeldRun(std::uint64_t seed) : rng_(seed) {
    mesh_.settle(kFirst);
    running_ = kFirst;
    mesh_.arrange('A', kGroup, "", "ABC");
    mesh_.run_for(milliseconds{100});
    for (const char name : running_) hold(name);
    mesh_.drop_where([this](const Hop&) { return rng_.permille(30); });
  }

  void run() {
    for (int i = 0; i < kSteps; ++i) {
      step();
      mesh_.run_for(rng_.between(microseconds{50}, milliseconds{20}));
      for (const char name : running_) answer(name);
    }
    mesh_.heal();
    for (int i = 0; i < 100; ++i) {
      mesh_.run_for(milliseconds{50});
      for (const char name : running_) answer(name);
    }
  }
  [[nodiscard]] std::vector<check::Violation> violations() const {
    return check::check_heavy_groups(mesh_.history_of_all(true));
  }
  [[nodiscard]] std::uint64_t promised() const { return promised_; }
  [[nodiscard]] std::uint64_t answered() const { return answered_; }

 private:
  void step() {
    const char name = running_[rng_.below(running_.size())];
    if (rng_.one_in(40)) return crash(name);
    if (rng_.one_in(40)) return start();
    if (rng_.one_in(8)) return arrange();
    hold(name);
    multicast(name);
  }
  void hold(char name) {
    if (mesh_.group_at(name, kGroup) != nullptr) mesh_.set_hold(kGroup, name);
  }
  void multicast(char name) {
    const std::size_t bytes = rng_.one_in(10) ? kBytesBeyondCredit : 0;
    for (std::size_t sent = 0; sent <= bytes; sent += kPayloadBytes) {
      const HeavyGroup* group = mesh_.group_at(name, kGroup);
      if (group == nullptr) return;
      if (group->promised_view()) ++promised_;
      std::string text = "message " + std::to_string(++messages_);
      if (bytes > 0) text.resize(kPayloadBytes, ' ');
      // Refused where the queue is full: then it is not sent.
      if (!mesh_.try_multicast_in(kGroup, name, text, static_cast<Order>(rng_.below(kOrders)))) return;
    }
  }
  void crash(char name) {
    if (running_.size() <= 2) return;
    mesh_.crash({&name, 1});
    std::erase(running_, name);
    mesh_.tell_exit(name, running_);
  }
  void start() {
    for (const char name : kAll) {
      if (started_.find(name) != std::string::npos) continue;
      started_.push_back(name);
      running_.push_back(name);
      return mesh_.start({&name, 1});
    }
  }
  // By whom the others take it from: the first of a view that all who run are in.
  void arrange() {
    const char leader = transport_test::names_of(mesh_.view(running_.front()).members).front();
    if (!mesh_.together(transport_test::names_of(mesh_.view(leader).members))) return;
    std::string members;
    for (const char name : transport_test::names_of(mesh_.view(leader).members)) {
      // Not back in before it is out: what it sends then would count as sent before it left.
      const bool going = mesh_.arranged(leader, kGroup).find(name) == std::string::npos && mesh_.is_in(name, kGroup);
      if (!going && rng_.one_in(2)) members.push_back(name);
    }
    if (!members.empty()) mesh_.arrange(leader, kGroup, mesh_.arranged(leader, kGroup), members);
    mesh_.run_for(milliseconds{1});
  }
  void answer(char name) {
    const auto& history = mesh_.history(name);
    std::size_t& seen = seen_[name];
    for (; seen < history.size(); ++seen) {
      if (history[seen] == "g7 hold?" && !rng_.one_in(8)) ++asked_[name];
    }
    if (asked_[name] == 0 || rng_.one_in(3)) return;
    asked_[name] = 0;
    if (mesh_.hold_ok(kGroup, name)) ++answered_;
  }

  Rng rng_;
  Mesh mesh_;
  std::string running_;
  std::string started_{kFirst};
  std::map<char, std::size_t> seen_;
  std::map<char, int> asked_;
  std::uint64_t messages_ = 0;
  std::uint64_t promised_ = 0;
  std::uint64_t answered_ = 0;
};

TEST(Holds, EveryPromisedViewIsKept) {
  std::uint64_t promised = 0;
  std::uint64_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 60 && !::testing::Test::HasFailure(); ++seed) {
    HeldRun run{seed};
    run.run();
    for (const auto& violation : run.violations()) {
      ADD_FAILURE() << "seed " << seed << ": " << violation.property << ": " << violation.what;
    }
    promised += run.promised();
    answered += run.answered();
  }
  EXPECT_GT(promised, 1000U);
  EXPECT_GT(answered, 100U);
}

#if defined(HAWSER_FAULTS)

class HoldFaults : public WithPlantedFault {};

TEST_P(HoldFaults, AreCaughtByThePropertyTheyBreak) {
  for (std::uint64_t seed = 1; seed <= GetParam().seeds_max; ++seed) {
    HeldRun run{seed};
    run.run();
    for (const auto& violation : run.violations()) {
      if (violation.property != GetParam().breaks) continue;
      RecordProperty("seeds", std::to_string(seed));
      return;
    }
  }
  ADD_FAILURE() << GetParam().seeds_max << " seeds went by, and nothing broke " << GetParam().breaks;
}

INSTANTIATE_TEST_SUITE_P(Hold, HoldFaults,
                         ::testing::Values(PlantedFault{"hold.what_waits_is_left", "heavy: Sending View Delivery", 60},
                                           PlantedFault{"hold.waits_for_ever", "heavy: Holds End", 60}),
                         name_of);

#endif

}  // namespace
}  // namespace hawser
