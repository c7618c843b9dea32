// The seam between membership and the groups, driven by a script: whatever start_changes and views come, as long as
// they keep KSMD00's promises, the groups keep theirs.
#include <algorithm>
#include <set>

#include "tests/unit/groups_world.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// Says what the test tells it to, and nothing to its peers.
class ScriptedMembership final : public MembershipService {
 public:
  MembershipEvents on_installed(const View& view, Time) override {
    changing_ = false;
    return view.id == last_.id ? MembershipEvents{} : ask_for_another();
  }
  MembershipEvents restart(Time) override { return ask_for_another(); }
  [[nodiscard]] std::optional<wire::Proposal> word() const override { return std::nullopt; }
  bool is_due(Time now) override {
    if (now < due_at_) return false;
    due_at_ = now + milliseconds{20};
    return true;
  }
  [[nodiscard]] Time next_deadline() const override { return due_at_; }
  [[nodiscard]] bool changing() const override { return changing_; }

  MembershipEvents start_change() {
    changing_ = true;
    last_ = {};
    due_at_ = Time::min();
    ++start_id_.value;
    return {start_id_, false, std::nullopt};
  }
  MembershipEvents view(View view) {
    last_ = std::move(view);
    return {std::nullopt, false, last_};
  }
  [[nodiscard]] StartChangeId start_id() const { return start_id_; }
  [[nodiscard]] bool takes_wish() { return std::exchange(wants_another_, false); }

 private:
  MembershipEvents ask_for_another() {
    wants_another_ = true;
    return start_change();
  }

  bool changing_ = false;
  bool wants_another_ = false;
  Time due_at_ = kNever;
  StartChangeId start_id_;
  View last_;
};

class ScriptedViews : public GroupsWorld {
 protected:
  void SetUp() override { set_up("ABC"); }
  void set_up(std::string_view names) {
    for (const char name : names) {
      auto service = std::make_unique<ScriptedMembership>();
      scripts_[name] = service.get();
      add(name, std::move(service));
    }
  }
  void start_change(std::string_view names) {
    for (const char name : names) {
      group(name).on_membership(scripts_.at(name)->start_change(), now_, out(name));
    }
  }
  /// A view of these, oldest first, under the last start_changes of all of them.
  [[nodiscard]] View view_of(std::string_view names) {
    View view{{++epoch_, mix64(epoch_)}, {}, {}};
    for (const char name : names) {
      view.members.push_back(node_id(name));
      view.start_ids.push_back(scripts_.at(name)->start_id());
    }
    return view;
  }
  void tell(const View& view, std::string_view names) {
    for (const char name : names) group(name).on_membership(scripts_.at(name)->view(view), now_, out(name));
  }
  void change(std::string_view names) {
    start_change(names);
    tell(view_of(names), names);
    run_for(milliseconds{10});
  }
  /// `settled`: all of them are in one view at the end.
  [[nodiscard]] std::vector<std::string> broken(bool settled = false) {
    std::vector<std::string> broken;
    for (const auto& violation : check::check_heavy_groups(history_of_all(settled))) {
      broken.push_back(violation.property + ": " + violation.what);
    }
    return broken;
  }

  std::map<char, ScriptedMembership*> scripts_;

 private:
  std::uint64_t epoch_ = 0;
};

TEST_F(ScriptedViews, AViewComesAfterItsStartChange) {
  change("ABC");
  for (const char name : {'A', 'B', 'C'}) {
    EXPECT_THAT(history(name), ElementsAre("view ABC from " + std::string(1, name)));
  }
  forget_history();
  multicast('A', "m");
  change("CA");
  EXPECT_THAT(history('C'), ElementsAre("A: m", "view CA from CA"));
  EXPECT_THAT(history('B'), ElementsAre("A: m"));
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(ScriptedViews, AViewWaitsForEverybodysSync) {
  start_change("AB");
  const View view = view_of("AB");
  lost_ = [](char from, char, ByteView) { return from == 'B'; };
  tell(view, "AB");
  exchange();
  EXPECT_THAT(history('B'), ElementsAre("view AB from B"));
  EXPECT_THAT(history('A'), IsEmpty());
  lost_ = [](char, char, ByteView) { return false; };
  run_for(milliseconds{50});
  EXPECT_THAT(history('A'), ElementsAre("view AB from A"));
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(ScriptedViews, AViewThatNobodyHasInstalledIsSkippedWhenAnotherChangeOvertakesIt) {
  change("ABC");
  forget_history();
  lost_ = [](char, char, ByteView) { return true; };
  start_change("ABC");
  tell(view_of("AB"), "AB");
  exchange();
  start_change("ABC");
  lost_ = [](char, char, ByteView) { return false; };
  tell(view_of("ABC"), "ABC");
  run_for(milliseconds{50});
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(history(name), ElementsAre("view ABC from ABC"));
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(ScriptedViews, ManyStartChangesLeadToOneView) {
  change("ABC");
  forget_history();
  for (int i = 0; i < 10; ++i) {
    start_change("ABC");
    exchange();
  }
  tell(view_of("ABC"), "ABC");
  run_for(milliseconds{10});
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(history(name), ElementsAre("view ABC from ABC"));
  EXPECT_EQ(counters('A').start_changes_overtaken, 9U);
}

TEST_F(ScriptedViews, ComponentsGoTheirWayAndMeetAgain) {
  change("ABC");
  start_change("ABC");
  tell(view_of("A"), "A");
  tell(view_of("CB"), "BC");
  run_for(milliseconds{10});
  multicast('A', "alone");
  multicast('B', "together");
  run_for(milliseconds{10});
  change("BCA");
  EXPECT_EQ(history('A').back(), "view BCA from A");
  EXPECT_EQ(history('B').back(), "view BCA from BC");
  EXPECT_THAT(history('C'), Contains("B: together"));
  EXPECT_THAT(history('C'), Not(Contains("A: alone")));
  EXPECT_THAT(broken(), IsEmpty());
}

// ---- Any script ----

/// A membership service that tells each member what it has for it in order, but each at a time of its own.
class AnyScript : public ScriptedViews {
 protected:
  void SetUp() override {}
  void run(std::uint64_t seed) {
    rng_ = Rng{seed};
    set_up(kAll);
    lost_ = [this](char, char, ByteView) { return lossy_ && rng_.one_in(5); };
    for (int i = 0; i < 150; ++i) step();
    settle();
  }

 private:
  static constexpr std::string_view kAll = "ABCDE";

  void step() {
    const auto what = rng_.below(10);
    if (what < 3) return say();
    if (what < 4) return decide();
    if (what < 8) return hear();
    lossy_ = rng_.one_in(2);
    run_for(milliseconds{1 + rng_.below(30)});
    ask_again();
  }
  void say() {
    const char name = kAll[rng_.below(kAll.size())];
    multicast(name, "m" + std::to_string(++said_), rng_.one_in(2) ? Order::fifo : Order::total);
  }
  /// Some of the nodes are to be in a view. All of them get a start_change, and all that have one waiting, the view.
  void decide() {
    std::string names;
    for (const char name : kAll) {
      if (rng_.one_in(2)) names.push_back(name);
    }
    if (!names.empty()) decide_on(names);
  }
  void decide_on(const std::string& names) {
    const Decision decision{++decisions_, names};
    for (const char name : names) waiting_[name].push_back(decision);
  }
  /// A member hears the next thing that waits for it.
  void hear() {
    const char name = kAll[rng_.below(kAll.size())];
    hear_next(name);
    exchange();
  }
  void hear_next(char name) {
    if (waiting_[name].empty()) return;
    const Decision decision = waiting_[name].front();
    waiting_[name].erase(waiting_[name].begin());
    start_change({&name, 1});
    heard_[decision.number].insert(name);
    latest_[name] = decision.number;
    // The view is made once all have heard, unless one of them has been told of another change since.
    if (heard_[decision.number].size() < decision.names.size()) return;
    const bool all_wait = std::all_of(decision.names.begin(), decision.names.end(),
                                      [&](char member) { return latest_[member] == decision.number; });
    if (all_wait) tell(view_of(decision.names), decision.names);
  }
  /// Who could not have its view gets another one, with everybody.
  void ask_again() {
    for (const char name : kAll) {
      if (scripts_.at(name)->takes_wish()) decide_on(std::string{kAll});
    }
  }
  void settle() {
    lossy_ = false;
    for (int round = 0; round < 20; ++round) {
      for (const char name : kAll) {
        while (!waiting_[name].empty()) hear_next(name);
      }
      run_for(milliseconds{500});
      if (round == 0) decide_on(std::string{kAll});
      ask_again();
    }
    for (const char name : kAll) EXPECT_EQ(group(name).view().members.size(), kAll.size()) << name;
  }

  struct Decision {
    std::uint64_t number;
    std::string names;
  };
  Rng rng_{1};
  bool lossy_ = false;
  std::uint64_t said_ = 0;
  std::uint64_t decisions_ = 0;
  std::map<char, std::vector<Decision>> waiting_;
  std::map<std::uint64_t, std::set<char>> heard_;
  std::map<char, std::uint64_t> latest_;
};

class AnyScriptOfSeed : public AnyScript, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(AnyScriptOfSeed, KeepsTheGroupsPromises) {
  run(GetParam());
  EXPECT_THAT(broken(true), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyScriptOfSeed, testing::Range<std::uint64_t>(1, 101));

}  // namespace
}  // namespace hawser
