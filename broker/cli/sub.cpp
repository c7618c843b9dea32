#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <utility>

#include "broker/cli/commands.hpp"
#include "broker/cli/complain.hpp"
#include "broker/cli/format.hpp"
#include "broker/cli/join_options.hpp"
#include "broker/cli/output.hpp"
#include "broker/cli/wake_ups.hpp"
#include "hawser/bus.hpp"

namespace hawser::cli {
namespace {

constexpr std::chrono::milliseconds kFlushInterval{200};

/// Prints what the subscription hands over. Threads: the handlers on the bus's thread, the rest on main's.
class Printer {
 public:
  Printer(const SubArguments& arguments, Output output, WakeUps& wake_ups)
      : arguments_(arguments), output_(std::move(output)), wake_ups_(wake_ups) {}

  Handlers handlers() {
    Handlers handlers;
    handlers.on_message = [this](const Message& message) { on_message(message); };
    handlers.on_synced = [this](const Synced& synced) {
      if (arguments_.json) print(json_line(synced));
    };
    handlers.on_gap = [this](const Gap& gap) {
      if (arguments_.json) return print(json_line(gap));
      std::fprintf(stderr, "hawser sub: %s\n", gap_words(gap).c_str());
    };
    handlers.on_watching = [this](const Watching& watching) {
      if (arguments_.json) print(json_line(watching));
    };
    return handlers;
  }

  [[nodiscard]] int fd() const { return output_.fd(); }

  /// Writes out what a file's buffer holds back.
  void flush() {
    const std::lock_guard lock(mutex_);
    if (!failure_) note(output_.flush());
  }

  /// Why printing ended, where it did not end as asked.
  std::optional<Error> failure() {
    const std::lock_guard lock(mutex_);
    // `sub | head -1` is no failure.
    if (failure_ && failure_->code == Errc::closed) return std::nullopt;
    return failure_;
  }

 private:
  void on_message(const Message& message) {
    if (arguments_.count > 0 && printed_ == arguments_.count) return;
    print(arguments_.json ? json_line(message) : text_line(message, has_several_topics(), output_.is_terminal()));
    if (++printed_ == arguments_.count) wake_ups_.wake();
  }

  [[nodiscard]] bool has_several_topics() const {
    return arguments_.topics.size() > 1 || !check_topic(arguments_.topics.front());
  }

  void print(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (!failure_) note(output_.write(line));
  }

  void note(const Status& status) {
    if (status) return;
    failure_ = status.error();
    wake_ups_.wake();
  }

  const SubArguments& arguments_;
  std::mutex mutex_;  // guards output_ and failure_
  Output output_;
  std::optional<Error> failure_;
  std::uint64_t printed_ = 0;
  WakeUps& wake_ups_;
};

Start start_of(const SubArguments& arguments) {
  if (arguments.start == "all") return Start::all();
  if (arguments.start == "last") return Start::last();
  return arguments.start == "none" ? Start::none() : Start::values();
}

Status listen(const SubArguments& arguments, Printer& printer, WakeUps& wake_ups) {
  auto bus = Bus::join(join_options(arguments.bus));
  if (!bus) return bus.error();
  {
    const auto subscription = bus->subscribe(arguments.topics, printer.handlers(), {.start = start_of(arguments)});
    if (!subscription) return subscription.error();
    while (!wake_ups.wait(kFlushInterval, printer.fd())) printer.flush();
  }
  printer.flush();
  return bus->leave();
}

}  // namespace

int run_sub(const SubArguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // A reader that is gone is told by write().
  const auto wake_ups = WakeUps::create();
  if (!wake_ups) return complain("sub", wake_ups.error());
  auto output = arguments.out.empty() ? Result<Output>(Output::to_standard_output()) : Output::to_file(arguments.out);
  if (!output) return complain("sub", output.error());
  Printer printer(arguments, std::move(output).value(), **wake_ups);
  const Status listened = listen(arguments, printer, **wake_ups);
  if (const auto failure = printer.failure()) return complain("sub", *failure);
  return listened ? static_cast<int>(kExitOk) : complain("sub", listened.error());
}

}  // namespace hawser::cli
