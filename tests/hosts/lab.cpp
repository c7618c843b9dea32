#include "tests/hosts/lab.hpp"

#include <algorithm>

namespace hawser::hosts {
namespace {

std::string port(std::size_t host) { return "port" + std::to_string(host); }

/// { "port0", "port3" }
std::string ports(const std::vector<std::size_t>& hosts) {
  std::string text;
  for (const std::size_t host : hosts) text += (text.empty() ? "" : ", ") + ("\"" + port(host) + "\"");
  return "{ " + text + " }";
}

}  // namespace

Result<std::unique_ptr<Lab>> Lab::create(std::size_t hosts) {
  auto bridge = NetworkNamespace::create();
  if (!bridge) return bridge.error();
  std::vector<NetworkNamespace> made;
  for (std::size_t i = 0; i < hosts; ++i) {
    auto host = NetworkNamespace::create();
    if (!host) return host.error();
    made.push_back(std::move(host).value());
  }
  std::unique_ptr<Lab> lab{new Lab{std::move(bridge).value(), std::move(made)}};
  if (auto connected = lab->connect(); !connected) return connected.error();
  if (auto healed = lab->heal(); !healed) return healed.error();
  return lab;
}

std::string Lab::address(std::size_t index) { return "10.77.0." + std::to_string(index + 1); }

Status Lab::connect() {
  // Without snooping the bridge sends multicast to all ports, as a simple switch does.
  std::string wiring = "link add bridge0 type bridge stp_state 0 mcast_snooping 0\nlink set bridge0 up\n";
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    wiring += "link add " + port(i) + " type veth peer name eth0 netns " + hosts_[i].path() + "\n";
    wiring += "link set " + port(i) + " master bridge0 up\n";
  }
  if (auto done = bridge_.run({"ip", "-batch", "-"}, wiring); !done) return done;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::string setup =
        "link set lo up\nlink set eth0 up\naddr add " + address(i) + "/24 dev eth0\nroute add 224.0.0.0/4 dev eth0\n";
    if (auto done = hosts_[i].run({"ip", "-batch", "-"}, setup); !done) return done;
  }
  return Ok{};
}

Status Lab::heal() {
  return bridge_.run({"nft", "-f", "-"},
                     "add table bridge lab\ndelete table bridge lab\nadd table bridge lab\n"
                     "add chain bridge lab faults { type filter hook forward priority 0; policy accept; }\n");
}

Status Lab::add_rule(const std::string& rule) {
  return bridge_.run({"nft", "-f", "-"}, "add rule bridge lab faults " + rule + "\n");
}

Status Lab::part(const std::vector<std::size_t>& side) { return part(side, ""); }

Status Lab::part_at(const std::vector<std::size_t>& side, std::chrono::sys_seconds at) {
  return part(side, "meta time >= " + std::to_string(at.time_since_epoch().count()) + " ");
}

Status Lab::part(const std::vector<std::size_t>& side, const std::string& when) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    if (std::find(side.begin(), side.end(), i) == side.end()) others.push_back(i);
  }
  if (auto done = add_rule("iifname " + ports(side) + " oifname " + ports(others) + " " + when + "drop"); !done)
    return done;
  return add_rule("iifname " + ports(others) + " oifname " + ports(side) + " " + when + "drop");
}

Status Lab::cut(std::size_t from, std::size_t to) {
  return add_rule("iifname \"" + port(from) + "\" oifname \"" + port(to) + "\" drop");
}

Status Lab::lose(unsigned permille) {
  if (permille >= 1000) return add_rule("drop");
  return add_rule("numgen random mod 1000 < " + std::to_string(permille) + " drop");
}

Status Lab::block_multicast() { return block("ip daddr 224.0.0.0/4"); }

Status Lab::block_groups_but(const std::string& address, std::size_t to) {
  return block("oifname \"" + port(to) + "\" ip daddr 224.0.0.0/4 ip daddr != " + address);
}

// In a table of its own, which heal() does not touch: not for a moment does a multicast pass.
Status Lab::block(const std::string& what) {
  return bridge_.run({"nft", "-f", "-"},
                     "add table bridge multicast\n"
                     "add chain bridge multicast block { type filter hook forward priority 1; policy accept; }\n"
                     "add rule bridge multicast block " +
                         what + " drop\n");
}

}  // namespace hawser::hosts
