// A stock ticker over Hawser; README.md tells the story.
#include <csignal>
#include <cstdio>

#include "examples/stock_ticker/options.hpp"
#include "examples/stock_ticker/orchestrator.hpp"
#include "examples/stock_ticker/roles.hpp"

int main(int argc, char** argv) {
  const ticker::ParsedOptions parsed = ticker::parse_options(argc, argv);
  std::fputs(parsed.output.c_str(), parsed.exit_code == 0 ? stdout : stderr);
  if (!parsed.run) return parsed.exit_code;
  // Writing to a process that was killed is an error to handle, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  switch (parsed.options.role) {
    case ticker::DemoOptions::Role::publisher: return ticker::run_publisher(parsed.options);
    case ticker::DemoOptions::Role::ticker: return ticker::run_ticker(parsed.options);
    case ticker::DemoOptions::Role::orchestrator: break;
  }
  return ticker::run_demo(parsed.options);
}
