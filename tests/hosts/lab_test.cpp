// The faults of the lab are none that only it believes in: nodes that have nothing but multicast are parted by each.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "tests/hosts/hosts_fixture.hpp"

namespace hawser::hosts {
namespace {

class LabWithMulticastOnly : public Hosts {
 protected:
  void start_all() {
    transport_ = Transport::multicast;
    for (std::size_t host = 0; host < kHosts; ++host) start(host);
  }
  /// How many different views there are, as the members said last.
  [[nodiscard]] bool has_views(std::size_t count) const {
    std::set<std::string> views;
    for (const auto& member : members_) views.insert(member->view());
    return views.size() == count;
  }
  [[nodiscard]] bool share_a_view(std::size_t one, std::size_t other) const {
    return members_[one]->view() == members_[other]->view();
  }
};

class LabFaults : public LabWithMulticastOnly {
 protected:
  void SetUp() override {
    Hosts::SetUp();
    if (IsSkipped()) return;
    start_all();
    ASSERT_TRUE(listen_until([this] { return is_one_view() || has_failed(); }, kSettles)) << "no first view";
  }
  /// 0 and 3 from the others. Not at the first two views: one member hears of its new one before the rest.
  [[nodiscard]] bool are_parted() const {
    return has_views(2) && share_a_view(0, 3) && share_a_view(1, 2) && share_a_view(1, 4) && !share_a_view(0, 1);
  }
};

// They have not heard of each other, so that no unicast passes either.
TEST_F(LabWithMulticastOnly, WhereItIsBlockedFromTheStartNobodyFindsAnybody) {
  expect_ok(lab_->block_multicast());
  start_all();
  ASSERT_TRUE(listen_until([this] { return has_views(kHosts); }, kSettles));
  EXPECT_FALSE(listen_until([this] { return !has_views(kHosts); }, kNoticed)) << "multicast passes";
  end_faults();
  EXPECT_FALSE(listen_until([this] { return !has_views(kHosts); }, kNoticed)) << "a healing let it pass";
}

TEST_F(LabFaults, APartitionMakesTwoViewsAndItsEndOne) {
  begin({Fault::Kind::part, {0, 3}});
  ASSERT_TRUE(listen_until([this] { return are_parted(); }, kSettles));
  end_faults();
  EXPECT_TRUE(listen_until([this] { return is_one_view(); }, kSettles));
}

TEST_F(LabFaults, APartitionToComeMakesTwoViewsToo) {
  using std::chrono::system_clock;
  expect_ok(lab_->part_at({0, 3}, std::chrono::ceil<std::chrono::seconds>(system_clock::now())));
  ASSERT_TRUE(listen_until([this] { return are_parted(); }, kSettles));
  end_faults();
  EXPECT_TRUE(listen_until([this] { return is_one_view(); }, kSettles));
}

TEST_F(LabFaults, AOneWayCutPartsTheTwo) {
  begin({Fault::Kind::cut, {2, 4}});
  ASSERT_TRUE(listen_until([this] { return has_views(2) && !share_a_view(2, 4); }, kSettles));
  end_faults();
  EXPECT_TRUE(listen_until([this] { return is_one_view(); }, kSettles));
}

TEST_F(LabFaults, LossOfEverythingLeavesEverybodyAlone) {
  begin({Fault::Kind::lose, {}, 1000});
  EXPECT_TRUE(listen_until([this] { return has_views(kHosts); }, kSettles));
}

TEST_F(LabFaults, AKilledHostIsMissedAndOneThatStartsAnewIsTakenIn) {
  const std::string before = members_[0]->view();
  begin({Fault::Kind::kill, {1}});
  ASSERT_TRUE(listen_until([&] { return members_[0]->view() != before; }, kSettles));
  end_faults();
  EXPECT_TRUE(listen_until([this] { return is_one_view(); }, kSettles));
}

}  // namespace
}  // namespace hawser::hosts
