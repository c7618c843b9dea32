#include "pubsub-api/src/session/state_sync.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>

namespace hawser {
namespace {

NodeId node(char name) { return {Incarnation{static_cast<std::uint64_t>(name)}, Endpoint{1, 1}}; }

// Feeds one topic's views and states to the StateSync of every member, as virtual synchrony does.
class Members {
 public:
  // The next view, oldest first: each member is told, and what it has to do is kept for a look.
  void view(std::string_view names, std::string_view newcomers = {}) {
    LightViewInstalled event;
    event.view.era.number = ++eras_;
    LightMembers::List members;
    for (const char name : names) members.push_back({node(name), Role::subscriber});
    event.view.members = LightMembers{std::move(members)};
    for (const char name : newcomers) event.newcomers.push_back(node(name));
    cut_ = cut_of(event.view);
    duties_.clear();
    for (const char name : names) duties_[name] = of(name).on_view(event);
    last_names_ = names;
  }
  // The last part of the state of `cut` reaches every member of the view. Returns who has the state by that.
  std::string state(const StateCut& cut, char donor) {
    std::string names;
    for (const char name : last_names_) {
      if (of(name).on_state(cut, node(donor))) names += name;
    }
    return names;
  }

  StateSync& of(char name) { return members_.try_emplace(name, node(name)).first->second; }
  const StateSync::Duty& duty(char name) { return duties_.at(name); }
  StateCut cut() const { return cut_; }
  std::string donors() const {
    std::string names;
    for (const auto& [name, duty] : duties_) names += duty.donate ? std::string{name} : "";
    return names;
  }

 private:
  std::map<char, StateSync> members_;
  std::map<char, StateSync::Duty> duties_;
  std::string last_names_;
  StateCut cut_;
  std::uint64_t eras_ = 0;
};

TEST(StateSync, TheFirstMemberFoundsAnEmptyState) {
  Members members;
  members.view("A", "A");
  EXPECT_TRUE(members.duty('A').found);
  EXPECT_FALSE(members.duty('A').state_lost);
  EXPECT_FALSE(members.duty('A').donate);
  EXPECT_TRUE(members.of('A').synced());
}

TEST(StateSync, TheOldestServesThoseThatCameWithIt) {
  Members members;
  members.view("ABC", "ABC");
  EXPECT_TRUE(members.duty('A').found);
  EXPECT_EQ(members.donors(), "A");
  EXPECT_EQ(members.state(members.cut(), 'A'), "BC");
}

TEST(StateSync, ANewcomerTakesTheStateOfItsOwnFirstView) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  const StateCut cut_of_b = members.cut();
  members.view("ABC", "C");
  const StateCut cut_of_c = members.cut();
  EXPECT_EQ(members.donors(), "A");
  EXPECT_TRUE(members.of('B').awaits(cut_of_b, node('A')));
  EXPECT_FALSE(members.of('B').awaits(cut_of_c, node('A')));
  EXPECT_FALSE(members.of('C').awaits(cut_of_b, node('A')));
  EXPECT_EQ(members.state(cut_of_b, 'A'), "B");
  EXPECT_EQ(members.state(cut_of_c, 'A'), "C");
}

TEST(StateSync, NobodyDonatesWhereNobodyIsNew) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  members.state(members.cut(), 'A');
  members.view("B");
  EXPECT_EQ(members.donors(), "");
  EXPECT_FALSE(members.duty('B').await);
}

TEST(StateSync, TheNextOldestServesAfreshAtTheViewThatRemovedTheDonor) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  members.state(members.cut(), 'A');
  members.view("ABC", "C");
  const StateCut void_cut = members.cut();
  members.view("BC");
  EXPECT_EQ(members.donors(), "B");
  EXPECT_TRUE(members.duty('C').await);
  EXPECT_FALSE(members.of('C').awaits(void_cut, node('A')));
  EXPECT_TRUE(members.of('C').awaits(members.cut(), node('B')));
  EXPECT_EQ(members.state(members.cut(), 'B'), "C");
}

TEST(StateSync, WhoHadItsStateBeforeTheDonorWentIsNotServedAgain) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  const StateCut cut_of_b = members.cut();
  members.view("ABC", "C");
  members.state(cut_of_b, 'A');
  members.view("BC");
  EXPECT_FALSE(members.duty('B').await);
  EXPECT_EQ(members.state(members.cut(), 'B'), "C");
}

TEST(StateSync, WithoutAnybodyThatHasItTheOldestFoundsAndTheStateIsLost) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  members.view("ABC", "C");
  members.view("BC");
  EXPECT_TRUE(members.duty('B').found);
  EXPECT_TRUE(members.duty('B').state_lost);
  EXPECT_FALSE(members.duty('C').found);
  EXPECT_EQ(members.donors(), "B");
  EXPECT_EQ(members.state(members.cut(), 'B'), "C");
}

TEST(StateSync, AnotherMemberGoingDoesNotMoveTheCut) {
  Members members;
  members.view("AX", "AX");
  members.state(members.cut(), 'A');
  members.view("AXB", "B");
  const StateCut cut_of_b = members.cut();
  members.view("AB");
  EXPECT_FALSE(members.duty('B').await);
  EXPECT_EQ(members.donors(), "");
  EXPECT_EQ(members.state(cut_of_b, 'A'), "B");
}

TEST(StateSync, AChangeOfRoleIsNoJoin) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  members.state(members.cut(), 'A');
  LightViewInstalled event;
  event.view.era.number = 100;
  event.view.members = {{node('A'), Role::subscriber}, {node('B'), Role::publisher}};
  EXPECT_FALSE(members.of('A').on_view(event).donate);
  EXPECT_TRUE(members.of('B').synced());
}

TEST(StateSync, WhoComesBackAfterAMergeIsNew) {
  Members members;
  members.view("A", "A");
  members.view("AB", "B");
  members.state(members.cut(), 'A');
  members.view("A");
  members.of('B').on_left();
  members.view("AB", "B");
  EXPECT_TRUE(members.duty('B').await);
  EXPECT_EQ(members.donors(), "A");
  EXPECT_EQ(members.state(members.cut(), 'A'), "B");
}

}  // namespace
}  // namespace hawser
