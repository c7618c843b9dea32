// The `hawser` command: a bus for shell scripts, and a first look at one.
#include <cstdio>
#include <variant>

#include "broker/cli/arguments.hpp"
#include "broker/cli/commands.hpp"

int main(int argc, char** argv) {
  using namespace hawser::cli;
  const Command command = parse_arguments(argc, argv, HAWSER_VERSION);
  if (const auto* pub = std::get_if<PubArguments>(&command)) return run_pub(*pub);
  if (const auto* sub = std::get_if<SubArguments>(&command)) return run_sub(*sub);
  const auto& notice = std::get<Notice>(command);
  std::fputs(notice.text.c_str(), notice.exit_code == kExitOk ? stdout : stderr);
  return notice.exit_code;
}
