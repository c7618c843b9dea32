#include "examples/stock_ticker/options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>

namespace ticker {
namespace {

constexpr const char* kAbout =
    "A stock ticker over Hawser: one publisher, three tickers, a fourth that joins late, and one kill -9, after which\n"
    "the killed one is started again with its store.\n"
    "Every figure of the summary is measured; the exit code is 0 only if nothing was lost or doubled.";

constexpr const char* kExamples =
    "Examples:\n"
    "  stock_ticker                                    the built-in market, about 20 seconds\n"
    "  stock_ticker --ticks ticks.csv.gz --speed 20    recorded ticks, twenty times as fast as they came\n"
    "  stock_ticker --daily daily.csv.gz --max         daily prices, as fast as the bus takes them\n"
    "Exit codes: 0 all holds, 1 something does not, 2 wrong usage, 3 the feed's file cannot be used.";

constexpr const char* role_name(DemoOptions::Role role) {
  return role == DemoOptions::Role::publisher ? "publisher" : "ticker";
}

std::string exact(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

// What CLI11 fills in; translated once the whole line is known to be good.
struct Arguments {
  std::string ticks;
  std::string daily;
  std::string role;
};

void declare(CLI::App& app, DemoOptions& options, Arguments& arguments) {
  auto* ticks = app.add_option("--ticks", arguments.ticks, "Replay trades and quotes by their receive times");
  auto* daily = app.add_option("--daily", arguments.daily, "Replay daily prices in date order, 16 ms a trading day");
  ticks->type_name("FILE.csv.gz")->excludes(daily);
  daily->type_name("FILE.csv.gz");
  auto* speed = app.add_option("--speed", options.pace.speed, "Replay so many times as fast (1)");
  speed->type_name("X")->check(CLI::Range(1e-6, 1e6).description(""));
  app.add_flag("--max", options.pace.max, "Replay as fast as the bus takes it")->excludes(speed);
  app.add_option("--rows", options.feed.rows_max, "Stop after so many rows")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40).description(""));
  app.add_option("--seed", options.feed.seed, "Seed of the built-in market (1)")->type_name("N");
  app.add_option("--domain", options.domain, "Bus domain (one of its own for each run)")
      ->type_name("NAME")
      ->check([](const std::string& name) {
        return name.empty() || name.size() > 64 ? std::string{"a domain's name has 1 to 64 bytes"} : std::string{};
      });
  // How the demo starts its own child processes; empty group = not in the help.
  app.add_option("--role", arguments.role)->check(CLI::IsMember({"publisher", "ticker"}))->group("");
  app.add_option("--store", options.store)->group("");
}

void translate(const Arguments& arguments, DemoOptions& options) {
  if (!arguments.ticks.empty()) {
    options.feed.kind = FeedChoice::Kind::ticks;
    options.feed.path = arguments.ticks;
  } else if (!arguments.daily.empty()) {
    options.feed.kind = FeedChoice::Kind::daily;
    options.feed.path = arguments.daily;
  }
  if (!arguments.role.empty()) {
    options.role = arguments.role == "publisher" ? DemoOptions::Role::publisher : DemoOptions::Role::ticker;
  }
  if (options.domain.empty()) options.domain = "stock-ticker-" + std::to_string(getpid());
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Arguments arguments;
  CLI::App app(kAbout, "stock_ticker");
  app.footer(kExamples);
  declare(app, parsed.options, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    parsed.exit_code = code == 0 ? 0 : 2;  // CLI11 has a code of its own for each kind of wrong usage.
    parsed.output = out.str();
    return parsed;
  }
  translate(arguments, parsed.options);
  parsed.run = true;
  return parsed;
}

std::vector<std::string> child_arguments(const DemoOptions& options, DemoOptions::Role role) {
  std::vector<std::string> arguments = {"--role", role_name(role), "--domain", options.domain};
  const auto add = [&arguments](const char* name, const std::string& value) {
    arguments.insert(arguments.end(), {name, value});
  };
  if (options.feed.kind == FeedChoice::Kind::ticks) add("--ticks", options.feed.path);
  if (options.feed.kind == FeedChoice::Kind::daily) add("--daily", options.feed.path);
  if (options.feed.rows_max > 0) add("--rows", std::to_string(options.feed.rows_max));
  if (!options.store.empty()) add("--store", options.store);
  add("--seed", std::to_string(options.feed.seed));
  if (options.pace.max) {
    arguments.push_back("--max");
  } else {
    add("--speed", exact(options.pace.speed));
  }
  return arguments;
}

}  // namespace ticker
