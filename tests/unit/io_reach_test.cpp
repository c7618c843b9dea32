// How nodes are found where multicast does not pass: places, and whether it passes at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "transport/io/multicast_address.hpp"
#include "transport/io/multicast_probe.hpp"
#include "transport/io/peer_address.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(IoReach, APeerHasAnAddressAndAPort) {
  EXPECT_THAT(*parse_peer("10.0.0.4:5000", "d"), ElementsAre(Endpoint{0x0a000004, 5000}));
  EXPECT_THAT(*parse_peer("localhost:1", "d"), ElementsAre(Endpoint{0x7f000001, 1}));
}

TEST(IoReach, APeerWithoutAPortIsWhereNodesOfTheDomainAreFound) {
  const auto endpoints = *parse_peer("10.0.0.4", "d");
  EXPECT_EQ(endpoints, found_endpoints(0x0a000004, "d"));
  ASSERT_EQ(endpoints.size(), kFoundPorts);
  EXPECT_EQ(endpoints[0], (Endpoint{0x0a000004, domain_port("d")}));
  EXPECT_NE(endpoints, *parse_peer("10.0.0.4", "other"));
}

TEST(IoReach, WhatIsNoPeerIsRefused) {
  for (const std::string wrong : {"", ":5000", "10.0.0.4:", "10.0.0.4:0", "10.0.0.4:65536", "10.0.0.4:http"}) {
    const auto peer = parse_peer(wrong, "d");
    ASSERT_FALSE(peer.ok()) << wrong;
    EXPECT_EQ(peer.error().code, Errc::invalid_argument);
    EXPECT_THAT(peer.error().message, HasSubstr("'" + wrong + "' is no peer"));
  }
}

TEST(IoReach, MulticastIsHeardOnLoopback) {
  const Status heard = probe_multicast("IoReach" + std::to_string(::getpid()), "lo");
  EXPECT_TRUE(heard.ok()) << heard.error().message;
}

TEST(IoReach, AProbeOnAnInterfaceThatIsNotThereSaysSo) {
  const Status heard = probe_multicast("IoReach", "lo9");
  ASSERT_FALSE(heard.ok());
  EXPECT_EQ(heard.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace hawser
