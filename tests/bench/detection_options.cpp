#include "tests/bench/detection_options.hpp"

#include <string>

#include "transport/link/impairment.hpp"

namespace hawser::bench {
namespace {

CLI::Validator share() {
  return {[](const std::string& text) {
            if (text.find(',') != std::string::npos) return std::string{"one share, and nothing else"};
            const auto parsed = parse_impairment("loss=" + text);
            return parsed ? std::string{} : parsed.error().message;
          },
          "SHARE"};
}

void add_detector(CLI::App& command, DetectionPlan& plan) {
  command.add_option("--silence", plan.silence_ms, "after so many ms a silent node is taken for gone")
      ->check(CLI::Range(50U, 60000U))
      ->capture_default_str();
  command.add_option("--heartbeat", plan.heartbeat_ms, "ms between heartbeats; 0: a sixteenth of the silence")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
}

void add_quiet(CLI::App& command, DetectionPlan& plan) {
  command.add_option("--quiet-min", plan.quiet_seconds_min, "seconds between two strikes, at the least")
      ->check(CLI::Range(0.0, 60.0))
      ->capture_default_str();
  command.add_option("--quiet-max", plan.quiet_seconds_max, "… and at the most")
      ->check(CLI::Range(0.0, 60.0))
      ->capture_default_str();
  command.callback([&plan] {
    if (plan.quiet_seconds_min <= plan.quiet_seconds_max) return;
    throw CLI::ValidationError("--quiet-min", "more than --quiet-max");
  });
}

}  // namespace

void add_detection_options(CLI::App& command, DetectionPlan& plan) {
  command.add_option("--minutes", plan.minutes, "of strikes and quiet between them")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  command.add_option("--strikes", plan.strikes_max, "ends after so many; 0: only the time counts")
      ->capture_default_str();
  command.add_option("--members", plan.members, "processes: two on the first host, one on each other")
      ->check(CLI::Range(4U, 16U))
      ->capture_default_str();
  command.add_option("--stress", plan.stress, "processes that never wait, at the members' priority")
      ->check(CLI::Range(0U, 64U))
      ->capture_default_str();
  command.add_option("--loss", plan.loss, "of the datagrams that each member receives: 1%, 0.5%")
      ->check(share())
      ->capture_default_str();
  add_detector(command, plan);
  add_quiet(command, plan);
  command.add_option("--seed", plan.seed, "of who is struck, and when")->capture_default_str();
}

}  // namespace hawser::bench
