// hawser-bench: how fast Hawser is, next to raw UDP multicast, ZeroMQ and Corosync. README.md says what is measured,
// and how.
#include <csignal>
#include <cstdio>
#include <memory>
#include <variant>

#include "tests/bench/command_line.hpp"
#include "tests/bench/roles.hpp"
#include "tests/bench/wrong_messages.hpp"
#include "transport/io/system_error.hpp"

namespace hawser::bench {
namespace {

// Of streams: whether all came as it should.
template <typename Figures>
Status checked(const Result<Figures>& figures) {
  if (!figures) return figures.error();
  return nothing_is_wrong(wrong_of_hawser(figures.value()));
}

// The figures have been reported; what is left is whether it went well.
template <typename T>
Status status_of(const Result<T>& result) {
  if (!result) return result.error();
  return Ok{};
}

Status measure(const SuitePlan& /*plan*/, Output& output) { return run_suite(output); }
Status measure(const ThroughputPlan& plan, Output& output) {
  describe_machine(output);
  return checked(measure_throughput(plan, output));
}
Status measure(const LatencyPlan& plan, Output& output) {
  describe_machine(output);
  return checked(measure_latency(plan, output));
}
Status measure(const GroupsPlan& plan, Output& output) {
  describe_machine(output);
  return status_of(measure_groups(plan, output));
}
Status measure(const ViewChangePlan& plan, Output& output) {
  describe_machine(output);
  return measure_view_changes(plan, output);
}
Status measure(const MemoryPlan& plan, Output& output) {
  describe_machine(output);
  return status_of(measure_memory(plan, output));
}
Status measure(const SlowPlan& plan, Output& output) {
  describe_machine(output);
  return measure_slow(plan, output);
}
Status measure(const DetectionPlan& plan, Output& output) {
  describe_machine(output);
  return measure_detection(plan, output);
}
Status measure(const MappingPlan& plan, Output& output) {
  describe_machine(output);
  return status_of(measure_mapping(plan, output));
}

Status measure(const PatternsPlan& plan, Output& output) {
  describe_machine(output);
  return measure_patterns(plan, output);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Runner {
  const CommandLine& command;

  int operator()(const Notice& notice) const {
    std::fputs(notice.text.c_str(), notice.exit_code == 0 ? stdout : stderr);
    return notice.exit_code;
  }
  int operator()(const RolePlan& plan) const { return run_role(plan.role); }
  template <typename Plan>
  int operator()(const Plan& plan) const {
    std::unique_ptr<std::FILE, CloseFile> file;
    if (!command.out.empty()) {
      file.reset(std::fopen(command.out.c_str(), "we"));
      if (!file) return fail(system_error("cannot write " + command.out));
    }
    Output output{command.json, file.get()};
    const Status done = measure(plan, output);
    output.progress("");
    return done ? 0 : fail(done.error());
  }

  static int fail(const Error& error) {
    std::fprintf(stderr, "hawser-bench: %s\n", error.message.c_str());
    return 1;
  }
};

}  // namespace
}  // namespace hawser::bench

int main(int argc, char** argv) {
  // Writing to a process that was killed is an error to handle, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  const auto command = hawser::bench::parse_command_line(argc, argv);
  return std::visit(hawser::bench::Runner{command}, command.plan);
}
