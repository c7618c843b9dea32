// What the bench's child processes do. They speak with the bench over their standard input and output.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/json_channel.hpp"
#include "tests/bench/stream_system.hpp"

namespace hawser::bench {

/// Of the groups and memory benchmarks: a node that subscribes to so many topics at a time.
struct MemberSpec {
  std::string domain;
  std::uint32_t members = 4;
  std::uint32_t topics = 1;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MemberSpec, domain, members, topics)

/// Of the detection benchmark: a node that tells what it goes through.
struct WatcherSpec {
  std::string domain;
  std::string interface = "eth0";
  std::uint32_t members = 5;
  std::uint32_t silence_ms = 250;
  std::uint32_t heartbeat_us = 25000;
  std::string impairment;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WatcherSpec, domain, interface, members, silence_ms, heartbeat_us, impairment)

/// What to start a child with.
json sender_role(const StreamSpec& spec);
json receiver_role(const StreamSpec& spec, std::uint32_t index);
json member_role(const MemberSpec& spec);
json watcher_role(const WatcherSpec& spec);
json stress_role(std::uint32_t index);

/// The child's main(). `role` is the text of one of the above.
int run_role(const std::string& role);

// One file for streams, one for members, one for watchers. Each says "opened" first, and ends when told "end"; of
// itself it ends with an error only, which run_role() passes on. Errors: as the system's.

/// After "opened" {address}: "prepare" is answered with "prepared" once all receivers are connected, "go" with
/// "sent" {messages, cpu_ns} once all is sent, and "sum up", when all is received, with "sum" {packets_repaired,
/// diary}.
Status run_sender(const StreamSpec& spec, JsonChannel& bench);
/// After "opened": "listen" {address} is answered with "ready", "expect" {messages} with
/// "result" {counts, latencies_ns, progress, diary, cpu_ns} once all have come or no more come.
Status run_receiver(const StreamSpec& spec, std::uint32_t index, JsonChannel& bench);
/// "joining" {at_ns} comes before all. After "opened" {name}: "subscribe" is answered with "synced" {began_ns, at_ns}
/// once it has the state of the topics, again with further ones, "unsubscribe" with "unsubscribed" {began_ns}, "tell
/// figures" with "figures" {figures}. Of itself it tells "view" {members, at_ns} of each control view, "failed" {node,
/// at_ns}, and, each time that as many topics as there are have changed, "changed" {changes, at_ns}, with all changes
/// so far.
Status run_member(const MemberSpec& spec, JsonChannel& bench);
/// "opened" {node} comes when it is in a view with all the others. "sum up" is answered with "sum" {self_fences}. Of
/// itself it tells "noted" {entry} of each entry of its diary, from its start.
Status run_watcher(const WatcherSpec& spec, JsonChannel& bench);
/// Says nothing: it takes all the time that it can get of one of the processors, the one of that number.
Status run_stress(std::uint32_t index, JsonChannel& bench);

}  // namespace hawser::bench
