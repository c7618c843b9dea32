#include "broker/cli/complain.hpp"

#include <cstdio>

#include "broker/cli/arguments.hpp"

namespace hawser::cli {

int complain(const std::string& command, const Error& error) {
  std::fprintf(stderr, "hawser %s: %s\n", command.c_str(), error.message.c_str());
  return error.code == Errc::invalid_argument ? kExitUsage : kExitFailure;
}

}  // namespace hawser::cli
