// Nodes' unicast beneath them, on a network inside the test.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "transport/link/unicast_fanout.hpp"
#include "transport/wire/packer.hpp"

namespace hawser::unicast_test {

using namespace std::chrono_literals;

inline constexpr GroupId kGroup{9};
inline constexpr std::uint64_t kDomain = 77;
inline constexpr Duration kHeartbeat = 15ms;

inline Endpoint endpoint_of(char name) { return {0x0a000000U + static_cast<std::uint32_t>(name), 5000}; }

/// Nodes named by letters. Unicast always passes; multicast does unless it is cut from one to another.
class Network {
 public:
  void add(char name, const std::string& candidates, bool sends_multicast = true, bool greets = true) {
    UnicastConfig config{.self = {Incarnation{static_cast<std::uint64_t>(name)}, endpoint_of(name)},
                         .domain = kDomain,
                         .sends_multicast = sends_multicast,
                         .greets = greets,
                         .candidates = {}};
    for (const char candidate : candidates) config.candidates.push_back(endpoint_of(candidate));
    sends_multicast_[name] = sends_multicast;
    nodes_[name] = std::make_unique<UnicastFanout>(std::move(config));
    Outbox out;
    nodes_[name]->on_start(now_, out);
    carry(name, out.control);
  }
  void remove(char name) { nodes_.erase(name); }
  void cut_multicast(char from, char to) { cut_.insert({from, to}); }
  void restore_multicast() { cut_.clear(); }
  /// A switch that forgets one group.
  void cut_group(char from, char to, GroupId group) { cut_groups_.insert({from, to, group}); }
  void restore_groups() { cut_groups_.clear(); }
  /// From now on it multicasts something to the group, too, as often as a heartbeat.
  void talk(char name, GroupId group, bool talks = true) {
    talks ? static_cast<void>(talks_.insert({name, group})) : static_cast<void>(talks_.erase({name, group}));
  }

  /// All nodes multicast a heartbeat to the control group every 15 ms.
  void run(Duration time) {
    for (const Time end = now_ + time; now_ < end; now_ += kHeartbeat) {
      for (const char name : names()) {
        Outbox out;
        if (nodes_[name]->next_deadline() <= now_) nodes_[name]->on_timeout(now_, out);
        carry(name, out.control);
        beat(name);
      }
      for (const auto& [name, group] : talks_) multicast(name, group, "talk");
    }
  }
  void multicast(char from, GroupId group, const std::string& text) {
    std::vector<OutboundDatagram> datagrams{
        {Destination::to_group(group), Buffer::copy_of(std::as_bytes(std::span{text}))}};
    carry(from, datagrams);
  }
  /// What members say to each other by unicast.
  void probe(char from, char to) {
    wire::Packer packer{kDomain, Incarnation{static_cast<std::uint64_t>(from)}, 1472};
    Outbox out;
    packer.send(Destination::to_node(endpoint_of(to)), wire::Probe{}, out);
    packer.write_header(out.control[0].bytes);
    carry(from, out.control);
  }
  /// A node's own heartbeat, which goes to everybody.
  void beat(char from) {
    wire::Packer packer{kDomain, Incarnation{static_cast<std::uint64_t>(from)}, 1472};
    Outbox out;
    packer.send(Destination::to_group(kControlGroup), wire::Heartbeat{}, out);
    packer.write_header(out.control[0].bytes);
    carry(from, out.control);
  }
  void hear(char name, GroupId group, bool hears = true) {
    Outbox out;
    nodes_[name]->on_address_change({group, hears}, out);
    carry(name, out.control);
  }
  /// The kernel grants it the group's socket after all.
  void open_group(char name, GroupId group) {
    Outbox out;
    nodes_[name]->on_heard_group(group, out);
    carry(name, out.control);
  }
  /// How often `text` came, by who got it; a multicast passes to all, whatever they have joined.
  [[nodiscard]] std::map<char, int> heard(const std::string& text) { return heard_[text]; }
  /// How many real datagrams came for the node itself.
  [[nodiscard]] int frames(char name) { return frames_[name]; }
  UnicastFanout& node(char name) { return *nodes_[name]; }
  [[nodiscard]] int unicasts() const { return unicasts_; }

 private:
  std::vector<char> names() const {
    std::vector<char> names;
    for (const auto& [name, node] : nodes_) names.push_back(name);
    return names;
  }
  void carry(char from, std::vector<OutboundDatagram>& datagrams) {
    std::vector<OutboundDatagram> routed;
    nodes_[from]->route(datagrams, routed);
    for (const auto& datagram : routed) {
      for (const char to : names()) {
        const bool multicast = datagram.destination.multicast;
        const GroupId group = datagram.destination.group;
        const bool passes = sends_multicast_[to] && to != from && !cut_.contains({from, to}) &&
                            !cut_groups_.contains({from, to, group});
        if (multicast ? !passes : datagram.destination.endpoint != endpoint_of(to)) continue;
        unicasts_ += multicast ? 0 : 1;
        arrive(to, {endpoint_of(from), datagram.bytes, multicast ? std::optional{group} : std::nullopt});
      }
    }
  }
  void arrive(char to, const ReceivedDatagram& datagram) {
    Outbox out;
    if (!nodes_[to]->on_datagram(datagram, now_, out)) {
      const ByteView bytes = datagram.bytes.bytes();
      if (bytes.size() > wire::kHeaderBytes) ++frames_[to];
      ++heard_[std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}][to];
    }
    carry(to, out.control);
  }

  std::map<char, std::unique_ptr<UnicastFanout>> nodes_;
  std::map<char, bool> sends_multicast_;
  std::map<char, int> frames_;
  std::set<std::pair<char, char>> cut_;
  std::set<std::tuple<char, char, GroupId>> cut_groups_;
  std::set<std::pair<char, GroupId>> talks_;
  std::map<std::string, std::map<char, int>> heard_;
  int unicasts_ = 0;
  Time now_{1h};
};

using Heard = std::map<char, int>;

}  // namespace hawser::unicast_test
