// Planted faults: deliberate bugs, one at a time, that show that the checkers can fail. Compiled out of release builds.
#pragma once

#if defined(HAWSER_FAULTS)

#include <string>
#include <string_view>

namespace hawser::fault {

/// The fault that is on in this process; empty for none. Threads: set it before any machine runs.
inline std::string& active() {
  static std::string name;
  return name;
}
inline bool is_on(std::string_view name) { return active() == name; }

}  // namespace hawser::fault

/// True while a test has switched on the fault of this name.
#define HAWSER_FAULT(name) (::hawser::fault::is_on(name))

#else

#define HAWSER_FAULT(name) false

#endif
