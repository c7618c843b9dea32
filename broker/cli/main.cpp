// The `hawser` command: a bus for shell scripts, and a first look at one.
#include <fcntl.h>

#include <cstdio>
#include <variant>

#include "broker/cli/arguments.hpp"
#include "broker/cli/commands.hpp"

namespace {

/// A standard stream that the caller has closed would otherwise become the first socket or file that is opened.
void open_closed_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDWR));
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hawser::cli;
  open_closed_streams();
  const Command command = parse_arguments(argc, argv, HAWSER_VERSION);
  if (const auto* pub = std::get_if<PubArguments>(&command)) return run_pub(*pub);
  if (const auto* sub = std::get_if<SubArguments>(&command)) return run_sub(*sub);
  if (const auto* inspect = std::get_if<InspectArguments>(&command)) return run_inspect(*inspect);
  if (const auto* doctor = std::get_if<DoctorArguments>(&command)) return run_doctor(*doctor);
  if (const auto* store = std::get_if<StoreArguments>(&command)) return run_store(*store);
  const auto& notice = std::get<Notice>(command);
  std::fputs(notice.text.c_str(), notice.exit_code == kExitOk ? stdout : stderr);
  return notice.exit_code;
}
