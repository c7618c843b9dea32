#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transport/link/dark_groups.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration kSilence = 150ms;
constexpr Time kStart{1h};
constexpr Endpoint kSender{1, 5000};
constexpr Endpoint kOther{2, 5000};
constexpr GroupId kGroup{9};

TEST(DarkGroups, OneIsDarkWhereItsSenderSaysForTheWholeSilenceThatItSendsThere) {
  DarkGroups groups{kSilence};
  EXPECT_FALSE(groups.on_report(kSender, kGroup, kStart));
  EXPECT_FALSE(groups.on_report(kSender, kGroup, kStart + 149ms));
  EXPECT_TRUE(groups.on_report(kSender, kGroup, kStart + 150ms));
  EXPECT_FALSE(groups.on_report(kSender, kGroup, kStart + 200ms)) << "known already";
  EXPECT_THAT(groups.of(kSender), ElementsAre(kGroup));
  EXPECT_THAT(groups.of(kOther), IsEmpty());
  EXPECT_TRUE(groups.on_multicast(kSender, kGroup));
  EXPECT_FALSE(groups.has_any());
}

TEST(DarkGroups, WhatComesInBetweenShowsThatItPasses) {
  DarkGroups groups{kSilence};
  for (Time now = kStart; now < kStart + 1s; now += 75ms) {
    EXPECT_FALSE(groups.on_report(kSender, kGroup, now));
    EXPECT_FALSE(groups.on_multicast(kOther, kGroup)) << "of another sender: no sign";
    EXPECT_FALSE(groups.on_multicast(kSender, kGroup));
  }
}

TEST(DarkGroups, WordsThatAreFarApartAreOfDifferentDatagrams) {
  DarkGroups groups{kSilence};
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(groups.on_report(kSender, kGroup, kStart + i * 1s));
}

TEST(DarkGroups, WhoeverIsGoneAndWhateverIsLeftIsForgotten) {
  DarkGroups groups{kSilence};
  for (const Endpoint sender : {kSender, kOther}) {
    for (const GroupId group : {kGroup, GroupId{10}}) {
      groups.on_report(sender, group, kStart);
      EXPECT_TRUE(groups.on_report(sender, group, kStart + kSilence));
    }
  }
  groups.forget(kSender);
  EXPECT_THAT(groups.of(kSender), IsEmpty());
  groups.forget(kGroup);
  EXPECT_THAT(groups.of(kOther), ElementsAre(GroupId{10}));
  groups.forget(kOther);
  EXPECT_FALSE(groups.has_any());
}

TEST(DarkGroups, TooManyMakeRoomOnceNobodySpeaksOfThem) {
  DarkGroups groups{kSilence};
  for (std::uint64_t i = 1; i <= DarkGroups::kPairsMax; ++i) groups.on_report(kSender, {i}, kStart);
  groups.on_report(kOther, kGroup, kStart);
  EXPECT_FALSE(groups.on_report(kOther, kGroup, kStart + kSilence)) << "there was no room";
  groups.on_report(kOther, kGroup, kStart + 1s);
  EXPECT_TRUE(groups.on_report(kOther, kGroup, kStart + 1s + kSilence));
}

TEST(SentGroups, AreTakenInTurnsWhereThereAreTooMany) {
  SentGroups sent;
  sent.on_sent(kControlGroup);
  EXPECT_THAT(sent.take(), IsEmpty()) << "the control group is judged otherwise";
  for (int turn = 0; turn < 3; ++turn) {
    for (std::uint64_t i = 1; i <= 2 * SentGroups::kTakenMax; ++i) sent.on_sent({i});
    const auto taken = sent.take();
    ASSERT_EQ(taken.size(), SentGroups::kTakenMax);
    EXPECT_EQ(taken.front().value, turn % 2 == 0 ? 1 : SentGroups::kTakenMax + 1);
  }
  static_cast<void>(sent.take());
  sent.on_sent(kGroup);
  sent.on_sent(kGroup);
  EXPECT_THAT(sent.take(), ElementsAre(kGroup));
  sent.on_sent(kGroup);
  EXPECT_THAT(sent.take(), ElementsAre(kGroup)) << "and again, where it was sent to again";
}

}  // namespace
}  // namespace hawser
