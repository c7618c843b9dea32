#include "transport/io/system_error.hpp"

#include <cerrno>
#include <system_error>

namespace hawser {

Error system_error(std::string_view what) {
  const int code = errno;
  return Error{Errc::system, std::string{what} + ": " + std::system_category().message(code)};
}

}  // namespace hawser
