#include "transport/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace hawser::detail {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: HAWSER_CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace hawser::detail
