#include "transport/core/result.hpp"

#include <cstdio>
#include <cstdlib>

#include "transport/core/check_hook.hpp"

namespace hawser {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::too_large: return "too_large";
    case Errc::would_block: return "would_block";
    case Errc::timeout: return "timeout";
    case Errc::not_primary: return "not_primary";
    case Errc::conflict: return "conflict";
    case Errc::closed: return "closed";
    case Errc::system: return "system";
    case Errc::bad_data: return "bad_data";
  }
  return "unknown";
}

namespace detail {

void value_of_error(const Error& error) noexcept {
  const std::string message =
      "value() of a failed Result: " + std::string{to_string(error.code)} + ": " + error.message;
  std::fprintf(stderr, "%s\n", message.c_str());
  run_check_hook(message.c_str());
  std::abort();
}

}  // namespace detail
}  // namespace hawser
