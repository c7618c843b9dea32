#include "transport/io/network_interface.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "transport/io/file_descriptor.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

using InterfaceList = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;

std::uint32_t address_in(const sockaddr* address) {
  sockaddr_in inet{};
  std::memcpy(&inet, address, sizeof inet);
  return ntohl(inet.sin_addr.s_addr);
}

/// All of 127.0.0.0/8 belongs to the loopback interface, whatever address is set on it.
bool has_address(const ifaddrs& entry, std::uint32_t address) {
  const std::uint32_t own = address_in(entry.ifa_addr);
  if (own == address) return true;
  if ((entry.ifa_flags & IFF_LOOPBACK) == 0 || entry.ifa_netmask == nullptr) return false;
  return ((own ^ address) & address_in(entry.ifa_netmask)) == 0;
}

Result<NetworkInterface> describe(const ifaddrs& entry, std::uint32_t address) {
  NetworkInterface found;
  found.name = entry.ifa_name;
  found.index = static_cast<int>(::if_nametoindex(entry.ifa_name));
  found.address = address;
  found.loopback = (entry.ifa_flags & IFF_LOOPBACK) != 0;

  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq request{};
  std::strncpy(request.ifr_name, entry.ifa_name, IFNAMSIZ - 1);
  if (!socket || ::ioctl(socket.get(), SIOCGIFMTU, &request) != 0) {
    return system_error("cannot read the MTU of interface " + found.name);
  }
  found.mtu_bytes = static_cast<std::size_t>(request.ifr_mtu);
  return found;
}

}  // namespace

Result<NetworkInterface> find_interface(const std::string& address) {
  in_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1) {
    return Error{Errc::invalid_argument, "'" + address + "' is no IPv4 address like 127.0.0.1"};
  }
  const std::uint32_t wanted = ntohl(parsed.s_addr);

  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return system_error("cannot list the network interfaces");
  const InterfaceList list{first, &::freeifaddrs};

  std::string known;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    if (has_address(*entry, wanted)) return describe(*entry, wanted);
    char text[INET_ADDRSTRLEN] = {};
    const in_addr own{htonl(address_in(entry->ifa_addr))};
    ::inet_ntop(AF_INET, &own, text, sizeof text);
    known += std::string{known.empty() ? "" : ", "} + text + " (" + entry->ifa_name + ")";
  }
  return Error{Errc::invalid_argument, address + " is no address of this machine; it has " + known};
}

}  // namespace hawser
