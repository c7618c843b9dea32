// What takes turns within a round of the stream benchmarks, and where it runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/output.hpp"
#include "tests/bench/stream_system.hpp"
#include "tests/hosts/lab.hpp"

namespace hawser::bench {

/// What to measure: each system with each of what it has a choice of.
struct StreamChoice {
  std::vector<System> systems{System::hawser, System::raw, System::zmq};
  std::vector<std::uint32_t> topics{1};                    ///< of hawser; the others know one stream only
  std::vector<TopicPick> picks{TopicPick::round_robin};    ///< of hawser, with many topics
  std::vector<Order> orders{Order::fifo};                  ///< of heavy
  std::vector<Sequencer> sequencers{Sequencer::receiver};  ///< of heavy, where the order has one
  /// Each process on a host of its own (a network namespace on a bridge): for heavy and Corosync only. Needs root.
  bool hosts = false;
};

struct StreamCase {
  System system = System::hawser;
  std::uint32_t topics = 1;
  TopicPick pick = TopicPick::round_robin;
  Order order = Order::fifo;
  Sequencer sequencer = Sequencer::receiver;

  /// "heavy, total, sender first"
  [[nodiscard]] std::string title() const;
  /// Of this case on that kind of place.
  [[nodiscard]] StreamSpec spec(bool hosts) const;
  /// What tells its figures from others', in their lines of JSON.
  [[nodiscard]] json identity() const;
};

/// Less those systems that can't be measured here: of these `output` tells why.
/// Errors: system  nothing is left.
Result<std::vector<StreamCase>> cases_of(const StreamChoice& choice, Output& output);

/// nullptr where all run on this machine's loopback. Errors: as Lab::create.
Result<std::unique_ptr<hosts::Lab>> place_for(bool on_hosts, std::size_t processes);

/// For titles of tables.
[[nodiscard]] std::string place_in_words(bool hosts);

}  // namespace hawser::bench
