// Some hosts on one Ethernet, all inside this machine: a network namespace each, on a bridge in one of its own. Faults
// are packet filter rules in the bridge, so that the hosts see nothing of them but what gets lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tests/hosts/network_namespace.hpp"
#include "transport/core/result.hpp"

namespace hawser::hosts {

/// Hosts are numbered from 0. Needs root, and the programs `ip` and `nft`. Threads: as NetworkNamespace.
class Lab {
 public:
  /// All hear each other.
  /// Errors: system  the machine cannot do it, or this user may not: the message says what is missing.
  static Result<std::unique_ptr<Lab>> create(std::size_t hosts);

  /// Those in `side` and the others do not hear each other.
  Status part(const std::vector<std::size_t>& side);
  /// The same from this moment on, to the microsecond: the rules are there before. Filters know whole seconds only.
  Status part_at(const std::vector<std::size_t>& side, std::chrono::sys_seconds at);
  /// `to` hears nothing of `from`.
  Status cut(std::size_t from, std::size_t to);
  /// Every host misses so many of a thousand frames, each for itself.
  Status lose(unsigned permille);
  /// No multicast passes from host to host, for good.
  Status block_multicast();
  /// No multicast passes to this host, for good, but what goes to this address: a switch that forgets groups.
  Status block_groups_but(const std::string& address, std::size_t to);
  /// Ends all that was done to the network but block_multicast() and block_groups_but().
  Status heal();

  [[nodiscard]] std::size_t size() const { return hosts_.size(); }
  [[nodiscard]] const NetworkNamespace& host(std::size_t index) const { return hosts_[index]; }
  /// The host's address on the Ethernet, on its interface "eth0".
  [[nodiscard]] static std::string address(std::size_t index);

 private:
  Lab(NetworkNamespace bridge, std::vector<NetworkNamespace> hosts)
      : bridge_(std::move(bridge)), hosts_(std::move(hosts)) {}
  Status connect();
  Status part(const std::vector<std::size_t>& side, const std::string& when);
  Status add_rule(const std::string& rule);
  Status block(const std::string& what);

  NetworkNamespace bridge_;
  std::vector<NetworkNamespace> hosts_;
};

}  // namespace hawser::hosts
