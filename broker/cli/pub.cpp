#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "broker/cli/commands.hpp"
#include "broker/cli/company.hpp"
#include "broker/cli/complain.hpp"
#include "broker/cli/format.hpp"
#include "broker/cli/input.hpp"
#include "broker/cli/join_options.hpp"
#include "broker/cli/output.hpp"
#include "hawser/bus.hpp"

namespace hawser::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// How long to wait for room in the send queue, for the members to have everything, and for leaving.
constexpr std::chrono::milliseconds kPatience{10000};

class Pub {
 public:
  Pub(Bus& bus, const PubArguments& arguments)
      : bus_(bus), arguments_(arguments), output_(Output::to_standard_output()) {}

  Status publish_all() {
    if (auto published = publish_input(); !published) return published;
    return output_.flush();
  }

 private:
  Status publish_input() {
    if (arguments_.text && *arguments_.text != "-") return publish(*arguments_.text);
    Input input(STDIN_FILENO, Options().payload_bytes_max);
    if (isatty(STDIN_FILENO) == 1) std::fputs("hawser pub: reading from the terminal; Ctrl-D ends\n", stderr);
    return arguments_.text ? publish_lines(input) : publish_whole(input);
  }

  Status publish_lines(Input& input) {
    while (true) {
      const auto line = input.next_line();
      if (!line) return line.error();
      if (!line->has_value()) return Ok{};
      if (auto published = publish(**line); !published) return published;
    }
  }

  Status publish_whole(Input& input) {
    const auto whole = input.all();
    if (!whole) return whole.error();
    return publish(*whole);
  }

  Status publish(const std::string& payload) {
    const auto number = publish_when_there_is_room(payload);
    if (!number) return number.error();
    if (!arguments_.json) return Ok{};
    return output_.write(published_json_line(arguments_.topic, arguments_.key, *number, payload.size()));
  }

  Result<std::uint64_t> publish_when_there_is_room(const std::string& payload) {
    const auto deadline = Clock::now() + kPatience;
    while (true) {
      auto number = bus_.publish(arguments_.topic, payload, arguments_.key);
      if (number || number.error().code != Errc::would_block || Clock::now() >= deadline) return number;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  Bus& bus_;
  const PubArguments& arguments_;
  Output output_;
};

// What it is not told is as it is by default.
Status tell_topic(Bus& bus, const PubArguments& arguments) {
  if (arguments.order.empty() && arguments.history == 0 && !arguments.retained) return Ok{};
  TopicOptions options;
  if (arguments.order == "total") options.order = TopicOrder::total;
  options.history.messages = arguments.history;
  if (arguments.retained) options.durability = Durability::retained;
  return bus.declare(arguments.topic, options, kPatience);
}

Status publish_and_leave(Bus& bus, const PubArguments& arguments) {
  if (auto told = tell_topic(bus, arguments); !told) return told;
  if (auto published = Pub(bus, arguments).publish_all(); !published) return published;
  if (auto flushed = bus.flush(kPatience); !flushed) return flushed;
  return bus.leave(kPatience);
}

Error nobody_there(const PubArguments& arguments) {
  return {Errc::timeout, "no other node in domain \"" + arguments.bus.domain + "\" on " + arguments.bus.interface +
                             ", so nothing was published: start a subscriber, check --domain and --interface, or wait "
                             "longer with --wait"};
}

}  // namespace

int run_pub(const PubArguments& arguments) {
  const auto company = std::make_shared<Company>();
  Options options = join_options(arguments.bus);
  options.on_event = [company](const BusEvent& event) { company->on_event(event); };
  auto bus = Bus::join(std::move(options));
  if (!bus) return complain("pub", bus.error());
  const std::chrono::duration<double> wait(arguments.wait_seconds);
  if (wait.count() > 0 && !company->wait(wait)) return complain("pub", nobody_there(arguments));
  const Status done = publish_and_leave(*bus, arguments);
  return done ? static_cast<int>(kExitOk) : complain("pub", done.error());
}

}  // namespace hawser::cli
