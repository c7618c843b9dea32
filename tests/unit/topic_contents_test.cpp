#include "pubsub-api/src/session/topic_contents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const NodeId kAlice{Incarnation{1}, Endpoint{1, 1}};
const NodeId kBob{Incarnation{2}, Endpoint{1, 2}};

class Contents : public testing::Test {
 protected:
  Contents() { contents_.set_bounds({.messages = 10}); }

  void keep(const NodeId& publisher, std::uint64_t number, const std::string& key, bool ordered, std::uint64_t lamport,
            std::uint64_t time = 1) {
    contents_.keep({.lamport = lamport,
                    .publisher = publisher,
                    .number = number,
                    .key = key,
                    .payload = {},
                    .ordered = ordered,
                    .time = time,
                    .logged = true});
  }
  static std::string text_of(const RetainedMessage& message) {
    return (message.publisher == kAlice ? "A" : "B") + std::to_string(message.number) + (message.logged ? "" : "!");
  }
  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> all;
    contents_.values.for_each([&](const RetainedMessage& message) { all.push_back(text_of(message)); });
    return all;
  }
  [[nodiscard]] std::vector<std::string> history() const {
    std::vector<std::string> all;
    contents_.log.for_each([&](const RetainedMessage& message) { all.push_back(text_of(message)); });
    return all;
  }

  TopicContents contents_;
};

TEST_F(Contents, WhatIsToldToBeInFifoOrderHasTheValueWithTheHighestStamp) {
  keep(kBob, 1, "k", true, 9);
  keep(kAlice, 1, "k", true, 5);
  EXPECT_THAT(values(), ElementsAre("A1"));
  EXPECT_TRUE(contents_.set_ordered(false));
  EXPECT_THAT(values(), ElementsAre("B1"));
  EXPECT_THAT(history(), ElementsAre("A1", "B1"));
  EXPECT_FALSE(contents_.set_ordered(false));
}

TEST_F(Contents, WhatIsToldToBeInTotalOrderHasTheLastValueOfItsHistory) {
  keep(kAlice, 1, "k", false, 3, 1);
  keep(kBob, 1, "k", false, 1, 2);
  EXPECT_THAT(values(), ElementsAre("A1"));
  EXPECT_TRUE(contents_.set_ordered(true));
  EXPECT_THAT(values(), ElementsAre("B1"));
  EXPECT_THAT(history(), ElementsAre("A1", "B1"));
}

TEST_F(Contents, WhatHasComeInTotalOrderIsNotBehindTheFloorOfBefore) {
  contents_.set_bounds({.messages = 1});
  keep(kAlice, 1, "a", false, 1, 5);
  keep(kAlice, 2, "a", false, 2, 6);
  contents_.set_bounds({.messages = 10});
  EXPECT_TRUE(contents_.set_ordered(true));
  keep(kBob, 1, "b", true, 3, 1);
  EXPECT_TRUE(contents_.set_ordered(false));
  EXPECT_THAT(history(), ElementsAre("B1", "A2"));
  EXPECT_EQ(contents_.log.floor().time, 0U);
}

TEST_F(Contents, OfWhatABaseCoversTheHistoryKeepsTheNewest) {
  for (const std::uint64_t number : {1, 2, 3}) keep(kAlice, number, "k" + std::to_string(number), false, number);
  keep(kBob, 1, "b", false, 4);
  TopicPositions base;
  base.raise(kAlice, 3);
  contents_.keep_logged(base, 2);
  EXPECT_THAT(history(), ElementsAre("A2", "A3"));
  EXPECT_THAT(values(), ElementsAre("B1!", "A1!", "A2", "A3"));
  contents_.keep_logged(base, 0);
  EXPECT_THAT(history(), IsEmpty());
}

TEST_F(Contents, AGapIsAStepOfItsOwn) {
  contents_.lineage.add(5);
  EXPECT_EQ(contents_.cover(kAlice, 1), 0U);
  EXPECT_TRUE(contents_.lineage.has(5));
  EXPECT_EQ(contents_.cover(kAlice, 3), 1U);
  EXPECT_FALSE(contents_.lineage.has(5));
}

}  // namespace
}  // namespace hawser
