#include "transport/vs/sync_parts.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

wire::Sync sync_of(std::uint64_t start_id, std::size_t groups) {
  wire::Sync sync{{start_id}, {1, 2}, {}, 0, 1, {}};
  for (std::uint64_t id = 0; id < groups; ++id) sync.streams.push_back({{id}, {1, id}, seqnos({1, 2, 3})});
  return sync;
}

TEST(SyncParts, AShortSyncIsOnePart) {
  SyncParts parts;
  ASSERT_EQ(parts_of(sync_of(1, 3), 1000).size(), 1U);
  EXPECT_EQ(parts.on_part(node_id('A'), parts_of(sync_of(1, 3), 1000).front()), sync_of(1, 3));
}

TEST(SyncParts, ALongOneComesTogetherInAnyOrder) {
  SyncParts parts;
  std::vector<wire::Sync> pieces = parts_of(sync_of(1, 9), 60);
  ASSERT_EQ(pieces.size(), 5U);
  std::swap(pieces.front(), pieces.back());
  for (std::size_t at = 0; at + 1 < pieces.size(); ++at) EXPECT_FALSE(parts.on_part(node_id('A'), pieces[at]));
  std::optional<wire::Sync> whole = parts.on_part(node_id('A'), pieces.back());
  ASSERT_TRUE(whole);
  std::sort(whole->streams.begin(), whole->streams.end(),
            [](const auto& a, const auto& b) { return a.group < b.group; });
  EXPECT_EQ(*whole, sync_of(1, 9));
}

TEST(SyncParts, ARepeatedPartCountsOnce) {
  SyncParts parts;
  const std::vector<wire::Sync> pieces = parts_of(sync_of(1, 4), 60);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_FALSE(parts.on_part(node_id('A'), pieces[0]));
  EXPECT_FALSE(parts.on_part(node_id('A'), pieces[0]));
  EXPECT_FALSE(parts.on_part(node_id('B'), pieces[1])) << "of another node";
  EXPECT_EQ(parts.on_part(node_id('A'), pieces[1]), sync_of(1, 4));
}

TEST(SyncParts, ANewerSyncEndsAnOlderOne) {
  SyncParts parts;
  const std::vector<wire::Sync> old = parts_of(sync_of(1, 4), 60);
  const std::vector<wire::Sync> newer = parts_of(sync_of(2, 4), 60);
  EXPECT_FALSE(parts.on_part(node_id('A'), old[0]));
  EXPECT_FALSE(parts.on_part(node_id('A'), newer[0]));
  EXPECT_FALSE(parts.on_part(node_id('A'), old[1]));
  EXPECT_EQ(parts.on_part(node_id('A'), newer[1]), sync_of(2, 4));
}

TEST(SyncParts, ANewerSyncInOnePartEndsAnOlderOneToo) {
  SyncParts parts;
  const std::vector<wire::Sync> old = parts_of(sync_of(1, 4), 60);
  EXPECT_FALSE(parts.on_part(node_id('A'), old[0]));
  EXPECT_TRUE(parts.on_part(node_id('A'), sync_of(2, 1)));
  EXPECT_FALSE(parts.on_part(node_id('A'), old[1]));
}

}  // namespace
}  // namespace hawser
