#include "pubsub-api/src/doctor/host_facts.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>

#include "transport/io/file_descriptor.hpp"
#include "transport/io/multicast_probe.hpp"
#include "transport/io/socket_options.hpp"
#include "transport/io/steady_time.hpp"
#include "transport/io/udp_multicast.hpp"

namespace hawser {
namespace {

constexpr int kClockReadings = 1000;

std::optional<std::uint64_t> number_in(const char* path) {
  std::uint64_t number = 0;
  std::ifstream file{path};
  if (file >> number) return number;
  return std::nullopt;
}

void take_descriptors(HostFacts& facts) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  facts.descriptors_max = limit.rlim_cur;
  facts.descriptors_hard_max = limit.rlim_max;
}

void take_receive_buffer(HostFacts& facts) {
  facts.receive_buffer_asked = static_cast<std::size_t>(UdpConfig{}.receive_buffer_bytes);
  facts.receive_buffer_max = number_in("/proc/sys/net/core/rmem_max");
  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return;
  facts.receive_buffer_unprivileged = set_receive_buffer_within_limit(socket.get(), UdpConfig{}.receive_buffer_bytes);
  facts.receive_buffer_granted = set_receive_buffer(socket.get(), UdpConfig{}.receive_buffer_bytes);
}

void take_clock(HostFacts& facts) {
  std::ifstream{"/sys/devices/system/clocksource/clocksource0/current_clocksource"} >> facts.clock_source;
  facts.today = std::chrono::system_clock::now();
  const Time first = steady_now();
  Time last = first;
  for (int i = 0; i < kClockReadings; ++i) {
    const Time now = steady_now();
    facts.clock_went_back = facts.clock_went_back || now < last;
    last = now;
  }
  facts.clock_reading = (last - first) / kClockReadings;
}

}  // namespace

HostFacts take_host_facts(const std::string& domain, const std::string& interface) {
  HostFacts facts;
  facts.interface = find_interface(interface);
  if (facts.interface) facts.multicast = probe_multicast(domain, interface);
  facts.memberships_max = number_in("/proc/sys/net/ipv4/igmp_max_memberships");
  take_descriptors(facts);
  take_receive_buffer(facts);
  take_clock(facts);
  return facts;
}

}  // namespace hawser
