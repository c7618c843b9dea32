#include <sys/utsname.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/carriers.hpp"
#include "tests/bench/raw_datagram.hpp"

namespace hawser::bench {
namespace {

std::string processor_name() {
  std::ifstream file{"/proc/cpuinfo"};
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "unknown";
}

std::string zmq_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  ::zmq_version(&major, &minor, &patch);
  return format("%d.%d.%d", major, minor, patch);
}

std::string compiler() {
#if defined(__clang__)
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string date_and_time() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

double load_average() {
  double load = 0;
  std::ifstream{"/proc/loadavg"} >> load;
  return load;
}

}  // namespace

void describe_machine(Output& output) {
  const unsigned cores = std::thread::hardware_concurrency();
  const double load = load_average();
  output.figure({{"figure", "machine"},
                 {"processor", processor_name()},
                 {"cores", cores},
                 {"kernel", kernel_release()},
                 {"compiler", compiler()},
                 {"date", date_and_time()},
                 {"zmq", zmq_version()},
                 {"loopback_mtu_bytes", loopback_mtu_bytes()},
                 {"datagram_bytes_max", kRawDatagramBytesMax},
                 {"load_average", load}});
  output.text(processor_name() + ", " + std::to_string(cores) + " cores, Linux " + kernel_release() + ", ZeroMQ " +
              zmq_version());
  output.text(format("Loopback with an MTU of %zu B, datagrams of up to %zu B, no UDP GSO or GRO.",
                     loopback_mtu_bytes(), kRawDatagramBytesMax));
  if (load > 0.5) output.text(format("Others are using this machine (load %.1f): these figures are too low.", load));
}

}  // namespace hawser::bench
