#include "transport/core/ids.hpp"

#include "tests/unit/transport_helpers.hpp"
#include "transport/core/view.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST(Ids, AreShownAsPeopleReadThem) {
  const Endpoint endpoint{0xc0a80102, 40001};
  EXPECT_EQ(to_string(endpoint), "192.168.1.2:40001");
  EXPECT_EQ(to_string(NodeId{{0x9f02c1d4}, endpoint}), "192.168.1.2:40001#000000009f02c1d4");
  EXPECT_EQ(to_string(ViewId{7, 0x9f02c1d400000001}), "7.9f02c1d4");
  EXPECT_EQ(to_string(Endpoint{UINT32_MAX, UINT16_MAX}), "255.255.255.255:65535");
}

TEST(Ids, ViewsAreOrderedByEpochFirst) {
  EXPECT_LT((ViewId{1, 9}), (ViewId{2, 0}));
  EXPECT_LT((ViewId{2, 0}), (ViewId{2, 1}));
}

TEST(Ids, NodesAreOrderedByIncarnationFirst) {
  EXPECT_LT((NodeId{{1}, {9, 9}}), (NodeId{{2}, {1, 1}}));
  EXPECT_LT((NodeId{{1}, {1, 1}}), (NodeId{{1}, {1, 2}}));
}

TEST(Ids, AViewKnowsItsMembersRanks) {
  const View view{{1, 0}, node_ids("CAB"), {{1}, {1}, {1}}};
  EXPECT_EQ(view.rank_of(node_id('C')), Rank{0});
  EXPECT_EQ(view.rank_of(node_id('B')), Rank{2});
  EXPECT_EQ(view.rank_of(node_id('D')), std::nullopt);
  EXPECT_TRUE(view.contains(node_id('A')));
}

TEST(Ids, Mix64IsTheFinalizerOfSplitMix64) {
  EXPECT_EQ(mix64(0), 0xe220a8397b1dcdafU);  // The first value of the generator for seed 0.
}

}  // namespace
}  // namespace hawser
