#include "transport/io/peer_address.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

Result<std::uint32_t> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* first = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
  if (failure != 0) return Error{Errc::system, "host '" + host + "' is not known: " + ::gai_strerror(failure)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list{first, &::freeaddrinfo};
  sockaddr_in address{};
  std::memcpy(&address, first->ai_addr, sizeof address);
  return ntohl(address.sin_addr.s_addr);
}

}  // namespace

std::vector<Endpoint> found_endpoints(std::uint32_t address, std::string_view domain) {
  std::vector<Endpoint> endpoints;
  for (std::uint16_t i = 0; i < kFoundPorts; ++i) {
    endpoints.push_back({address, static_cast<std::uint16_t>(domain_port(domain) + i)});
  }
  return endpoints;
}

Result<std::vector<Endpoint>> parse_peer(const std::string& text, std::string_view domain) {
  const std::size_t colon = text.find(':');
  const std::string host = text.substr(0, colon);
  const auto port = colon == std::string::npos ? std::nullopt : parse_port(std::string_view{text}.substr(colon + 1));
  if (host.empty() || (colon != std::string::npos && !port)) {
    return Error{
        Errc::invalid_argument,
        "'" + text + "' is no peer: write 10.0.0.4:5000, or 10.0.0.4 for the nodes there without a chosen port"};
  }
  const auto address = resolve(host);
  if (!address) return address.error();
  if (port) return std::vector<Endpoint>{{*address, *port}};
  return found_endpoints(*address, domain);
}

}  // namespace hawser
