#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "pubsub-api/src/trace/trace_file.hpp"

namespace hawser {
namespace {

using ::testing::HasSubstr;

const NodeId kSelf{Incarnation{0x9f02c1d4a6b80e31}, Endpoint{0x7f000001, 40001}};
const NodeId kPeer{Incarnation{7}, Endpoint{0xc0000201, 65535}};
const ViewId kView{12, 0xffffffffffffffff};
const Era kEra{kView, 34};

/// A path of this test's own, removed at the end.
class TraceFileTest : public ::testing::Test {
 protected:
  ~TraceFileTest() override { std::filesystem::remove(path_); }

  void write_file(const std::string& text) const { std::ofstream{path_, std::ios::binary} << text; }
  [[nodiscard]] std::string file() const {
    std::stringstream text;
    text << std::ifstream{path_, std::ios::binary}.rdbuf();
    return text.str();
  }
  void record(const std::vector<TraceEvent>& events) const {
    auto trace = TraceFile::create(path_, kSelf);
    ASSERT_TRUE(trace.ok());
    for (const TraceEvent& event : events) (*trace)->record(event);
    ASSERT_TRUE((*trace)->write_out().ok());
  }

  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("hawser_trace_" + std::to_string(::getpid()) + "_" +
                                                 ::testing::UnitTest::GetInstance()->current_test_info()->name()))
          .string();
};

std::vector<TraceEvent> one_of_each() {
  const View view{kView, {kSelf, kPeer}, {StartChangeId{1}, StartChangeId{2}}};
  const LightView light{LightGroupId{99}, kEra, kView, {{kSelf, Role::publisher}, {kPeer, Role::subscriber}}};
  const std::vector<TraceRecord> records = {
      trace::HeavyView{kControlGroup, view, {kSelf}},
      trace::HeavySent{kControlGroup, Order::total, 1, kView, true},
      trace::HeavyUnsent{GroupId{3}, 7},
      trace::HeavyLeft{GroupId{3}},
      trace::HeavyDelivered{GroupId{3}, kPeer, Order::fifo, ~0ULL},
      trace::LightViewSeen{"a.b", light, GroupId{3}, {kSelf}, {}},
      trace::LightLeft{"a.b", LightGroupId{99}},
      trace::LightSent{"", 5},
      trace::LightDeliveredSeen{LightGroupId{99}, kPeer, 5},
      trace::Subscribed{"with space, [brackets] and %41"},
      trace::Unsubscribed{std::string{"\n\0\xff", 3}},
      trace::Published{"t", 1, 2},
      trace::Received{"t", kPeer, 1, 2, true},
      trace::StateTaken{"t", kEra, kView, 3},
      trace::StateInstalled{"t", kPeer, kEra, kView, 3},
      trace::GapSeen{"t"},
      trace::DirectoryState{true, 4},
      trace::HeavyHold{GroupId{3}},
      trace::HeavyPrimary{kView, 3, {VoterId{1}, VoterId{2}}},
  };
  std::vector<TraceEvent> events;
  for (const TraceRecord& what : records) events.push_back({Time{Duration{1000 + events.size()}}, what});
  return events;
}

TEST_F(TraceFileTest, EveryKindOfEventIsReadBackAsItWasWritten) {
  record(one_of_each());
  const std::string written = file();
  const auto contents = read_trace_file(path_);
  ASSERT_TRUE(contents.ok()) << contents.error().message;
  EXPECT_EQ(contents.value().node, kSelf);
  ASSERT_EQ(contents.value().events.size(), std::variant_size_v<TraceRecord>);

  record(contents.value().events);
  EXPECT_EQ(file(), written);
}

TEST_F(TraceFileTest, FieldsKeepTheirMeaning) {
  record(one_of_each());
  const auto contents = read_trace_file(path_);
  ASSERT_TRUE(contents.ok());
  const auto& events = contents.value().events;
  EXPECT_EQ(events[0].at, Time{Duration{1000}});
  const auto& heavy = std::get<trace::HeavyView>(events[0].what);
  EXPECT_EQ(heavy.view, (View{kView, {kSelf, kPeer}, {StartChangeId{1}, StartChangeId{2}}}));
  const auto& light = std::get<trace::LightViewSeen>(events[5].what);
  EXPECT_EQ(light.view.members.front(), (LightMember{kSelf, Role::publisher}));
  EXPECT_EQ(light.view.era, kEra);
  EXPECT_EQ(light.heavy, GroupId{3});
  EXPECT_EQ(std::get<trace::LightSent>(events[7].what).name, "");
  EXPECT_EQ(std::get<trace::Unsubscribed>(events[10].what).topic, (std::string{"\n\0\xff", 3}));
  const auto& received = std::get<trace::Received>(events[12].what);
  EXPECT_EQ(received.publisher, kPeer);
  EXPECT_TRUE(received.retained);
}

TEST_F(TraceFileTest, LinesAreAsDocumented) {
  record({{Time{Duration{48310298112233}}, trace::Received{"stocks.ibm", kSelf, 17, 11400714819323198485U, false}}});
  EXPECT_EQ(file(),
            "hawser-trace 2 127.0.0.1:40001#9f02c1d4a6b80e31\n"
            "48310298112233 received =stocks.ibm 127.0.0.1:40001#9f02c1d4a6b80e31 17 11400714819323198485 0\n");
}

TEST_F(TraceFileTest, ALastLineThatWasCutOffIsLeftOut) {
  write_file("hawser-trace 2 127.0.0.1:40001#9f02c1d4a6b80e31\n1 gap =a\n2 gap =abcd");
  const auto contents = read_trace_file(path_);
  ASSERT_TRUE(contents.ok());
  EXPECT_EQ(contents.value().events.size(), 1U);
}

TEST_F(TraceFileTest, BadLinesAreNamed) {
  const std::vector<std::string> bad = {"",
                                        "1",
                                        "1 gap",
                                        "1 gap a",
                                        "1 gap =a more",
                                        "1 gap =%zz",
                                        "1 gap =%4",
                                        "x gap =a",
                                        "1 nonsense =a",
                                        "1 published =a 1",
                                        "1 published =a 1 x",
                                        "1 directory 2 4",
                                        "1 heavy_view 0 1.2 [127.0.0.1:1#1,] [] []",
                                        "1 light_delivered 1 256.0.0.1:1#1 1"};
  for (const std::string& line : bad) {
    write_file("hawser-trace 2 127.0.0.1:40001#9f02c1d4a6b80e31\n1 gap =a\n" + line + "\n");
    const auto contents = read_trace_file(path_);
    ASSERT_FALSE(contents.ok()) << line;
    EXPECT_EQ(contents.error().code, Errc::bad_data);
    EXPECT_THAT(contents.error().message, HasSubstr(path_ + ":3:"));
  }
}

TEST_F(TraceFileTest, AnotherVersionIsRefused) {
  write_file("hawser-trace 1 127.0.0.1:40001#9f02c1d4a6b80e31\n");
  EXPECT_EQ(read_trace_file(path_).error().code, Errc::bad_data);
}

TEST_F(TraceFileTest, AFileThatCannotBeMadeIsNamed) {
  const auto trace = TraceFile::create("/nonexistent/trace", kSelf);
  ASSERT_FALSE(trace.ok());
  EXPECT_EQ(trace.error().code, Errc::system);
  EXPECT_THAT(trace.error().message, HasSubstr("/nonexistent/trace"));
  EXPECT_EQ(read_trace_file("/nonexistent/trace").error().code, Errc::system);
}

}  // namespace
}  // namespace hawser
