#include "tests/bench/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace hawser::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hawser-bench");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}
template <typename Plan>
Plan plan_of(const std::vector<const char*>& arguments) {
  return std::get<Plan>(parse(arguments).plan);
}
std::string complaint_about(const std::vector<const char*>& arguments) {
  const auto notice = plan_of<Notice>(arguments);
  EXPECT_EQ(notice.exit_code, 2);
  return notice.text;
}

TEST(BenchCommandLine, MeasuresTopicsAndWhatTheyAreComparedWithIfNothingElseIsSaid) {
  const auto plan = plan_of<ThroughputPlan>({"throughput"});
  EXPECT_THAT(plan.choice.systems, ElementsAre(System::hawser, System::raw, System::zmq));
  EXPECT_FALSE(plan.choice.hosts);
}

TEST(BenchCommandLine, TakesEveryOrderClassByItsName) {
  for (const OrderName& known : order_names()) {
    const std::string name{known.name};
    EXPECT_THAT(plan_of<LatencyPlan>({"latency", "--order", name.c_str()}).choice.orders, ElementsAre(known.order));
  }
  EXPECT_THAT(
      complaint_about({"latency", "--order", "random"}),
      StartsWith("--order: there is no 'random'; there are bulk, causal, fifo, gbcast, safe, total, unordered\n"));
}

TEST(BenchCommandLine, MeansHeavyWeightGroupsWhereAnOrderIsSaid) {
  const auto plan = plan_of<ThroughputPlan>({"throughput", "--order", "total,safe", "--sequencer", "sender,receiver"});
  EXPECT_THAT(plan.choice.systems, ElementsAre(System::heavy));
  EXPECT_THAT(plan.choice.orders, ElementsAre(Order::total, Order::safe));
  EXPECT_THAT(plan.choice.sequencers, ElementsAre(Sequencer::sender, Sequencer::receiver));
}

TEST(BenchCommandLine, MeansCorosyncTooWhereHostsAreSaid) {
  const auto plan = plan_of<LatencyPlan>({"latency", "--hosts", "--order", "total"});
  EXPECT_THAT(plan.choice.systems, ElementsAre(System::heavy, System::cpg_udp, System::cpg_knet));
}

TEST(BenchCommandLine, RefusesWhatCannotBeTogether) {
  EXPECT_THAT(complaint_about({"latency", "--system", "cpg-udp"}), HasSubstr("--hosts"));
  EXPECT_THAT(complaint_about({"latency", "--system", "zmq", "--hosts"}), HasSubstr("--hosts"));
  EXPECT_THAT(complaint_about({"latency", "--system", "zmq", "--order", "total"}), HasSubstr("--order"));
}

TEST(BenchCommandLine, OfASlowMember) {
  const auto plan = plan_of<SlowPlan>({"slow", "--members", "5", "--how", "duty", "--order", "total"});
  EXPECT_EQ(plan.members, 5U);
  EXPECT_THAT(plan.how, ElementsAre(Slowness::duty));
  EXPECT_EQ(plan.order, Order::total);
  EXPECT_THAT(plan_of<SlowPlan>({"slow"}).how, ElementsAre(Slowness::stopped, Slowness::duty));
  EXPECT_THAT(complaint_about({"slow", "--members", "2"}), HasSubstr("--members"));
}

TEST(BenchCommandLine, OfDetection) {
  const auto plan = plan_of<DetectionPlan>({"detection", "--minutes", "2", "--stress", "3", "--loss", "0.5%",
                                            "--members", "6", "--silence", "250", "--heartbeat", "12.5"});
  EXPECT_DOUBLE_EQ(plan.minutes, 2);
  EXPECT_EQ(plan.stress, 3U);
  EXPECT_EQ(plan.loss, "0.5%");
  EXPECT_EQ(plan.members, 6U);
  EXPECT_EQ(plan.silence_ms, 250U);
  EXPECT_DOUBLE_EQ(heartbeat_ms_of(plan), 12.5);
  EXPECT_DOUBLE_EQ(heartbeat_ms_of(plan_of<DetectionPlan>({"detection"})), 15.625) << "a sixteenth of the silence";
}

TEST(BenchCommandLine, OfDetectionRefusesWhatMakesNoSense) {
  EXPECT_THAT(complaint_about({"detection", "--members", "3"}), HasSubstr("--members"));
  EXPECT_THAT(complaint_about({"detection", "--loss", "much"}), HasSubstr("--loss"));
  EXPECT_THAT(complaint_about({"detection", "--loss", "1%,delay=5ms"}), HasSubstr("--loss"));
  EXPECT_THAT(complaint_about({"detection", "--silence", "20"}), HasSubstr("--silence"));
  EXPECT_THAT(complaint_about({"detection", "--quiet-min", "5", "--quiet-max", "4"}), HasSubstr("--quiet-min"));
}

}  // namespace
}  // namespace hawser::bench
