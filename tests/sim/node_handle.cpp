#include <algorithm>

#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string_view cause_name(PeerFailed::Cause cause) {
  switch (cause) {
    case PeerFailed::Cause::silence: return "silence";
    case PeerFailed::Cause::process_exit: return "process exit";
    case PeerFailed::Cause::unreachable: return "unreachable port";
    case PeerFailed::Cause::departed: return "departure";
    case PeerFailed::Cause::slow: return "slowness";
  }
  return "?";
}

}  // namespace

void NodeHandle::multicast(std::string_view text) { publish(world_.options().topics.front(), text); }

void NodeHandle::publish(std::string_view topic, std::string_view text, std::string_view key) {
  bool accepted = false;
  world_.at(site_).act(world_.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    accepted = application.publish(bus, topic, key, bytes_of(text), local, out);
  });
  if (!accepted) throw ScenarioFailed("publish() would block");
}

SubscriberId NodeHandle::subscribe(const std::vector<std::string>& topics) {
  SubscriberId subscriber;
  world_.at(site_).act(world_.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    subscriber = application.subscribe(bus, patterns_of(topics), local, out);
  });
  return subscriber;
}

void NodeHandle::unsubscribe(SubscriberId subscriber) {
  world_.at(site_).act(world_.now(), [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    application.unsubscribe(bus, subscriber, local, out);
  });
}

bool NodeHandle::delivered(std::string_view text) const {
  const std::vector<std::string>& lines = site().application().history();
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    const std::size_t colon = line.find(": ");
    return line.compare(colon + 2, std::string::npos, text) == 0;
  });
}

std::vector<std::string> NodeHandle::history(std::string_view topic) const {
  std::vector<std::string> lines;
  const std::string prefix = std::string{topic} + ": ";
  for (const std::string& line : site().application().history()) {
    if (line.starts_with(prefix)) lines.push_back(line);
  }
  return lines;
}

std::string NodeHandle::view() const { return names(world_.at(site_).bus().control_view().members); }

std::vector<std::string> NodeHandle::views() const {
  std::vector<std::string> views;
  for (const TraceEvent& event : site().process().events) {
    const auto* seen = std::get_if<trace::HeavyView>(&event.what);
    if (seen != nullptr && seen->group == kControlGroup) views.push_back(names(seen->view.members));
  }
  return views;
}

std::vector<std::string> NodeHandle::failures() const {
  std::vector<std::string> lines;
  for (const Process::Failure& failure : site().process().failures) {
    lines.push_back(names({failure.what.node}) + " by " + std::string{cause_name(failure.what.cause)});
  }
  return lines;
}

std::uint64_t NodeHandle::state_digest(std::string_view topic) const {
  return world_.at(site_).bus().session().state_digest(topic);
}

std::string NodeHandle::names(const std::vector<NodeId>& nodes) const {
  std::string names;
  for (const NodeId& node : nodes) {
    for (const auto& process : world_.processes()) {
      if (process->node == node) names += site_name(process->site);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace hawser::sim
