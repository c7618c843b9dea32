#include "examples/stock_ticker/display.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "examples/stock_ticker/plain_lines.hpp"
#include "examples/stock_ticker/table.hpp"

namespace ticker {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

std::unique_ptr<Display> make_display() {
  const bool terminal = isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb" && !environment("TERM").empty();
  if (!terminal) return std::make_unique<PlainLines>(STDOUT_FILENO);
  return std::make_unique<Table>(STDOUT_FILENO, environment("NO_COLOR").empty());
}

}  // namespace ticker
