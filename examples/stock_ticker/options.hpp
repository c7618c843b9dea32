// The demo's command line.
#pragma once

#include <string>
#include <vector>

#include "examples/stock_ticker/feed.hpp"

namespace ticker {

/// How fast the feed is replayed.
struct Pace {
  double speed = 1;  ///< 2 = twice as fast as the feed's own clock
  bool max = false;  ///< as fast as the bus takes it
};

struct DemoOptions {
  enum class Role { orchestrator, publisher, ticker };
  Role role = Role::orchestrator;
  FeedChoice feed;
  Pace pace;
  std::string domain;  ///< one per run, so that two demos on a machine do not meet
  std::string store;   ///< a ticker's folder
};

/// What the command line asks for: options to run with, or text to print and an exit code.
struct ParsedOptions {
  DemoOptions options;
  bool run = false;
  int exit_code = 0;
  std::string output;
};

ParsedOptions parse_options(int argc, const char* const* argv);

/// The arguments with which a child process gets the same options in another role.
std::vector<std::string> child_arguments(const DemoOptions& options, DemoOptions::Role role);

}  // namespace ticker
