#include "tests/bench/slow_options.hpp"

#include <map>
#include <string>

#include "tests/bench/one_of.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/stream_options.hpp"

namespace hawser::bench {
namespace {

const std::map<std::string, Slowness>& slowness_names() {
  static const std::map<std::string, Slowness> names{{"stopped", Slowness::stopped}, {"duty", Slowness::duty}};
  return names;
}

}  // namespace

void add_slow_options(CLI::App& command, SlowPlan& plan) {
  command
      .add_option(
          "--how", plan.how,
          "stopped: it stands still; duty: it runs for a hundredth of the time: these take turns (default: both)")
      ->delimiter(',')
      ->type_name("")
      ->transform(one_of(slowness_names()));
  command.add_option("--members", plan.members, "of the group, the sender and the slow one among them")
      ->check(CLI::Range(3U, 16U))
      ->capture_default_str();
  add_order_option(command, plan.order);
  command.add_flag("--hosts", plan.hosts, "each process on a network of its own, on one bridge; needs root");
  command.add_option("--bytes", plan.payload_bytes, "payload size")
      ->check(CLI::Range(kPayloadBytesMin, std::size_t{16384}))
      ->capture_default_str();
  command.add_option("--before", plan.seconds_before, "seconds of sending until one member is made slow")
      ->check(CLI::Range(1.0, 60.0))
      ->capture_default_str();
  command.add_option("--seconds", plan.seconds, "of sending from there on")
      ->check(CLI::Range(1.0, 60.0))
      ->capture_default_str();
  command.add_option("--rounds", plan.rounds, "of which the median counts")
      ->check(CLI::Range(1U, 1000U))
      ->capture_default_str();
}

}  // namespace hawser::bench
