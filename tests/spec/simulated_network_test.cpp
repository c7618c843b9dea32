// The simulated network: what gets through, and in which order.
#include <gtest/gtest.h>

#include "tests/sim/network.hpp"

namespace hawser::sim {
namespace {

constexpr std::size_t kSites = 3;

class SimulatedNetwork : public testing::Test {
 protected:
  void send(Site from, const Destination& to, std::string_view text) {
    const OutboundDatagram datagram{to, Buffer::copy_of(std::as_bytes(std::span{text}))};
    network_->send(from, endpoint_of(from, from, 0), datagram, listening_, now_);
  }
  void send_to_all(Site from, std::string_view text) { send(from, Destination::to_group(kControlGroup), text); }

  // What arrives, in order: "1:text" for site 1.
  std::vector<std::string> arrivals() {
    std::vector<std::string> seen;
    while (queue_.next_at() != kNeverHappens) {
      const Event event = queue_.pop();
      now_ = event.at;
      if (event.kind != Event::Kind::arrival) continue;
      const Arrival arrival = network_->take(event.value);
      const ByteView bytes = arrival.bytes.bytes();
      seen.push_back(std::to_string(event.site) + ":" +
                     std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    return seen;
  }
  void use(const NetworkProfile& profile) { network_.emplace(profile, kSites, Rng{1}, queue_); }

  EventQueue queue_;
  std::optional<Network> network_{std::in_place, NetworkProfile{}, kSites, Rng{1}, queue_};
  std::vector<bool> listening_ = std::vector<bool>(kSites, true);
  Instant now_{};
};

TEST_F(SimulatedNetwork, AMulticastReachesAllOthers) {
  send_to_all(0, "m");
  std::vector<std::string> seen = arrivals();
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<std::string>{"1:m", "2:m"}));
}

TEST_F(SimulatedNetwork, AMulticastLoopsBackWhereAsked) {
  use({.loop_back = true});
  send_to_all(0, "m");
  EXPECT_EQ(arrivals().size(), 3U);
}

TEST_F(SimulatedNetwork, TheBytesAreCopiedAtTheSend) {
  const Buffer bytes = Buffer::copy_of(std::as_bytes(std::span{"abc"}));
  const OutboundDatagram datagram{Destination::to_node(endpoint_of(1, 1, 0)), bytes};
  network_->send(0, endpoint_of(0, 0, 0), datagram, listening_, now_);
  datagram.bytes.data()[0] = std::byte{'x'};
  EXPECT_EQ(arrivals(), (std::vector<std::string>{std::string{"1:abc\0", 6}}));
}

TEST_F(SimulatedNetwork, ACutIsOneWay) {
  network_->cut(0, 1);
  send(0, Destination::to_node(endpoint_of(1, 1, 0)), "there");
  send(1, Destination::to_node(endpoint_of(0, 0, 0)), "back");
  EXPECT_EQ(arrivals(), std::vector<std::string>{"0:back"});
}

TEST_F(SimulatedNetwork, APartitionHoldsBothWaysUntilItHeals) {
  network_->partition({0, 1, 1});
  send_to_all(0, "lost");
  send_to_all(1, "m");
  EXPECT_EQ(arrivals(), std::vector<std::string>{"2:m"});
  network_->heal(now_);
  send_to_all(0, "m");
  EXPECT_EQ(arrivals().size(), 2U);
}

TEST_F(SimulatedNetwork, AFlowKeepsItsOrderUnlessReorderingStrikes) {
  const auto in_order = [&](const NetworkProfile& profile) {
    use(profile);
    listening_ = {true, true, false};
    for (char letter = 'a'; letter <= 'z'; ++letter) send_to_all(0, std::string(1, letter));
    const std::vector<std::string> seen = arrivals();
    EXPECT_EQ(seen.size(), 26U);
    return std::is_sorted(seen.begin(), seen.end());
  };
  EXPECT_TRUE(in_order({}));
  EXPECT_FALSE(in_order({.reorder_permille = 500}));
}

TEST_F(SimulatedNetwork, NothingOrdersUnicastAgainstMulticast) {
  bool unicast_first = false;
  bool multicast_first = false;
  listening_ = {true, true, false};
  for (int i = 0; i < 50; ++i) {
    send_to_all(0, "multicast");
    send(0, Destination::to_node(endpoint_of(1, 1, 0)), "unicast");
    const std::vector<std::string> seen = arrivals();
    (seen.front() == "1:unicast" ? unicast_first : multicast_first) = true;
  }
  EXPECT_TRUE(unicast_first);
  EXPECT_TRUE(multicast_first);
}

TEST_F(SimulatedNetwork, DuplicatesCome) {
  use({.duplicate_permille = 1000});
  send(0, Destination::to_node(endpoint_of(1, 1, 0)), "m");
  EXPECT_EQ(arrivals(), (std::vector<std::string>{"1:m", "1:m"}));
}

TEST_F(SimulatedNetwork, ADyingSendersLastMulticastReachesSome) {
  const OutboundDatagram datagram{Destination::to_group(kControlGroup), Buffer::copy_of({})};
  network_->send_half(0, endpoint_of(0, 0, 0), datagram, listening_, now_);
  EXPECT_EQ(arrivals().size(), 1U);
}

}  // namespace
}  // namespace hawser::sim
