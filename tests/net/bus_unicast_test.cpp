// Buses that reach each other without multicast.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/bus_test_support.hpp"
#include "tests/unit/no_more_descriptors.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

Options unicast_options() {
  Options options = options_of_test();
  options.transport = Transport::unicast;
  return options;
}

/// The port of a bus, from its name: "127.0.0.1:40001#…".
std::string port_of(const Bus& bus) {
  const std::string name = bus.name();
  const std::size_t colon = name.find(':');
  return name.substr(colon + 1, name.find('#') - colon - 1);
}

TEST(BusUnicast, NodesOfOneHostFindEachOtherWithoutAList) {
  Bus a = join(unicast_options());
  Bus b = join(unicast_options());
  Bus c = join(unicast_options());
  Listener listener{c, {"topic"}};
  publish(a, "topic", "from a");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  publish(b, "topic", "from b");
  ASSERT_TRUE(listener.heard.wait_for_count(2));
  EXPECT_THAT(listener.texts(), ElementsAre("from a", "from b"));
}

TEST(BusUnicast, ANodeWithMulticastAndOneWithoutReachEachOther) {
  Options options = options_of_test();
  options.transport = Transport::automatic;
  Bus a = join(options);
  options.transport = Transport::unicast;
  options.peers = {"127.0.0.1:" + port_of(a)};
  Bus b = join(options);
  Listener at_a{a, {"topic"}};
  Listener at_b{b, {"topic"}};
  publish(a, "topic", "from a");
  ASSERT_TRUE(at_b.heard.wait_for_count(1));
  publish(b, "topic", "from b");
  ASSERT_TRUE(at_a.heard.wait_for_count(2));
  EXPECT_THAT(at_a.texts(), ElementsAre("from a", "from b"));
}

TEST(BusUnicast, AGroupWhoseSocketIsRefusedGoesByUnicast) {
  Options options = options_of_test();
  options.transport = Transport::automatic;
  Bus a = join(options);
  Bus b = join(options);
  const test::NoMoreDescriptors full;
  Listener at_a{a, {"topic"}};
  Listener at_b{b, {"topic"}};
  publish(a, "topic", "from a");
  ASSERT_TRUE(at_b.heard.wait_for_count(1));
  publish(b, "topic", "from b");
  ASSERT_TRUE(at_a.heard.wait_for_count(2));
}

TEST(BusUnicast, AChosenPortIsTheNodesOwnOrItDoesNotJoin) {
  Options options = unicast_options();
  options.port = static_cast<std::uint16_t>(std::stoul(port_of(join(options))));  // Free again.
  const Bus a = join(options);
  EXPECT_EQ(port_of(a), std::to_string(options.port));
  const auto refused = Bus::join(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::system);
  EXPECT_THAT(refused.error().message, HasSubstr(port_of(a)));
}

TEST(BusUnicast, WrongPeersAreRefusedByName) {
  Options options = unicast_options();
  options.peers = {"10.0.0.4:0"};
  const auto refused = Bus::join(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("Options::peers: '10.0.0.4:0'"));
}

TEST(BusImpairment, MessagesComeInOrderThroughABadNetwork) {
  Options options = options_of_test();
  options.impairment = "delay=1ms,jitter=3ms,loss=2%,duplicate=1%";
  Bus a = join(options);
  Bus b = join(options);
  Listener listener{b, {"topic"}};
  constexpr std::uint64_t kMany = 500;
  for (std::uint64_t i = 0; i < kMany; ++i) publish(a, "topic", std::to_string(i));
  ASSERT_TRUE(listener.heard.wait_for_count(kMany));
  const auto texts = listener.texts();
  for (std::uint64_t i = 0; i < kMany; ++i) ASSERT_EQ(texts[i], std::to_string(i));
}

}  // namespace
}  // namespace hawser
