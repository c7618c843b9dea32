#include "pubsub-api/src/session/state_holding.hpp"

#include <gtest/gtest.h>

#include "pubsub-api/src/session/store_layout.hpp"

namespace hawser {
namespace {

const StateCut kCut{.era = {.control_view = {7, 0xabcd}, .number = 300}, .heavy_view = {9, 0x1234}};
const NodeId kAlice{Incarnation{0xa1}, Endpoint{0x7f000001, 40001}};
const NodeId kBob{Incarnation{0xb0b}, Endpoint{0x7f000001, 40002}};

TopicPositions positions(std::uint64_t of_alice, std::uint64_t of_bob) {
  TopicPositions all;
  if (of_alice > 0) all.raise(kAlice, of_alice);
  if (of_bob > 0) all.raise(kBob, of_bob);
  return all;
}

TopicLineage lineage(std::uint64_t id) {
  TopicLineage one;
  one.add(id);
  return one;
}

StateHolding holding(std::uint64_t of_alice, std::uint64_t of_bob) {
  return {.lineage = 5, .positions = positions(of_alice, of_bob), .base = positions(of_alice, of_bob)};
}

TEST(StateHolding, ComesBackAsItWasSent) {
  StateHolding told = holding(3, 4);
  told.base = positions(2, 0);
  const Buffer message = encode_want(kCut, told);
  const auto want = decode_want(message.bytes());
  ASSERT_TRUE(want);
  EXPECT_EQ(want->cut, kCut);
  const StateHolding heard = holding_of(*want);
  EXPECT_EQ(heard.lineage, 5U);
  EXPECT_EQ(heard.positions.of(kAlice), 3U);
  EXPECT_EQ(heard.positions.of(kBob), 4U);
  EXPECT_EQ(heard.base.of(kAlice), 2U);
  EXPECT_EQ(heard.base.of(kBob), 0U);
}

TEST(StateHolding, CutOffItIsOfNoUse) {
  const Buffer message = encode_want(kCut, holding(3, 4));
  for (std::size_t size = 0; size < message.bytes().size(); ++size) {
    const auto want = decode_want(message.bytes().first(size));
    if (!want) continue;
    const StateHolding heard = holding_of(*want);
    const bool is_shorter = heard.base.of(kBob) == 0;
    EXPECT_TRUE(heard.lineage == 0 || is_shorter) << size;
  }
  EXPECT_FALSE(decode_want(message.bytes().first(5)));
}

TEST(StateHolding, WhoeverHasHeardMoreThanTheDonorIsNotWithin) {
  EXPECT_TRUE(holding(3, 4).is_within(positions(3, 4), lineage(5)));
  EXPECT_TRUE(holding(3, 0).is_within(positions(3, 4), lineage(5)));
  EXPECT_FALSE(holding(4, 0).is_within(positions(3, 4), lineage(5)));
  EXPECT_FALSE(holding(0, 1).is_within(positions(3, 0), lineage(5)));
}

TEST(StateHolding, AnotherPastIsNotWithin) {
  EXPECT_FALSE(holding(3, 4).is_within(positions(3, 4), lineage(6)));
  EXPECT_FALSE(StateHolding{}.is_within(positions(3, 4), lineage(0)));
  TopicPositions incomplete = positions(3, 4);
  incomplete.set_complete(false);
  EXPECT_FALSE(holding(3, 4).is_within(incomplete, lineage(5)));
}

TEST(StateHolding, InTotalOrderOnlyWhatWasAgreedOnIsHeldForCertain) {
  TopicContents contents;
  contents.positions = positions(3, 4);
  contents.agreed = positions(1, 4);
  contents.lineage.add(5);
  const auto records = records_of("t", {}, contents, 9);
  EXPECT_EQ(holding_of(records, false).base.of(kAlice), 3U);
  EXPECT_EQ(holding_of(records, true).base.of(kAlice), 1U);
  EXPECT_EQ(holding_of(records, true).positions.of(kAlice), 3U);
  EXPECT_EQ(holding_of(records, true).lineage, 5U);
}

TEST(StateHolding, WherePositionsTellNotAllNothingIsHeld) {
  TopicContents contents;
  contents.positions = positions(3, 4);
  contents.positions.set_complete(false);
  contents.lineage.add(5);
  EXPECT_EQ(holding_of(records_of("t", {}, contents, 9), false).lineage, 0U);
}

// ---- Lineages ----

TEST(TopicLineage, TheSameStepsInAnyOrderLeadToTheSame) {
  TopicLineage one = lineage(5);
  TopicLineage other = lineage(5);
  one.branch(TopicLineage::Step::gap, kAlice, 3);
  one.branch(TopicLineage::Step::news, kBob, 3);
  other.branch(TopicLineage::Step::news, kBob, 3);
  EXPECT_NE(one.latest(), other.latest());
  other.branch(TopicLineage::Step::gap, kAlice, 3);
  EXPECT_EQ(one.latest(), other.latest());
  EXPECT_FALSE(one.has(5));
}

TEST(TopicLineage, ADonorKnowsTheLastFew) {
  TopicLineage known;
  for (std::uint64_t id = 1; id <= TopicLineage::kKnownMax + 1; ++id) known.add(id);
  EXPECT_FALSE(known.has(1));
  EXPECT_TRUE(known.has(2));
  EXPECT_EQ(known.latest(), TopicLineage::kKnownMax + 1);
}

}  // namespace
}  // namespace hawser
