#include "tests/sim/workload.hpp"

#include <algorithm>

namespace hawser::sim {
namespace {

constexpr std::size_t kSubscriptionsMax = 4;  // of one node

}  // namespace

Workload::Workload(const WorkloadPlan& plan, Rng rng) : plan_(plan), rng_(rng) {
  for (std::size_t i = 0; i < plan_.topics; ++i) topics_.push_back("t." + std::to_string(i));
}

void Workload::act(World& world) {
  next_at_ = world.now() + rng_.between(Duration{100us}, plan_.gap_max);
  const auto site = static_cast<Site>(rng_.below(world.size()));
  if (!world.at(site).usable()) return;
  if (world.at(site).application().subscriptions().empty() || rng_.permille(plan_.churn_permille)) {
    churn(world, site);
  } else {
    burst(world, site);
  }
}

void Workload::publish_everywhere(World& world) {
  for (Site site = 0; site < world.size(); ++site) {
    if (!world.at(site).usable()) continue;
    world.at(site).act(world.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
      for (const auto& [subscriber, streams] : application.subscriptions()) {
        for (const auto& [topic, stream] : streams) {
          publish(application, bus, world.ledger().topic_name(topic), local, out);
        }
      }
    });
  }
}

void Workload::burst(World& world, Site site) {
  world.at(site).act(world.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    const std::uint64_t messages = rng_.between(1, plan_.burst_max);
    const std::string& favourite = topics_[rng_.below(topics_.size())];
    for (std::uint64_t i = 0; i < messages; ++i) {
      publish(application, bus, rng_.one_in(2) ? favourite : topics_[rng_.below(topics_.size())], local, out);
    }
  });
}

void Workload::churn(World& world, Site site) {
  world.at(site).act(world.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    const auto& subscriptions = application.subscriptions();
    if (!subscriptions.empty() && (subscriptions.size() >= kSubscriptionsMax || rng_.one_in(2))) {
      auto doomed = subscriptions.begin();
      std::advance(doomed, static_cast<std::ptrdiff_t>(rng_.below(subscriptions.size())));
      application.unsubscribe(bus, doomed->first, local, out);
    } else {
      application.subscribe(bus, some_topics(), local, out);
    }
  });
}

void Workload::publish(Application& application, BusNode& bus, const std::string& topic, Time local,
                       BusNodeOutbox& out) {
  payload_ = "message " + std::to_string(++messages_) + " on " + topic;
  if (rng_.one_in(8)) {
    const std::size_t bytes_max = rng_.one_in(8) ? plan_.payload_bytes_max : 600;
    payload_.resize(std::max<std::size_t>(payload_.size(), rng_.below(bytes_max) + 1),
                    static_cast<char>('a' + messages_ % 26));
  }
  const bool keyed = rng_.permille(plan_.keyed_permille);
  const std::string key = keyed ? "k" + std::to_string(rng_.below(5)) : std::string{};
  application.publish(bus, topic, key, std::as_bytes(std::span{payload_}), local, out);
}

std::vector<std::string> Workload::some_topics() {
  std::vector<std::string> chosen;
  for (std::uint64_t i = rng_.between(1, 4); i > 0; --i) chosen.push_back(topics_[rng_.below(topics_.size())]);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace hawser::sim
