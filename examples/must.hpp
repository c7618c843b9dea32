// What the examples do with errors, so that each can show its one feature: they end the program with the error's words.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include <unistd.h>

#include "hawser/result.hpp"

namespace examples {

/// The value, or the end of the program.
template <typename T>
T must(hawser::Result<T> result) {
  if (!result) {
    std::cerr << to_string(result.error().code) << ": " << result.error().message << '\n';
    std::exit(1);
  }
  return std::move(result).value();
}

/// A domain of this process's own: whoever else runs an example at the same time is not heard.
inline std::string own_domain() { return "example-" + std::to_string(getpid()); }

}  // namespace examples
