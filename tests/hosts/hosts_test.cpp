// Nodes on hosts of their own, one Ethernet between them, and everything that can happen to either. What they did goes
// through the simulator's checkers.
//
// HAWSER_HOSTS_ROUNDS=200     how many rounds of faults (5)
// HAWSER_HOSTS_SEED=7         which ones (3, of whose five rounds each kind of fault is a part)
// HAWSER_HOSTS_RATE=100       messages that each host publishes in a second (300)
// HAWSER_HOSTS_TRACES=FOLDER  where to keep the traces; else they are kept only where a property is broken
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "tests/hosts/hosts_fixture.hpp"
#include "transport/io/multicast_address.hpp"

namespace hawser::hosts {
namespace {

TEST_F(Hosts, ComeThroughEverythingThatHappensToThemAndTheirNetwork) {
  come_through(number_from("HAWSER_HOSTS_SEED", 3), number_from("HAWSER_HOSTS_ROUNDS", 5));
}

TEST_F(Hosts, ComeThroughTheSameWhereTheNetworkCarriesNoMulticast) {
  expect_ok(lab_->block_multicast());
  peers_ = {Lab::address(0), Lab::address(1)};
  come_through(number_from("HAWSER_HOSTS_SEED", 3), number_from("HAWSER_HOSTS_ROUNDS", 5));
}

TEST_F(Hosts, ThatMayJoinNoGroupGoByUnicastAmongOthersThatMay) {
  for (const std::size_t host : {1U, 3U}) {
    expect_ok(lab_->host(host).run({"sh", "-c", "echo 0 > /proc/sys/net/ipv4/igmp_max_memberships"}));
  }
  peers_ = {Lab::address(0)};
  come_through(number_from("HAWSER_HOSTS_SEED", 3), 2);
}

TEST_F(Hosts, ThatListNobodyAreBroughtTogetherByOneThatListsThem) {
  expect_ok(lab_->block_multicast());
  std::vector<std::string> others;
  for (std::size_t host = 0; host + 1 < kHosts; ++host) {
    start(host);
    others.push_back(Lab::address(host));
  }
  peers_ = others;
  start(kHosts - 1);
  EXPECT_TRUE(listen_until([this] { return is_one_view(); }, kSettles));
}

class HostsWithoutMulticastAllOfASudden : public Hosts {
 protected:
  void stay_together(const std::function<Status()>& block) {
    silence_timeout_ = std::chrono::seconds{1};  // A busy machine is silent for less.
    for (std::size_t host = 0; host < kHosts; ++host) start(host);
    ASSERT_TRUE(listen_until([this] { return is_one_view() || has_failed(); }, kSettles)) << "no first view";
    // Members tell of a view one after the other, and another one of the same members may be under way.
    std::size_t views = 0;
    while (std::exchange(views, views_seen()) != views_seen()) listen_for(kNoticed);
    expect_ok(block());
    listen_for(kNoticed);
    EXPECT_EQ(views_seen(), views) << "somebody was taken for gone";
    ASSERT_NO_FATAL_FAILURE(settle());
    for (const check::Violation& violation : check::check_all(history())) ADD_FAILURE() << check::to_string(violation);
  }
};

TEST_F(HostsWithoutMulticastAllOfASudden, StayTogether) {
  peers_ = {Lab::address(0)};
  stay_together([this] { return lab_->block_multicast(); });
}

TEST_F(HostsWithoutMulticastAllOfASudden, StayTogetherIfNobodyIsListed) {
  stay_together([this] { return lab_->block_multicast(); });
}

// Heartbeats still come: the host is not silent, but lacks what is sent in the other groups.
TEST_F(HostsWithoutMulticastAllOfASudden, StayTogetherIfOnlyTheControlGroupStillReachesOne) {
  const std::string control = to_string(group_endpoint(domain_of_test(), kControlGroup));
  stay_together([&] { return lab_->block_groups_but(control.substr(0, control.find(':')), 1); });
}

}  // namespace
}  // namespace hawser::hosts
