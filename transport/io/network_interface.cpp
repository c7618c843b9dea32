#include "transport/io/network_interface.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "transport/io/file_descriptor.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

using InterfaceList = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;

std::uint32_t address_in(const sockaddr* address) {
  if (address == nullptr) return 0;
  sockaddr_in inet{};
  std::memcpy(&inet, address, sizeof inet);
  return ntohl(inet.sin_addr.s_addr);
}

Result<std::size_t> read_mtu(const std::string& name) {
  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq request{};
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  if (!socket || ::ioctl(socket.get(), SIOCGIFMTU, &request) != 0) {
    return system_error("cannot read the MTU of interface " + name);
  }
  return static_cast<std::size_t>(request.ifr_mtu);
}

Result<NetworkInterface> describe(const ifaddrs& entry) {
  NetworkInterface found;
  // An address may carry a label ("eth0:1"), which is no interface of its own.
  const std::string label = entry.ifa_name;
  found.name = label.substr(0, label.find(':'));
  found.index = static_cast<int>(::if_nametoindex(found.name.c_str()));
  found.address = address_in(entry.ifa_addr);
  found.netmask = address_in(entry.ifa_netmask);
  found.loopback = (entry.ifa_flags & IFF_LOOPBACK) != 0;
  found.up = (entry.ifa_flags & IFF_UP) != 0;
  found.has_link = (entry.ifa_flags & IFF_RUNNING) != 0;
  auto mtu = read_mtu(found.name);
  if (!mtu) return mtu.error();
  found.mtu_bytes = *mtu;
  return found;
}

std::string to_text(std::uint32_t address) {
  char text[INET_ADDRSTRLEN] = {};
  const in_addr in_network_order{htonl(address)};
  ::inet_ntop(AF_INET, &in_network_order, text, sizeof text);
  return text;
}

/// "lo (127.0.0.1), eth0 (10.0.0.4, off)"
std::string in_words(const std::vector<NetworkInterface>& interfaces) {
  std::string text;
  for (const NetworkInterface& interface : interfaces) {
    if (!text.empty()) text += ", ";
    text += interface.name + " (" + to_text(interface.address) + (interface.up ? ")" : ", off)");
  }
  return text.empty() ? "none with an IPv4 address" : text;
}

std::optional<std::uint32_t> parse_address(const std::string& text) {
  in_addr parsed{};
  if (::inet_pton(AF_INET, text.c_str(), &parsed) != 1) return std::nullopt;
  return ntohl(parsed.s_addr);
}

/// All of 127.0.0.0/8 belongs to the loopback interface, whatever address is set on it.
bool has_address(const NetworkInterface& interface, std::uint32_t address) {
  if (interface.address == address) return true;
  return interface.loopback && ((interface.address ^ address) & interface.netmask) == 0;
}

}  // namespace

Result<std::vector<NetworkInterface>> list_interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return system_error("cannot list the network interfaces");
  const InterfaceList list{first, &::freeifaddrs};
  std::vector<NetworkInterface> interfaces;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    auto interface = describe(*entry);
    if (interface) interfaces.push_back(std::move(interface).value());  // One that has gone since is none.
  }
  return interfaces;
}

Result<NetworkInterface> find_interface(const std::string& name_or_address) {
  const auto interfaces = list_interfaces();
  if (!interfaces) return interfaces.error();
  const auto address = parse_address(name_or_address);
  const auto found = std::find_if(interfaces->begin(), interfaces->end(), [&](const NetworkInterface& interface) {
    return address ? has_address(interface, *address) : interface.name == name_or_address;
  });
  const std::string known = "; this machine has " + in_words(*interfaces);
  if (found == interfaces->end()) {
    return Error{Errc::invalid_argument, "'" + name_or_address + "' is " +
                                             (address ? "no address of this machine" : "no interface with an address") +
                                             known};
  }
  if (!found->up) return Error{Errc::invalid_argument, "interface " + found->name + " is switched off" + known};
  NetworkInterface interface = *found;
  if (address) interface.address = *address;
  return interface;
}

}  // namespace hawser
