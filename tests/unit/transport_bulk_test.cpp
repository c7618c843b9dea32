// Long messages in pieces, between which others stand.
#include <algorithm>

#include "tests/unit/transport_mesh.hpp"
#include "transport/multicast/send_window.hpp"

namespace hawser {
namespace {

using namespace transport_test;

constexpr GroupId kGroup{7};

/// A, B and C, with credit for a few packets at a time.
class BulkTest : public testing::Test {
 protected:
  void SetUp() override {
    mesh.settle("ABC");
    mesh.run_for(milliseconds{50});
    mesh.forget_history();
  }
  static NodeConfig config() {
    NodeConfig config;
    config.receive_buffer_bytes = 16'000;
    return config;
  }
  void send(const std::string& text, Order order) { mesh.multicast('A', text, order); }
  /// What is delivered to this one, of long messages the first letter.
  std::string order_at(char name) {
    std::string order;
    for (const std::string& line : mesh.history(name)) {
      if (line.starts_with("A: ")) order += line[3];
    }
    return order;
  }
  std::string sorted_at(char name) {
    std::string order = order_at(name);
    std::sort(order.begin(), order.end());
    return order;
  }
  const std::string long_x_ = std::string(200'000, 'X');
  const std::string long_y_ = std::string(200'000, 'Y');
  Mesh mesh{config()};
};

TEST_F(BulkTest, SmallMessagesOvertakeIt) {
  send("1", Order::fifo);
  send(long_x_, Order::bulk);
  send(long_y_, Order::bulk);
  send("2", Order::fifo);
  send("3", Order::total);
  send("4", Order::safe);
  send("5", Order::causal);
  mesh.run_for(seconds{2});
  for (const char name : {'A', 'B', 'C'}) {
    const std::string order = order_at(name);
    EXPECT_EQ(order.front(), '1') << name;
    EXPECT_THAT(order, testing::EndsWith("XY")) << name;
    EXPECT_EQ(sorted_at(name), "12345XY") << name;
  }
}

// What its own sender has sent before is not overtaken by it, of whatever class.
TEST_F(BulkTest, ItComesAfterWhatWasSentBefore) {
  for (int i = 0; i < 50; ++i) send(std::string(1'000, 'f'), Order::fifo);
  send(long_x_, Order::bulk);
  send("after", Order::fifo);
  mesh.run_for(seconds{2});
  for (const char name : {'A', 'B', 'C'}) EXPECT_EQ(order_at(name), std::string(50, 'f') + "aX") << name;
}

TEST_F(BulkTest, ASmallOneWaitsForNoMoreThanAWindow) {
  mesh.multicast('A', long_x_, Order::bulk);
  std::size_t before = 0;
  bool sent = false;
  mesh.drop_where([&](const Hop& hop) {
    const bool counts = hop.from == 'A' && hop.to == 'B' && hop.carries<wire::Data>();
    if (counts && sent && !mesh.delivered('B', "A: s")) ++before;
    return false;
  });
  send("s", Order::fifo);
  sent = true;
  mesh.run_for(seconds{2});
  const std::size_t window = config().receive_buffer_bytes / 2;
  EXPECT_LE(before * credit_cost(1'300), 2 * window);
  EXPECT_EQ(order_at('B'), "sX");
}

TEST_F(BulkTest, LostPiecesAreRepaired) {
  int count = 0;
  mesh.drop_where([&](const Hop& hop) { return hop.carries<wire::Data>() && ++count % 7 == 0; });
  send(long_x_, Order::bulk);
  send("s", Order::fifo);
  mesh.run_for(seconds{5});
  for (const char name : {'B', 'C'}) {
    EXPECT_TRUE(mesh.delivered(name, "A: " + long_x_)) << name;
    EXPECT_TRUE(mesh.delivered(name, "A: s")) << name;
  }
}

TEST_F(BulkTest, ItStartsAnewWhenTheGroupIsArrangedAnew) {
  mesh.arrange('A', kGroup, "", "AB");
  mesh.run_for(milliseconds{50});
  mesh.multicast_in(kGroup, 'A', long_x_, Order::bulk);
  mesh.multicast_in(kGroup, 'A', "s", Order::fifo);
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(seconds{2});
  std::vector<std::string> at_b;
  for (const std::string& line : mesh.history('B')) at_b.push_back(line.substr(0, 8));
  EXPECT_THAT(at_b, testing::IsSupersetOf({std::string{"g7 A: XX"}, std::string{"g7 A: s"}}));
  EXPECT_TRUE(mesh.delivered('C', "g7 A: " + long_x_)) << "in the view that C is in";
  EXPECT_EQ(mesh.groups('A').find(kGroup)->stable(), 2U);
}

TEST_F(BulkTest, ItIsGivenBackWhereTheControlViewChanges) {
  send(long_x_, Order::bulk);
  send("s", Order::fifo);
  mesh.crash("C");
  mesh.run_for(seconds{2});
  for (const char name : {'A', 'B'}) EXPECT_EQ(sorted_at(name), "Xs") << name;
  EXPECT_EQ(mesh.groups('A').control().stable(), mesh.groups('A').control().accepted());
}

}  // namespace
}  // namespace hawser
