#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "transport/io/multicast_address.hpp"
#include "transport/io/udp_multicast.hpp"

namespace hawser {
namespace {

using ::testing::HasSubstr;

constexpr int kBoundMs = 20000;  // Far beyond what loopback takes.
constexpr GroupId kOtherGroup{5};

/// A domain of this test's own, so that tests run side by side.
std::string domain_of_test() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return std::string{test->name()} + std::to_string(::getpid());
}

std::unique_ptr<UdpMulticast> open_udp(int receive_buffer_bytes = 8 << 20) {
  auto udp = UdpMulticast::open({.domain = domain_of_test(), .receive_buffer_bytes = receive_buffer_bytes});
  EXPECT_TRUE(udp.ok());
  EXPECT_TRUE((*udp)->join(kControlGroup).ok());
  return std::move(udp).value();
}

OutboundDatagram datagram_to(Destination destination, std::string_view text) {
  return {destination, Buffer::copy_of(std::as_bytes(std::span{text}))};
}

void send(UdpMulticast& udp, Destination destination, std::string_view text) {
  const OutboundDatagram datagram = datagram_to(destination, text);
  udp.send({&datagram, 1});
}

/// Waits until the socket has something to tell, an error included.
bool wait_for(int socket) {
  pollfd readable{socket, POLLIN, 0};
  return ::poll(&readable, 1, kBoundMs) == 1;
}

/// What comes next on the socket.
std::vector<std::string> receive(UdpMulticast& udp, int socket) {
  EXPECT_TRUE(wait_for(socket));
  std::vector<ReceivedDatagram> received;
  udp.receive(socket, received);
  std::vector<std::string> texts;
  for (const auto& datagram : received) {
    texts.emplace_back(reinterpret_cast<const char*>(datagram.bytes.data()), datagram.bytes.size());
  }
  return texts;
}

std::vector<std::string> receive_from_group(UdpMulticast& udp, GroupId group = kControlGroup) {
  return receive(udp, udp.group_socket(group));
}

using Texts = std::vector<std::string>;

TEST(IoUdp, AGroupHearsWhatIsSentToItAndFromWhom) {
  const auto a = open_udp();
  const auto b = open_udp();
  send(*a, Destination::to_group(kControlGroup), "hello");

  ASSERT_TRUE(wait_for(b->group_socket(kControlGroup)));
  std::vector<ReceivedDatagram> received;
  b->receive(b->group_socket(kControlGroup), received);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].from, a->endpoint());
  EXPECT_EQ(received[0].bytes.size(), 5U);
}

TEST(IoUdp, ANodeDoesNotHearItself) {
  const auto a = open_udp();
  const auto b = open_udp();
  send(*a, Destination::to_group(kControlGroup), "from a");
  send(*b, Destination::to_group(kControlGroup), "from b");
  EXPECT_EQ(receive_from_group(*a), Texts{"from b"});
  EXPECT_EQ(receive_from_group(*b), Texts{"from a"});
}

TEST(IoUdp, TheKernelDropsANodesOwnCopies) {
  const auto a = open_udp();
  const auto b = open_udp();
  send(*a, Destination::to_group(kControlGroup), "from a");
  send(*b, Destination::to_group(kControlGroup), "from b");
  ASSERT_TRUE(wait_for(a->group_socket(kControlGroup)));
  std::vector<ReceivedDatagram> received;
  EXPECT_EQ(a->receive(a->group_socket(kControlGroup), received), 1U) << "its own would wake it for nothing";
}

TEST(IoUdp, UnicastGoesToOneNode) {
  const auto a = open_udp();
  const auto b = open_udp();
  send(*a, Destination::to_node(b->endpoint()), "for b");
  EXPECT_EQ(receive(*b, b->unicast_socket()), Texts{"for b"});
}

TEST(IoUdp, ASocketHearsItsOwnGroupOnly) {
  const auto a = open_udp();
  const auto b = open_udp();
  ASSERT_TRUE(b->join(kOtherGroup).ok());
  send(*a, Destination::to_group(kControlGroup), "control");
  send(*a, Destination::to_group(kOtherGroup), "other");
  EXPECT_EQ(receive_from_group(*b), Texts{"control"});
  EXPECT_EQ(receive_from_group(*b, kOtherGroup), Texts{"other"});
}

TEST(IoUdp, GroupsAreLeftAndJoinedAgain) {
  const auto a = open_udp();
  const auto b = open_udp();
  ASSERT_TRUE(b->join(kOtherGroup).ok());
  b->leave(kOtherGroup);
  EXPECT_EQ(b->group_socket(kOtherGroup), -1);
  send(*a, Destination::to_group(kOtherGroup), "missed");
  ASSERT_TRUE(b->join(kOtherGroup).ok());
  send(*a, Destination::to_group(kOtherGroup), "heard");
  EXPECT_EQ(receive_from_group(*b, kOtherGroup), Texts{"heard"});
}

TEST(IoUdp, ABurstKeepsItsOrder) {
  const auto a = open_udp();
  const auto b = open_udp();
  std::vector<OutboundDatagram> burst;
  Texts expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back(std::to_string(i));
    burst.push_back(datagram_to(Destination::to_group(kControlGroup), expected.back()));
  }
  a->send(burst);
  EXPECT_EQ(a->send_counters().sent, 100U);

  Texts heard;
  while (heard.size() < expected.size()) {
    const Texts next = receive_from_group(*b);
    ASSERT_FALSE(next.empty());
    heard.insert(heard.end(), next.begin(), next.end());
  }
  EXPECT_EQ(heard, expected);
}

TEST(IoUdp, DatagramsOfTheGreatestLengthPass) {
  const auto a = open_udp();
  const auto b = open_udp();
  const std::string longest(a->datagram_bytes_max(), 'x');
  send(*a, Destination::to_group(kControlGroup), longest);
  EXPECT_EQ(receive_from_group(*b), Texts{longest});
}

TEST(IoUdp, ADatagramThatCannotBeSentIsCountedAndDoesNotHoldUpTheNext) {
  const auto a = open_udp();
  const auto b = open_udp();
  const std::vector<OutboundDatagram> burst{
      datagram_to(Destination::to_group(kControlGroup), "before"),
      datagram_to(Destination::to_group(kControlGroup), std::string(70000, 'x')),  // More than UDP has.
      datagram_to(Destination::to_group(kControlGroup), "after"),
  };
  a->send(burst);
  EXPECT_EQ(a->send_counters().sent, 2U);
  EXPECT_EQ(a->send_counters().bytes_sent, std::string{"before"}.size() + std::string{"after"}.size());
  EXPECT_EQ(a->send_counters().dropped, 1U);
  Texts heard = receive_from_group(*b);
  if (heard.size() == 1) heard.push_back(receive_from_group(*b).at(0));
  EXPECT_EQ(heard, (Texts{"before", "after"}));
}

TEST(IoUdp, AShortDatagramKeepsNoLongBuffer) {
  const auto a = open_udp();
  const auto b = open_udp();
  send(*a, Destination::to_group(kControlGroup), "short");
  send(*a, Destination::to_group(kControlGroup), std::string(a->datagram_bytes_max() / 2, 'x'));
  std::vector<ReceivedDatagram> received;
  while (received.size() < 2) {
    ASSERT_TRUE(wait_for(b->group_socket(kControlGroup)));
    b->receive(b->group_socket(kControlGroup), received);
  }
  EXPECT_EQ(received[0].bytes.capacity(), 5U);
  EXPECT_EQ(received[1].bytes.capacity(), b->datagram_bytes_max()) << "handed on without a copy";
}

TEST(IoUdp, TheErrorQueueNamesThePeerWhosePortIsClosed) {
  const auto a = open_udp();
  Endpoint gone;
  {
    const auto b = open_udp();
    gone = b->endpoint();
  }
  send(*a, Destination::to_node(gone), "anybody there?");
  ASSERT_TRUE(wait_for(a->unicast_socket()));
  std::vector<Endpoint> unreachable;
  a->read_unreachable(unreachable);
  EXPECT_EQ(unreachable, std::vector<Endpoint>{gone});

  unreachable.clear();
  a->read_unreachable(unreachable);
  EXPECT_TRUE(unreachable.empty()) << "each is told once";
}

TEST(IoUdp, AClosedPortLosesNoDatagramOfOthers) {
  const auto a = open_udp();
  const auto b = open_udp();
  Endpoint gone;
  {
    const auto c = open_udp();
    gone = c->endpoint();
  }
  for (int i = 0; i < 20; ++i) {
    send(*a, Destination::to_node(gone), "anybody there?");
    send(*a, Destination::to_node(b->endpoint()), std::to_string(i));
    send(*b, Destination::to_node(a->endpoint()), std::to_string(i));
    ASSERT_EQ(receive(*b, b->unicast_socket()), Texts{std::to_string(i)});
    ASSERT_EQ(receive(*a, a->unicast_socket()), Texts{std::to_string(i)});
  }
  EXPECT_EQ(a->send_counters().dropped, 0U);
}

TEST(IoUdp, ReceiveBuffersAreReportedAsTheKernelGrantsThem) {
  std::size_t system_default = 0;
  std::ifstream{"/proc/sys/net/core/rmem_default"} >> system_default;
  EXPECT_EQ(open_udp(0)->receive_buffer_bytes(), system_default);
  EXPECT_GE(open_udp()->receive_buffer_bytes(), system_default);
}

TEST(IoUdp, EveryNodeHasAPortOfItsOwn) {
  const auto a = open_udp();
  const auto b = open_udp();
  EXPECT_NE(a->endpoint().port, b->endpoint().port);
  EXPECT_EQ(a->endpoint().address, 0x7f000001U);
}

TEST(IoUdp, AnInterfaceIsFoundByItsNameAndByItsAddress) {
  const auto by_name = UdpMulticast::open({.interface = "lo"});
  ASSERT_TRUE(by_name.ok()) << by_name.error().message;
  EXPECT_EQ((*by_name)->endpoint().address, 0x7f000001U);
  const auto by_address = UdpMulticast::open({.interface = "127.0.0.5"});
  ASSERT_TRUE(by_address.ok()) << by_address.error().message;
  EXPECT_EQ((*by_address)->endpoint().address, 0x7f000005U) << "all of 127.0.0.0/8 is the loopback interface's";
}

TEST(IoUdp, AnInterfaceThatIsNotThereIsRefusedWithThoseThatAre) {
  for (const auto& [wrong, why] :
       std::vector<std::pair<std::string, std::string>>{{"203.0.113.9", "'203.0.113.9' is no address of this machine"},
                                                        {"lo9", "'lo9' is no interface with an address"},
                                                        {"", "'' is no interface with an address"}}) {
    const auto udp = UdpMulticast::open({.interface = wrong});
    ASSERT_FALSE(udp.ok());
    EXPECT_EQ(udp.error().code, Errc::invalid_argument);
    EXPECT_THAT(udp.error().message, HasSubstr(why));
    EXPECT_THAT(udp.error().message, HasSubstr("lo (127.0.0.1)"));
  }
}

TEST(IoUdp, GroupAddressesAreScopedAndDifferWithinADomain) {
  const Endpoint first = group_endpoint("domain", GroupId{0});
  for (std::uint64_t id = 1; id < 1000; ++id) {
    const Endpoint group = group_endpoint("domain", GroupId{id});
    EXPECT_NE(group.address, first.address);
    EXPECT_EQ(group.port, first.port);
    EXPECT_EQ(group.address >> 23U, 0xef8000000ULL >> 27U) << "239.128.0.0/9";
  }
  EXPECT_EQ(group_endpoint("domain", GroupId{1U << 23U}).address, first.address);
}

TEST(IoUdp, DomainPortsStayBelowThoseThatTheKernelGivesOut) {
  for (int i = 0; i < 1000; ++i) {
    const std::uint16_t port = domain_port("domain" + std::to_string(i));
    EXPECT_GE(port, 20000);
    EXPECT_LT(port, 32768);
  }
}

TEST(IoUdp, AddressesOfADomainNeverChange) {
  // Nodes of all versions must meet there.
  EXPECT_EQ(to_string(group_endpoint("default", kControlGroup)), "239.154.74.40:21543");
}

}  // namespace
}  // namespace hawser
