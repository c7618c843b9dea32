// What the applications of a run do meanwhile: publish, subscribe, unsubscribe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/world.hpp"

namespace hawser::sim {

struct WorkloadPlan {
  std::size_t topics = 8;
  Duration gap_max = 100ms;       ///< between two bursts of messages, of all nodes together
  std::uint64_t burst_max = 8;    ///< messages
  unsigned keyed_permille = 500;  ///< messages that have a key
  unsigned churn_permille = 30;   ///< bursts that are a subscribe or unsubscribe instead
  unsigned pattern_permille = 0;  ///< subscriptions that have a pattern, too
  unsigned pause_permille = 0;    ///< bursts that ask publishers of a subscription to wait, or to go on, instead
  unsigned declare_permille = 0;  ///< bursts that tell a topic its options instead; then subscribers start anywhere
  unsigned heavy_permille = 100;  ///< bursts of messages in heavy-weight groups, of all orders, instead
  std::size_t payload_bytes_max = 8000;  ///< rarely reached
};

/// Draws as it goes; the same world and the same seed give the same actions.
class Workload {
 public:
  Workload(const WorkloadPlan& plan, Rng rng);

  [[nodiscard]] Instant next_at() const { return next_at_; }
  /// Does what is due at next_at(), which is now.
  void act(World& world);
  /// Every usable node publishes one message on every topic of its subscriptions.
  void publish_everywhere(World& world);

 private:
  void burst(World& world, Site site);
  void churn(World& world, Site site);
  void pause(World& world, Site site);
  void declare(World& world, Site site);
  void heavy_burst(World& world, Site site);
  void publish(Application& application, BusNode& bus, const std::string& topic, Time local, BusNodeOutbox& out);
  [[nodiscard]] std::vector<Pattern> some_patterns();
  [[nodiscard]] std::vector<std::string> some_topics();
  [[nodiscard]] Start some_start();

  WorkloadPlan plan_;
  Rng rng_;
  Instant next_at_{};
  std::vector<std::string> topics_;
  std::uint64_t messages_ = 0;
  std::string payload_;  // the one being published
};

}  // namespace hawser::sim
