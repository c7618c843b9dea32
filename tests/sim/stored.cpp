// What the stores of a settled world look like: World::unstored() and forgotten().
#include <map>
#include <string>

#include "lwg/directory.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "tests/sim/stored_contents.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

/// What the topics that there are were told.
std::map<std::string, TopicOptions> options_in_force(BusNode& bus) {
  std::map<std::string, TopicOptions> all;
  for (const auto& [id, group] : bus.groups().directory().groups()) {
    all[group.name] = options_of(group.configuration).value_or(TopicOptions{});
  }
  return all;
}

}  // namespace

std::string World::unstored(SimNode& site) {
  if (!site.has_store()) return {};
  const Session& session = site.bus().session();
  for (const auto& [topic, options] : options_in_force(site.bus())) {
    if (options.durability == Durability::in_memory || session.state_digest(topic) == 0) continue;
    const TopicContents stored = contents_of(records_of(site.store().disk(), topic), options.history);
    if (stored.digest() != session.state_digest(topic)) return topic;
  }
  return {};
}

std::string World::forgotten() {
  for (SimNode& site : sites_) {
    if (!site.usable() || !site.has_store()) continue;
    const auto in_force = options_in_force(site.bus());
    for (const StoredTopic& found : site.process().found) {
      const auto options = in_force.find(found.topic);
      if (options == in_force.end() || options->second.durability == Durability::in_memory) continue;
      if (options->second.order == TopicOrder::total || !site.bus().session().has_state(found.topic)) continue;
      const auto key = forgotten_key(found.records, records_of(site.store().disk(), found.topic));
      if (key) return site.process().name + " had found key '" + *key + "' of " + found.topic + ", which is gone";
    }
  }
  return {};
}

}  // namespace hawser::sim
