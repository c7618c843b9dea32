#include "pubsub-api/src/bus/link_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "transport/io/multicast_address.hpp"
#include "transport/io/peer_address.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kLoopback = 0x7f000001;

Options options() {
  Options options;
  options.domain = "BusLinkPlan" + std::to_string(::getpid());
  return options;
}

LinkPlan plan(const Options& options) {
  auto plan = plan_link(options);
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return std::move(plan).value();
}

TEST(BusLinkPlan, WhereMulticastWorksAndNobodyIsListedThereIsNothingElse) {
  const LinkPlan found = plan(options());
  EXPECT_TRUE(found.udp.multicast);
  EXPECT_TRUE(found.greets) << "who greets is answered";
  EXPECT_THAT(found.candidates, IsEmpty());
  EXPECT_EQ(found.udp.ports, 0U) << "any port";
  EXPECT_FALSE(found.is_second_choice);
}

TEST(BusLinkPlan, ByUnicastTheNodesOfThisHostAreLookedFor) {
  Options wanted = options();
  wanted.transport = Transport::unicast;
  const LinkPlan found = plan(wanted);
  EXPECT_FALSE(found.udp.multicast);
  EXPECT_EQ(found.candidates, found_endpoints(kLoopback, wanted.domain));
  EXPECT_EQ(found.udp.first_port, domain_port(wanted.domain));
  EXPECT_EQ(found.udp.ports, kFoundPorts);
}

TEST(BusLinkPlan, WithAListBothWaysAreOpen) {
  Options wanted = options();
  wanted.peers = {"10.0.0.4:5000", "10.0.0.5:6000"};
  const LinkPlan found = plan(wanted);
  EXPECT_TRUE(found.udp.multicast);
  EXPECT_THAT(found.candidates, ElementsAre(Endpoint{0x0a000004, 5000}, Endpoint{0x0a000005, 6000}));
  EXPECT_EQ(found.udp.ports, kFoundPorts) << "to be found itself";
}

TEST(BusLinkPlan, AChosenPortIsTheOnlyOne) {
  Options wanted = options();
  wanted.port = 5000;
  wanted.transport = Transport::unicast;
  const LinkPlan found = plan(wanted);
  EXPECT_EQ(found.udp.first_port, 5000U);
  EXPECT_EQ(found.udp.ports, 1U);
}

TEST(BusLinkPlan, WhoWantsMulticastOnlyAnswersNoGreeting) {
  Options wanted = options();
  wanted.transport = Transport::multicast;
  EXPECT_FALSE(plan(wanted).greets);
}

TEST(BusLinkPlan, WhatIsWrongIsNamedByItsOption) {
  Options wanted = options();
  wanted.interface = "lo9";
  EXPECT_THAT(plan_link(wanted).error().message, HasSubstr("Options::interface: 'lo9'"));
  wanted = options();
  wanted.peers = {"10.0.0.4:5000", "10.0.0.5:"};
  EXPECT_THAT(plan_link(wanted).error().message, HasSubstr("Options::peers: '10.0.0.5:'"));
}

}  // namespace
}  // namespace hawser
