#include "transport/core/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace hawser {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::too_large: return "too_large";
    case Errc::would_block: return "would_block";
    case Errc::timeout: return "timeout";
    case Errc::closed: return "closed";
    case Errc::system: return "system";
    case Errc::bad_data: return "bad_data";
  }
  return "unknown";
}

namespace detail {

void value_of_error(const Error& error) noexcept {
  const std::string_view code = to_string(error.code);
  std::fprintf(stderr, "value() of a failed Result: %.*s: %s\n", static_cast<int>(code.size()), code.data(),
               error.message.c_str());
  std::abort();
}

}  // namespace detail
}  // namespace hawser
