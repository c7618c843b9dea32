// Voters whose views come and go at any moment, in the middle of an attempt above all.
#include "transport/primary/primary_component.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>

#include "tests/check/check_all.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

constexpr std::size_t kVoters = 5;

VotingState new_state(std::size_t voter) { return {{voter + 1}, kVoters, 0, 0, {}, {}}; }

/// Everything that virtual synchrony allows, in a few lines: who is asked for a sync message may install that view, or
/// another that it was asked for after its last one; what was said in a view reaches who is still in it.
class VotersWorld {
 public:
  /// `fail_permille`: of writes that fail. The voter has no vote any more, then, until it is started again.
  explicit VotersWorld(std::uint64_t seed, unsigned fail_permille = 0) : rng_(seed), fail_permille_(fail_permille) {
    for (std::size_t voter = 0; voter < kVoters; ++voter) start(voter, new_state(voter));
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
  }
  /// All come together, and nothing goes wrong any more. True where that is primary.
  bool settle() {
    fail_permille_ = 0;
    for (std::size_t voter = 0; voter < kVoters; ++voter) {
      const auto& machine = voters_[voter].machine;
      if (!machine || !machine->own()) start(voter, voters_[voter].disk);
    }
    const std::size_t view = begin_view((1U << kVoters) - 1);
    for (std::size_t voter = 0; voter < kVoters; ++voter) install(voter, view);
    for (std::size_t voter = 0; voter < kVoters; ++voter) finish_writing(voter);
    while (std::any_of(voters_.begin(), voters_.end(), [this](const Voter& v) { return has_mail(v); })) {
      for (Voter& voter : voters_) hear(voter);
    }
    return std::all_of(voters_.begin(), voters_.end(), [](const Voter& v) { return v.machine->is_primary(); });
  }
  [[nodiscard]] std::vector<std::string> broken() const {
    check::History history;
    for (const check::NodeTrace& trace : traces_) history.nodes.push_back(trace);
    std::vector<std::string> broken;
    for (const auto& violation : check::check_all(history)) broken.push_back(violation.property);
    return broken;
  }
  [[nodiscard]] std::size_t primaries() const { return primaries_; }
  /// Views that became primary while a node without a vote was in them.
  [[nodiscard]] std::size_t primaries_with_voteless() const { return primaries_with_voteless_; }
  [[nodiscard]] std::size_t failed_writes() const { return failed_writes_; }
  [[nodiscard]] bool is_primary(std::size_t voter) const { return voters_[voter].machine->is_primary(); }

  // ---- Step by step ----

  /// These come into a view, and write their attempt down, but nobody hears of the others'.
  void form(std::initializer_list<std::size_t> members) {
    unsigned mask = 0;
    for (const std::size_t voter : members) mask |= 1U << voter;
    const std::size_t view = begin_view(mask);
    for (const std::size_t voter : members) install(voter, view);
    for (const std::size_t voter : members) finish_writing(voter);
  }
  void hear_all(std::initializer_list<std::size_t> members) {
    for (const std::size_t voter : members) {
      while (has_mail(voters_[voter])) hear(voters_[voter]);
    }
  }
  void write_all() {
    for (std::size_t voter = 0; voter < kVoters; ++voter) finish_writing(voter);
  }
  /// What it had not written is lost.
  void restart(std::size_t voter) { start(voter, voters_[voter].disk); }

 private:
  struct AView {
    View view;
    std::vector<std::optional<VotingState>> states;
    std::vector<std::pair<Rank, std::uint64_t>> said;
  };
  struct Voter {
    std::size_t number = 0;
    std::unique_ptr<PrimaryComponent> machine;
    std::size_t trace = 0;
    VotingState disk;
    std::vector<StoreRequest> writes;
    std::vector<std::size_t> asked;  // views since the last one
    std::optional<std::size_t> in;
    bool frozen = false;
    std::size_t heard = 0;  // of what was said there
  };

  static NodeId node_of(std::size_t trace) { return {{trace + 1}, {0x7f000001, 1}}; }

  void start(std::size_t number, VotingState state) {
    Voter& voter = voters_[number];
    voter = {number, std::make_unique<PrimaryComponent>(state), traces_.size(), state, {}, {}, {}, false, 0};
    traces_.push_back({.node = node_of(voter.trace), .events = {}, .crashed = true});
  }
  void step() {
    Voter& voter = voters_[rng_.below(kVoters)];
    if (!voter.machine) {
      if (rng_.one_in(4)) start(voter.number, voter.disk);
      return;
    }
    const std::uint64_t what = rng_.below(100);
    if (what < 2) {
      begin_view(static_cast<unsigned>(rng_.between(1, (1U << kVoters) - 1)));
    } else if (what < 30) {
      if (!voter.asked.empty()) install(voter.number, voter.asked[rng_.below(voter.asked.size())]);
    } else if (what < 50) {
      finish_writing(voter.number);
    } else if (what < 97) {
      hear(voter);
    } else {
      voter.machine.reset();  // What it has not written is lost.
    }
  }
  std::size_t begin_view(unsigned members) {
    AView next{{{views_.size() + 1, 0}, {}, {}}, {}, {}};
    for (Voter& voter : voters_) {
      if ((members >> voter.number & 1U) == 0 || !voter.machine) continue;
      voter.machine->freeze();
      voter.frozen = true;
      voter.asked.push_back(views_.size());
      next.view.members.push_back(node_of(voter.trace));
      next.view.start_ids.push_back({views_.size() + 1});
      next.states.push_back(voter.machine->own());
    }
    views_.push_back(std::move(next));
    return views_.size() - 1;
  }
  void install(std::size_t number, std::size_t view) {
    Voter& voter = voters_[number];
    voter.asked.clear();
    voter.in = view;
    voter.frozen = false;
    voter.heard = 0;
    note(voter, trace::HeavyView{kControlGroup, views_[view].view, {node_of(voter.trace)}});
    voter.machine->on_view(views_[view].view, views_[view].states, Time{}, out_);
    drain(voter);
  }
  void finish_writing(std::size_t number) {
    Voter& voter = voters_[number];
    if (voter.writes.empty()) return;
    if (fail_permille_ > 0 && rng_.permille(fail_permille_)) return fail_writing(voter);
    const StoreRequest last = voter.writes.back();
    voter.writes.clear();
    voter.disk = last.state;
    voter.machine->on_stored(last.ticket);
    drain(voter);
  }
  // Those before it may have reached the disk. A change of the view is due then; here they come anyway.
  void fail_writing(Voter& voter) {
    const std::uint64_t written = rng_.below(voter.writes.size());
    if (written > 0) voter.disk = voter.writes[written - 1].state;
    voter.writes.clear();
    ++failed_writes_;
    EXPECT_TRUE(voter.machine->on_store_failed());
    drain(voter);
  }
  [[nodiscard]] bool has_mail(const Voter& voter) const {
    return voter.machine && voter.in && voter.heard < views_[*voter.in].said.size();
  }
  void hear(Voter& voter) {
    if (!has_mail(voter)) return;
    const auto [from, number] = views_[*voter.in].said[voter.heard++];
    voter.machine->on_attempt(from, number, out_);
    drain(voter);
  }
  void drain(Voter& voter) {
    for (const GroupEvent& event : out_.events) {
      const auto& decided = std::get<PrimaryDecided>(event);
      if (decided.number == 0) continue;
      ++primaries_;
      const auto& states = views_[*voter.in].states;
      const bool all_vote =
          std::all_of(states.begin(), states.end(), [](const auto& state) { return state.has_value(); });
      if (!all_vote) ++primaries_with_voteless_;
      note(voter, trace::HeavyPrimary{decided.view, decided.number, decided.voters});
    }
    voter.writes.insert(voter.writes.end(), out_.stores.begin(), out_.stores.end());
    out_ = {};
    const auto attempt = voter.machine->take_attempt();
    if (!attempt || voter.frozen) return;
    AView& here = views_[*voter.in];
    here.said.emplace_back(here.view.rank_of(node_of(voter.trace)).value(), *attempt);
  }
  void note(const Voter& voter, TraceRecord what) { traces_[voter.trace].events.push_back({Time{}, std::move(what)}); }

  Rng rng_;
  std::vector<Voter> voters_{kVoters};
  std::vector<AView> views_;
  std::vector<check::NodeTrace> traces_;
  Outbox out_;
  unsigned fail_permille_;
  std::size_t failed_writes_ = 0;
  std::size_t primaries_ = 0;
  std::size_t primaries_with_voteless_ = 0;
};

constexpr std::uint64_t kRuns = 3000;
constexpr int kSteps = 1000;

TEST(PrimaryComponent, IsOneChainWhateverViewsComeAndGo) {
  std::size_t primaries = 0;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    VotersWorld world{seed};
    world.run(kSteps);
    ASSERT_THAT(world.broken(), testing::Not(testing::Contains("heavy: Primary Component"))) << "seed " << seed;
    ASSERT_TRUE(world.settle()) << "seed " << seed;
    ASSERT_THAT(world.broken(), testing::Not(testing::Contains("heavy: Primary Component"))) << "seed " << seed;
    primaries += world.primaries();
  }
  EXPECT_GT(primaries, 7 * kRuns);
}

TEST(PrimaryComponent, IsOneChainThoughWritesFail) {
  std::size_t failed = 0;
  std::size_t with_voteless = 0;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    VotersWorld world{seed, 200};
    world.run(kSteps);
    ASSERT_THAT(world.broken(), testing::Not(testing::Contains("heavy: Primary Component"))) << "seed " << seed;
    ASSERT_TRUE(world.settle()) << "seed " << seed;
    ASSERT_THAT(world.broken(), testing::Not(testing::Contains("heavy: Primary Component"))) << "seed " << seed;
    failed += world.failed_writes();
    with_voteless += world.primaries_with_voteless();
  }
  EXPECT_GT(failed, kRuns);
  EXPECT_GT(with_voteless, kRuns / 20);
}

// 0 alone knows that its view with 1 was primary, and has not written that yet.
void forget_a_primary(VotersWorld& world) {
  world.form({0, 1, 2});
  world.hear_all({0, 1, 2});
  world.write_all();
  world.form({0, 1});
  world.hear_all({0});
  EXPECT_TRUE(world.is_primary(0));
  world.restart(0);
  world.form({0, 1, 2});
  world.form({1, 2});
  world.hear_all({1, 2});
}

TEST(PrimaryComponent, WhoWasStartedAgainMayHaveSeenWhatItDoesNotKnow) {
  VotersWorld world{1};
  forget_a_primary(world);
  EXPECT_FALSE(world.is_primary(1));
  EXPECT_THAT(world.broken(), testing::Not(testing::Contains("heavy: Primary Component")));
  EXPECT_TRUE(world.settle());
}

#if defined(HAWSER_FAULTS)

TEST(PrimaryFaults, AFormerLifeThatIsTrustedBreaksTheChain) {
  fault::active() = "primary.former_life_trusted";
  VotersWorld world{1};
  forget_a_primary(world);
  fault::active().clear();
  EXPECT_THAT(world.broken(), testing::Contains("heavy: Primary Component"));
}

bool breaks_the_chain(const char* fault) {
  fault::active() = fault;
  bool broken = false;
  for (std::uint64_t seed = 1; seed <= kRuns && !broken; ++seed) {
    VotersWorld world{seed};
    world.run(kSteps);
    const auto properties = world.broken();
    broken = std::find(properties.begin(), properties.end(), "heavy: Primary Component") != properties.end();
    if (broken) testing::Test::RecordProperty(fault, std::to_string(seed));
  }
  fault::active().clear();
  return broken;
}

TEST(PrimaryFaults, BreakTheChain) {
  for (const char* fault : {"primary.any_half_is_enough", "primary.open_sessions_forgotten",
                            "primary.said_before_it_is_stored", "primary.not_all_waited_for"}) {
    EXPECT_TRUE(breaks_the_chain(fault)) << fault;
  }
}

#endif

}  // namespace
}  // namespace hawser
