#include "tests/sim/workload.hpp"

#include <algorithm>
#include <array>

#include "lwg/directory.hpp"

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
  } else if (plan_.pause_permille > 0 && rng_.permille(plan_.pause_permille)) {
    pause(world, site);
  } else if (plan_.declare_permille > 0 && rng_.permille(plan_.declare_permille)) {
    declare(world, site);
  } else if (rng_.permille(plan_.heavy_permille)) {
    heavy_burst(world, site);
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
      application.subscribe(bus, some_patterns(), local, out, some_start());
    }
  });
}

void Workload::pause(World& world, Site site) {
  world.at(site).act(world.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    auto one = application.subscriptions().begin();
    std::advance(one, static_cast<std::ptrdiff_t>(rng_.below(application.subscriptions().size())));
    application.set_paused(bus, one->first, !application.is_paused(one->first), local, out);
  });
}

void Workload::declare(World& world, Site site) {
  world.at(site).act(world.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    TopicOptions options{rng_.one_in(2) ? TopicOrder::fifo : TopicOrder::total};
    if (rng_.one_in(2)) options.history.messages = rng_.between(1, 20);
    if (rng_.one_in(4)) options.history.bytes = 10'000;
    if (rng_.one_in(4)) options.history.age = std::chrono::seconds{2};
    if (rng_.one_in(2)) options.durability = Durability::retained;
    application.declare(bus, topics_[rng_.below(topics_.size())], options, local, out);
  });
}

// In the control group and in another one that the node is in; of no meaning to anybody above.
void Workload::heavy_burst(World& world, Site site) {
  world.at(site).act(world.now(), [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) {
    std::vector<HeavyGroup*> groups{&bus.heavy_groups().control()};
    for (const auto& [id, members] : bus.groups().directory().heavies()) {
      HeavyGroup* const group = bus.heavy_groups().find(id);
      if (group != nullptr) groups.push_back(group);
    }
    HeavyGroup& group = *groups[rng_.below(groups.size())];
    group.set_primary_only(rng_.one_in(4));  // For these messages only: what is above sends anywhere.
    const std::size_t orders = rng_.one_in(4) ? kOrders : kOrders - 1;  // The last one ends a view each time.
    for (std::uint64_t i = rng_.between(1, plan_.burst_max); i > 0; --i) {
      payload_ = "\xff heavy message " + std::to_string(++messages_);
      if (rng_.one_in(8)) payload_.resize(payload_.size() + rng_.below(plan_.payload_bytes_max));
      const ByteView part = std::as_bytes(std::span{payload_});
      const auto order = static_cast<Order>(rng_.below(orders));
      // Refused where the node is in no view yet, or a queue is full: then it is not sent.
      static_cast<void>(group.multicast(order, std::span{&part, 1}, local, out.transport));
    }
    group.set_primary_only(false);
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

std::vector<Pattern> Workload::some_patterns() {
  std::vector<Pattern> patterns = patterns_of(some_topics());
  if (plan_.pattern_permille == 0 || !rng_.permille(plan_.pattern_permille)) return patterns;
  if (rng_.one_in(2)) {
    patterns.push_back(Pattern::parse("t.*").value());
  } else {
    patterns.push_back(Pattern::prefix("t.1").value());  // And those from 10 on.
  }
  return patterns;
}

Start Workload::some_start() {
  static constexpr std::array kStarts{Start::values(), Start::all(), Start::last(), Start::none()};
  return plan_.declare_permille > 0 ? kStarts[rng_.below(kStarts.size())] : Start{};
}

std::vector<std::string> Workload::some_topics() {
  std::vector<std::string> chosen;
  for (std::uint64_t i = rng_.between(1, 4); i > 0; --i) chosen.push_back(topics_[rng_.below(topics_.size())]);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace hawser::sim
