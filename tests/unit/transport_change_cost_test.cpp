// What a view change costs on the wire: the datagrams that carry a proposal or a sync message.
#include "tests/unit/transport_mesh.hpp"

namespace hawser {
namespace {

using namespace transport_test;

/// Counts, by sender, the multicast datagrams that have a part in the agreement on a view. Takes the mesh's
/// drop_where() for that, and drops nothing.
class ChangeCost {
 public:
  explicit ChangeCost(Mesh& mesh) {
    mesh.drop_where([this](const Hop& hop) {
      count(hop);
      return false;
    });
  }
  [[nodiscard]] std::size_t of(char name) const {
    const auto at = datagrams_.find(name);
    return at == datagrams_.end() ? 0 : at->second;
  }

 private:
  // A multicast goes to one receiver after the other.
  void count(const Hop& hop) {
    const bool is_word = hop.carries<wire::Proposal>() || hop.carries<wire::Sync>();
    if (!is_word || !hop.multicast) return;
    const char first = hop.from == 'A' ? 'B' : 'A';
    if (hop.to == first) ++datagrams_[hop.from];
  }

  std::map<char, std::size_t> datagrams_;
};

struct ViewChangeCost : testing::Test {
  ViewChangeCost() {
    mesh.settle("ABCDE");
    for (std::uint64_t id = 1; id <= 20; ++id) mesh.arrange('A', GroupId{id}, "", "ABCDE");
    mesh.run_for(milliseconds{200});
  }
  // Whether all of them come together, and each says one word on the way.
  void expect_one_datagram_each(const ChangeCost& cost, std::string_view names) {
    ASSERT_TRUE(mesh.run_until([&] { return mesh.together(names); }));
    mesh.run_for(milliseconds{200});
    for (const char name : names) EXPECT_EQ(cost.of(name), 1U) << name;
  }
  Mesh mesh;
};

TEST_F(ViewChangeCost, OfACrashThatOneWitnessTellsIsOneDatagramAMember) {
  const ChangeCost cost{mesh};
  mesh.crash("E");
  mesh.tell_exit('E', "C");
  expect_one_datagram_each(cost, "ABCD");
}

TEST_F(ViewChangeCost, OfAnOrderlyLeaveIsOneDatagramAMember) {
  const ChangeCost cost{mesh};
  mesh.leave('E');
  expect_one_datagram_each(cost, "ABCD");
}

TEST_F(ViewChangeCost, OfAJoinIsOneDatagramAMember) {
  const ChangeCost cost{mesh};
  mesh.start("F");
  expect_one_datagram_each(cost, "ABCDEF");
}

}  // namespace
}  // namespace hawser
