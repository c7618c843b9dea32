// A running node's facts, for whoever asks on another thread.
#pragma once

#include <memory>

#include "pubsub-api/src/bus/reactor.hpp"
#include "pubsub-api/src/inspection/facts.hpp"

namespace hawser {

/// Threads: any, but the reactor's.
class ReactorFacts final : public FactsSource {
 public:
  explicit ReactorFacts(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) {}

  Result<NodeFacts> node() override;
  Result<FactsPage<HeavyFacts>> groups(std::optional<std::uint64_t> from) override;
  Result<FactsPage<TopicFacts>> topics(std::optional<std::uint64_t> from) override;
  Result<std::optional<TopicDetail>> topic(std::string_view name) override;
  Result<std::vector<FlightEntry>> flight() override;

 private:
  /// What `take` makes of the machine, between two of its rounds.
  template <typename Facts, typename Take>
  Result<Facts> take(const Take& take);

  std::shared_ptr<Reactor> reactor_;
};

}  // namespace hawser
