#include "tests/bench/detection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hawser::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

DiaryEntry failed(const std::string& node, std::int64_t at_ns, const std::string& cause = "silence") {
  return {.what = "failed: " + cause, .node = node, .at_ns = at_ns};
}
DiaryEntry view(std::size_t members, std::int64_t at_ns) {
  return {.what = "view", .members = members, .at_ns = at_ns};
}

/// From 1000 to 2000 nothing passes between c and d, on one host, and a and b.
Strike silent_host() { return {.struck = {"c", "d"}, .survivors = {"a", "b"}, .at_ns = 1000, .healed_ns = 2000}; }
/// At 1000 c is killed beside b.
Strike killed_process() {
  return {.kind = StrikeKind::killed,
          .struck = {"c"},
          .survivors = {"a", "b"},
          .same_host = "b",
          .at_ns = 1000,
          .healed_ns = 2000};
}

TEST(BenchDetection, ASilentHostIsMissedWhenAllItsMembersAre) {
  const std::vector<Watch> watches{
      {"a", {failed("c", 500), view(4, 600), failed("c", 1300), failed("d", 1340), view(2, 1350)}},
      {"b", {failed("d", 1310), failed("c", 1320), view(3, 1330), view(2, 1390)}},
      {"c", {failed("a", 1299), failed("b", 1299), view(2, 1299)}}};
  const DetectionTimes times = detection_times(StrikeKind::silent, {silent_host()}, watches);
  EXPECT_EQ(times.strikes, 1U);
  EXPECT_THAT(times.each_ns, ElementsAre(340, 320));
  EXPECT_THAT(times.first_ns, ElementsAre(320));
  EXPECT_THAT(times.last_ns, ElementsAre(340));
  EXPECT_THAT(times.last_view_ns, ElementsAre(390));
  EXPECT_EQ(times.missed, 0U);
  EXPECT_EQ(detection_times(StrikeKind::killed, {silent_host()}, watches).strikes, 0U);
}

TEST(BenchDetection, OfAKilledProcessTheSameHostHasItsOwnFigure) {
  const DetectionTimes times = detection_times(
      StrikeKind::killed, {killed_process()},
      {{"a", {view(2, 1004), failed("c", 1400)}}, {"b", {failed("c", 1002, "process exit"), view(2, 1003)}}});
  EXPECT_THAT(times.same_host_ns, ElementsAre(2));
  EXPECT_THAT(times.last_ns, ElementsAre(400));
  EXPECT_THAT(times.last_view_ns, ElementsAre(4)) << "a followed b, and was told by nobody yet";
}

TEST(BenchDetection, WhoIsNeverToldIsCountedAndHasNoTime) {
  const DetectionTimes times =
      detection_times(StrikeKind::killed, {killed_process()}, {{"a", {view(2, 1004)}}, {"b", {failed("c", 1002)}}});
  EXPECT_EQ(times.missed, 2U) << "a of the failure, b of the view";
  EXPECT_THAT(times.first_ns, ElementsAre(2));
  EXPECT_THAT(times.last_ns, IsEmpty());
  EXPECT_THAT(times.last_view_ns, IsEmpty());
}

std::vector<std::string> in_words(const std::vector<Suspicion>& suspicions) {
  std::vector<std::string> words;
  for (const Suspicion& one : suspicions) words.push_back(one.by + " of " + one.of + ": " + one.cause);
  return words;
}

TEST(BenchDetection, WhoIsCutOffMaySuspectTheOthersAndTheyItButNotAmongThemselves) {
  const std::vector<Watch> watches{{"a", {failed("c", 1300), failed("b", 1310)}},
                                   {"c", {failed("a", 1301), failed("d", 1302, "unreachable")}}};
  EXPECT_THAT(in_words(false_suspicions({silent_host()}, watches, 0)),
              ElementsAre("c of d: unreachable", "a of b: silence"));
}

TEST(BenchDetection, BeforeTheCutAndAfterTheHealingEverySuspicionIsFalse) {
  const std::vector<Watch> watches{{"a", {failed("d", 100), failed("c", 999), failed("c", 1500), failed("d", 2001)}}};
  EXPECT_THAT(in_words(false_suspicions({silent_host()}, watches, 500)),
              ElementsAre("a of c: silence", "a of d: silence"))
      << "the first is from before all were together";
}

TEST(BenchDetection, WhoWasKilledStaysDeadButOthersDoNotFailWithIt) {
  const std::vector<Watch> watches{{"a", {failed("c", 990), failed("c", 5000), failed("b", 1002)}}};
  EXPECT_THAT(in_words(false_suspicions({killed_process()}, watches, 0)),
              ElementsAre("a of c: silence", "a of b: silence"));
}

}  // namespace
}  // namespace hawser::bench
