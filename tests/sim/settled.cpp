// What a settled world looks like: World::unsettled() and undelivered().
#include <algorithm>
#include <optional>
#include <string>

#include "lwg/directory.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

// What is amiss with one node by itself; empty where nothing is.
std::string unsettled_alone(SimNode& site) {
  BusNode& bus = site.bus();
  if (site.paused()) return "is paused";
  if (site.leaving()) return "is still leaving";
  if (!bus.in_view()) return "is in no view yet";
  if (!bus.groups().directory_synced()) return "has no directory yet";
  if (!bus.session().all_sent()) return "has messages that wait to be sent";
  if (!bus.groups().is_quiet()) return "has groups that are changing";
  if (!bus.all_stable()) return "has messages that not all members have";
  return {};
}

// A topic that there is, and that does not come to a subscription whose pattern fits it.
std::optional<std::string> missed_topic(BusNode& bus, const Application& application) {
  for (const auto& [id, group] : bus.groups().directory().groups()) {
    if (!application.has_what_matches(group.name)) return group.name;
  }
  return std::nullopt;
}

// The first topic that is not synced at one of the node's subscriptions.
std::optional<TopicNumber> unsynced_topic(const Application& application) {
  for (const auto& [subscriber, streams] : application.subscriptions()) {
    for (const auto& [topic, stream] : streams) {
      if (!stream.synced()) return topic;
    }
  }
  return std::nullopt;
}

// A topic of the node's whose publishers wait though no subscription asks for it, or the other way round.
std::optional<TopicNumber> wrongly_held(World& world, BusNode& bus) {
  for (TopicNumber topic = 0; topic < world.ledger().topics(); ++topic) {
    const std::string& name = world.ledger().topic_name(topic);
    if (!bus.session().has_state(name)) continue;
    bool paused = false;
    for (Site site = 0; site < world.size(); ++site) {
      paused = paused || (world.at(site).usable() && world.at(site).application().pauses(topic));
    }
    if (bus.session().is_held(bus.topic(name)) != paused) return topic;
  }
  return std::nullopt;
}

bool subscribes(const Application& application, TopicNumber topic) {
  const auto& subscriptions = application.subscriptions();
  return std::any_of(subscriptions.begin(), subscriptions.end(),
                     [&](const auto& subscription) { return subscription.second.contains(topic); });
}

}  // namespace

std::vector<NodeId> World::running_nodes() const {
  std::vector<NodeId> nodes;
  for (const SimNode& site : sites_) {
    if (site.running()) nodes.push_back(site.process().node);
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

std::string World::unsettled() {
  const std::vector<NodeId> running = running_nodes();
  SimNode* first = nullptr;
  std::vector<std::uint64_t> states(ledger_.topics(), 0);
  for (SimNode& site : sites_) {
    if (!site.running()) continue;
    const std::string& name = site.process().name;
    const std::string alone = unsettled_alone(site);
    if (!alone.empty()) return name + " " + alone;
    std::vector<NodeId> members = site.bus().control_view().members;
    std::sort(members.begin(), members.end());
    if (members != running) return name + "'s view is not of all that run";
    if (const auto topic = missed_topic(site.bus(), site.application())) return name + " has missed " + *topic;
    if (const auto topic = unsynced_topic(site.application())) return name + " waits for " + ledger_.topic_name(*topic);
    const auto& declaring = site.application().declaring();
    if (!declaring.empty()) return name + " waits for the order of " + ledger_.topic_name(declaring.begin()->first);
    if (const auto topic = wrongly_held(*this, site.bus())) {
      return name + " is wrong on who waits to publish on " + ledger_.topic_name(*topic);
    }
    for (TopicNumber topic = 0; topic < states.size(); ++topic) {
      const std::uint64_t state = site.bus().session().state_digest(ledger_.topic_name(topic));
      if (state == 0) continue;
      if (states[topic] != 0 && states[topic] != state)
        return name + " has another state of " + ledger_.topic_name(topic);
      states[topic] = state;
    }
    if (const std::string amiss = unstored(site); !amiss.empty()) return name + " has not stored " + amiss;
    if (first == nullptr) first = &site;
    if (site.bus().control_view() != first->bus().control_view()) return name + " has another view";
    if (site.bus().groups().directory_digest() != first->bus().groups().directory_digest()) {
      return name + " has another directory";
    }
  }
  return options_.voters ? unsettled_vote() : std::string{};
}

// Where all voters there ever were are together, nothing that any of them remembers can keep them from being primary.
// A site that was not started yet, or lost its first file's write, has had none or another voter.
std::string World::unsettled_vote() {
  std::vector<VoterId> known;
  for (const SimNode& site : sites_) {
    if (!site.running() || !site.votes()) return {};
    if (site.stored()) known.push_back(site.stored()->voter);
  }
  std::sort(known.begin(), known.end());
  for (const SimNode& site : sites_) {
    if (!site.stored()) return {};
    for (const VotingSession& session : site.stored()->open) {
      if (!std::includes(known.begin(), known.end(), session.voters.begin(), session.voters.end())) return {};
    }
    const auto& last = site.stored()->last.voters;
    if (!std::includes(known.begin(), known.end(), last.begin(), last.end())) return {};
  }
  for (SimNode& site : sites_) {
    if (!site.bus().node().is_primary()) return site.process().name + " is not in a primary view";
  }
  return {};
}

std::string World::undelivered() const {
  for (const SimNode& receiver : sites_) {
    if (!receiver.usable()) continue;
    for (const auto& [subscriber, streams] : receiver.application().subscriptions()) {
      for (const auto& [topic, stream] : streams) {
        for (const SimNode& sender : sites_) {
          if (!sender.usable() || !subscribes(sender.application(), topic)) continue;
          const NodeId& publisher = sender.process().node;
          if (stream.last_live(publisher) == ledger_.count(publisher, topic)) continue;
          return ledger_.topic_name(topic) + " from " + sender.process().name + " at " + receiver.process().name;
        }
      }
    }
  }
  return {};
}

}  // namespace hawser::sim
