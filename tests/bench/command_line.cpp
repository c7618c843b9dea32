#include "tests/bench/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "tests/bench/detection_options.hpp"
#include "tests/bench/mapping_options.hpp"
#include "tests/bench/one_of.hpp"
#include "tests/bench/raw_credit.hpp"
#include "tests/bench/slow_options.hpp"
#include "tests/bench/stream_options.hpp"

namespace hawser::bench {
namespace {

constexpr std::size_t kPayloadBytesLimit = 16384;  // The raw system's datagrams must hold one.

const std::map<std::string, GroupEventKind>& group_event_names() {
  static const std::map<std::string, GroupEventKind> names{
      {"join", GroupEventKind::join}, {"leave", GroupEventKind::leave}, {"kill", GroupEventKind::kill}};
  return names;
}

const std::map<std::string, ViewChangeCause>& cause_names() {
  static const std::map<std::string, ViewChangeCause> names{{"crash", ViewChangeCause::crash},
                                                            {"leave", ViewChangeCause::leave},
                                                            {"join", ViewChangeCause::join},
                                                            {"merge", ViewChangeCause::merge}};
  return names;
}

const std::map<std::string, TopicPick>& pick_names() {
  static const std::map<std::string, TopicPick> names{{"round-robin", TopicPick::round_robin},
                                                      {"zipf", TopicPick::zipf}};
  return names;
}

CLI::Validator calls_of_memory() {
  const std::string step = std::to_string(MemoryPlan::kTopicsPerCall);
  return {[step](const std::string& topics) {
            return std::stoul(topics) % MemoryPlan::kTopicsPerCall == 0 ? "" : "not a multiple of " + step;
          },
          "multiples of " + step};
}

class Parser {
 public:
  Parser() {
    app_.require_subcommand(1);
    app_.footer(
        "Examples:\n"
        "  hawser-bench suite\n"
        "  hawser-bench throughput --bytes 64,1024 --system hawser,zmq --rounds 3\n"
        "  hawser-bench throughput --system hawser --topics 1,10000 --pick round-robin,zipf\n"
        "  hawser-bench throughput --order fifo,total,safe\n"
        "  hawser-bench latency --rate 1000\n"
        "  hawser-bench latency --hosts --order total --sequencer sender,receiver\n"
        "  hawser-bench groups --topics 1,10,100,1000,10000 --event join --json\n"
        "  hawser-bench view-change --cause crash --members 2,8,32 --json\n"
        "  hawser-bench view-change --simulated --members 16,64,128\n"
        "  hawser-bench slow --members 4 --how stopped,duty\n"
        "  hawser-bench detection --minutes 10 --stress 2 --loss 1% --silence 300\n"
        "  hawser-bench mapping --nodes 50 --topics 100000 --load community\n"
        "  hawser-bench patterns --counts 1000,100000");
    add("suite", "all of the below in a few minutes, and whether the aims are met");
    add_throughput();
    add_latency();
    add_groups();
    add_view_change();
    add_memory();
    add_slow_options(*add("slow", "what a slow or stopped member costs the others of its group"), slow_);
    add_detection_options(*add("detection", "how fast failures are found, and who is suspected falsely; needs root"),
                          detection_);
    add_mapping_options(*add("mapping", "where topics are placed, and at what cost; without a network"), mapping_);
    add_patterns_options(*add("patterns", "what matching topics and patterns costs; without a network"), patterns_);
    add("role", "a process of a running bench; started by the bench itself")
        ->group("")
        ->add_option("role", role_.role)
        ->required();
  }

  CommandLine parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      std::ostringstream text;
      const int exit_code = app_.exit(error, text, text);
      return {.plan = Notice{text.str(), exit_code == 0 ? 0 : 2}};
    }
    return {chosen(), json_, out_};
  }

 private:
  CLI::App* add(const std::string& name, const std::string& what) {
    CLI::App* command = app_.add_subcommand(name, what);
    command->add_flag("--json", json_, "a line of JSON for each figure instead of the table");
    command->add_option("--out", out_, "a file for the lines of JSON, beside the table")->type_name("FILE");
    return command;
  }

  void add_throughput() {
    CLI::App* command = add("throughput", "messages per second at the slowest receiver, as fast as the sender can");
    add_stream_options(*command, throughput_.choice);
    command->add_option("--bytes", throughput_.payload_bytes, "payload sizes")
        ->delimiter(',')
        ->check(CLI::Range(kPayloadBytesMin, kPayloadBytesLimit))
        ->capture_default_str();
    add_topics(command, throughput_.choice.topics);
    command
        ->add_option("--pick", throughput_.choice.picks,
                     "of many topics the next: round-robin, zipf (default: round-robin)")
        ->delimiter(',')
        ->type_name("")
        ->transform(one_of(pick_names()));
    add_common(command, throughput_);
  }

  void add_latency() {
    CLI::App* command = add("latency", "one-way latency at a given rate");
    add_stream_options(*command, latency_.choice);
    command->add_option("--bytes", latency_.payload_bytes, "payload size")
        ->check(CLI::Range(kPayloadBytesMin, kPayloadBytesLimit))
        ->capture_default_str();
    command->add_option("--rate", latency_.rate, "messages per second")
        ->check(CLI::Range(1U, 100000U))
        ->capture_default_str();
    add_common(command, latency_);
  }

  void add_groups() {
    CLI::App* command = add("groups", "how long until a node is in or out of all topics, at all of their members");
    command->add_option("--event", groups_.events, "join, leave, kill: these take turns (default: all)")
        ->delimiter(',')
        ->type_name("")
        ->transform(one_of(group_event_names()));
    add_topics(command, groups_.topics);
    add_rounds(command, groups_.rounds);
  }

  void add_view_change() {
    CLI::App* command = add("view-change", "from a node's coming or going until the last member has the next view");
    command->add_option("--cause", view_change_.causes, "crash, leave, join, merge: these take turns (default: all)")
        ->delimiter(',')
        ->type_name("")
        ->transform(one_of(cause_names()));
    command->add_option("--members", view_change_.members, "of the larger view; up to 32, simulated up to 128")
        ->delimiter(',')
        ->check(CLI::Range(2U, kSimulatedMembersMax))
        ->capture_default_str();
    command->add_flag("--simulated", view_change_.simulated, "in the simulator's time, not as processes");
    add_rounds(command, view_change_.rounds);
    command->callback([this] {
      const auto most = *std::max_element(view_change_.members.begin(), view_change_.members.end());
      if (view_change_.simulated || most <= kRealMembersMax) return;
      throw CLI::ValidationError("--members", "more than " + std::to_string(kRealMembersMax) +
                                                  " need --simulated: they would not be processes on one machine");
    });
  }

  void add_memory() {
    CLI::App* command = add("memory", "what a node needs for each topic that it is in");
    add_topics(command, memory_.topics)->check(calls_of_memory());
    add_rounds(command, memory_.rounds);
  }

  static CLI::Option* add_topics(CLI::App* command, std::vector<std::uint32_t>& topics) {
    return command->add_option("--topics", topics, "numbers of topics")
        ->delimiter(',')
        ->check(CLI::Range(1U, 100000U))
        ->capture_default_str();
  }

  template <typename Plan>
  static void add_common(CLI::App* command, Plan& plan) {
    command->add_option("--receivers", plan.receivers, "receiving processes")
        ->check(CLI::Range(std::size_t{1}, RawCredit::kReceiversMax))
        ->capture_default_str();
    command->add_option("--seconds", plan.seconds, "of sending, in each round")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();
    add_rounds(command, plan.rounds);
  }

  static void add_rounds(CLI::App* command, std::uint32_t& rounds) {
    command->add_option("--rounds", rounds, "of which the median counts")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
  }

  [[nodiscard]] decltype(CommandLine::plan) chosen() const {
    if (app_.got_subcommand("throughput")) return throughput_;
    if (app_.got_subcommand("latency")) return latency_;
    if (app_.got_subcommand("groups")) return groups_;
    if (app_.got_subcommand("view-change")) return view_change_;
    if (app_.got_subcommand("memory")) return memory_;
    if (app_.got_subcommand("mapping")) return mapping_;
    if (app_.got_subcommand("patterns")) return patterns_;
    if (app_.got_subcommand("slow")) return slow_;
    if (app_.got_subcommand("detection")) return detection_;
    if (app_.got_subcommand("role")) return role_;
    return SuitePlan{};
  }

  CLI::App app_{"Measures Hawser on this machine's loopback, next to raw UDP multicast, ZeroMQ and Corosync",
                "hawser-bench"};
  bool json_ = false;
  std::string out_;
  ThroughputPlan throughput_;
  LatencyPlan latency_;
  GroupsPlan groups_;
  ViewChangePlan view_change_;
  MemoryPlan memory_;
  MappingPlan mapping_;
  PatternsPlan patterns_;
  SlowPlan slow_;
  DetectionPlan detection_;
  RolePlan role_;
};

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) { return Parser{}.parse(argc, argv); }

}  // namespace hawser::bench
