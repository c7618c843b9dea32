#include "tests/bench/stream_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/bench/corosync.hpp"

namespace hawser::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> titles_of(const StreamChoice& choice) {
  Output output{true, nullptr};
  std::vector<std::string> titles;
  const auto cases = cases_of(choice, output);
  for (const StreamCase& of : cases.value()) titles.push_back(of.title());
  return titles;
}

TEST(BenchOrders, AreThoseOfTheTransport) { EXPECT_EQ(order_names().size(), kOrders); }

TEST(BenchOrders, ComeBackFromTheirNames) {
  for (const OrderName& known : order_names()) EXPECT_EQ(json(known.order).get<Order>(), known.order);
  EXPECT_THROW(static_cast<void>(json("random").get<Order>()), json::exception);
}

TEST(BenchStreamCases, AskForASequencerOnlyWhereThereIsOne) {
  EXPECT_THAT(titles_of({.systems = {System::heavy},
                         .orders = {Order::causal, Order::total},
                         .sequencers = {Sequencer::sender, Sequencer::receiver}}),
              ElementsAre("heavy, causal", "heavy, total, sender first", "heavy, total, receiver first"));
}

TEST(BenchStreamCases, AskForAPickOnlyWhereThereIsAChoice) {
  EXPECT_THAT(titles_of({.systems = {System::hawser, System::raw},
                         .topics = {1, 10},
                         .picks = {TopicPick::round_robin, TopicPick::zipf}}),
              ElementsAre("hawser", "hawser, 10 topics, round-robin", "hawser, 10 topics, zipf", "raw"));
}

TEST(BenchStreamCases, SayOfAFigureWhatItIsOf) {
  const StreamCase of{.system = System::heavy, .order = Order::safe, .sequencer = Sequencer::sender};
  EXPECT_EQ(of.identity().at("order"), "safe");
  EXPECT_EQ(of.identity().at("sequencer"), "sender");
  EXPECT_FALSE(StreamCase{.system = System::zmq}.identity().contains("order"));
}

TEST(BenchStreamCases, TellChildrenAllThatTheirSpecHas) {
  const StreamCase of{.system = System::heavy, .order = Order::total, .sequencer = Sequencer::sender};
  const StreamSpec told = json(of.spec(true)).get<StreamSpec>();
  EXPECT_EQ(told.order, Order::total);
  EXPECT_EQ(told.sequencer, Sequencer::sender);
  EXPECT_EQ(told.interface, "eth0");
}

TEST(BenchCorosync, NodesKnowEachOtherAndNobodyElse) {
  const std::string text = corosync_configuration(System::cpg_udp, {"10.77.0.1", "10.77.0.2"}, 1, "/somewhere");
  EXPECT_THAT(text, HasSubstr("transport: udp"));
  EXPECT_THAT(text, HasSubstr("bindnetaddr: 10.77.0.2"));
  EXPECT_THAT(text, HasSubstr("ring0_addr: 10.77.0.1"));
  EXPECT_THAT(text, HasSubstr("state_dir: /somewhere/state1"));
}

TEST(BenchCorosync, BothNetworksAreWithoutEncryption) {
  for (const System system : {System::cpg_udp, System::cpg_knet}) {
    EXPECT_THAT(corosync_configuration(system, {"10.77.0.1"}, 0, "/somewhere"), HasSubstr("crypto_cipher: none"));
  }
  EXPECT_THAT(corosync_configuration(System::cpg_knet, {"10.77.0.1"}, 0, "/somewhere"), Not(HasSubstr("mcastaddr")));
}

}  // namespace
}  // namespace hawser::bench
