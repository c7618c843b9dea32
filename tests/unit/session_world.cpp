#include "tests/unit/session_world.hpp"

#include <algorithm>

#include "lwg/directory.hpp"
#include "lwg/wishes.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "tests/check/check_all.hpp"
#include "transport/core/check.hpp"

namespace hawser::test {
namespace {

char name_of(const NodeId& node) { return static_cast<char>('A' + node.incarnation.value - 1); }

std::string text_of(const TopicMessage& message) {
  std::string text = message.retained ? "state " : "";
  text += name_of(message.publisher) + std::to_string(message.number) + ":";
  if (!message.key.empty()) text += std::string{message.key} + "=";
  return text.append(reinterpret_cast<const char*>(message.payload.data()), message.payload.size());
}

std::string text_of(const TopicSynced& synced) {
  return "synced " + std::to_string(synced.retained_messages) + (synced.state_lost ? ", lost" : "");
}

std::string text_of(const TopicSubscribed& /*subscribed*/) { return {}; }
std::string text_of(const TopicsWatched& /*watched*/) { return {}; }
std::string text_of(const TopicDeclared& /*declared*/) { return {}; }
std::string text_of(const TopicStoreRefused& /*refused*/) { return "store refused"; }
std::string text_of(const TopicHeld& held) { return held.held ? "held" : "free"; }

std::string text_of(const TopicGap& gap) {
  return "gap " + std::string{to_string(gap.cause)} + (gap.messages > 0 ? " " + std::to_string(gap.messages) : "");
}

}  // namespace

SessionWorld::SessionWorld(std::optional<std::uint64_t> seed)
    : config_(config_of(seed)), rng_(seed.value_or(1)), cluster_(seed ? &chance_ : nullptr) {}

// With a seed, topics share heavy-weight groups seldom enough to move now and then.
LightGroupsConfig SessionWorld::config_of(std::optional<std::uint64_t> seed) {
  LightGroupsConfig config;
  if (!seed) return config;
  config.policy.extras_cap = *seed % 3;
  config.heavy_grace = std::chrono::milliseconds{20};
  if (*seed % 2 == 0) config.bulk_bytes_min = 1000;
  return config;
}

void SessionWorld::add(std::string_view nodes) {
  for (const char name : nodes) {
    auto node = std::make_unique<Node>();
    node->heavy = &cluster_.add(id_of(name));
    node->traced = std::make_unique<TracedGroups>(*node->heavy, node->recorder);
    node->groups =
        std::make_unique<LightGroups>(id_of(name), *node->traced, config_, Rng{static_cast<std::uint64_t>(name)});
    node->session = std::make_unique<Session>(id_of(name), *node->groups, send_queue_bytes_, &node->recorder);
    nodes_[name] = std::move(node);
  }
}

void SessionWorld::add_with_store(char node, sim::TopicDisk& disk) {
  add({&node, 1});
  nodes_.at(node)->disk = &disk;
  nodes_.at(node)->session->enable_store();
}

void SessionWorld::stall_store(char node, bool stalls) {
  nodes_.at(node)->store_stalls = stalls;
  if (!stalls) serve_store(node);
}

void SessionWorld::fail_store(char node) {
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->on_store_failed(now_, out); });
}

void SessionWorld::serve_store(char name) {
  Node& node = *nodes_.at(name);
  while (!node.store_stalls && !node.store_requests.empty()) {
    const TopicStoreRequest request = std::move(node.store_requests.front());
    node.store_requests.pop_front();
    feed(name, [&](Node& at, SessionOutbox& out) {
      if (const auto* write = std::get_if<StoreWrite>(&request)) {
        at.disk->write(*write);
        at.session->on_topics_written();
      } else {
        std::vector<StoredTopic> topics = at.disk->read(std::get<StoreRead>(request));
        at.found.insert(at.found.end(), topics.begin(), topics.end());
        at.session->on_topics_read(std::move(topics), now_, out);
      }
    });
  }
}

void SessionWorld::start(std::string_view nodes) {
  add(nodes);
  change({std::string{nodes}});
  settle();
}

void SessionWorld::crash(char node) {
  nodes_.at(node)->alive = false;
  cluster_.crash(id_of(node));
}

void SessionWorld::change(const std::vector<std::string>& components) {
  std::vector<std::vector<NodeId>> ids;
  for (const std::string& component : components) {
    std::vector<NodeId>& members = ids.emplace_back();
    for (const char node : component) {
      members.push_back(id_of(node));
      nodes_.at(node)->component = static_cast<std::uint32_t>(ids.size());
    }
  }
  cluster_.change(ids);
}

// ---- What the application does ----

// As BusNode does: an input, then everything that follows from it.
template <typename Input>
void SessionWorld::feed(char name, Input&& input) {
  Node& node = *nodes_.at(name);
  now_ += std::chrono::microseconds{1};
  Outbox transport;
  LightOutbox below{transport, {}};
  std::vector<SessionEvent> events;
  SessionOutbox out{below, events};
  input(node, out);
  do {
    for (std::size_t i = 0; i < below.events.size(); ++i) {
      LightEvent event = std::move(below.events[i]);
      node.session->on_event(std::move(event), now_, out);
    }
    below.events.clear();
    if (node.session->next_deadline() <= now_) node.session->on_timeout(now_, out);
    node.session->send_waiting(now_, out);
    for (TopicStoreRequest& request : node.session->take_store_requests(now_)) {
      node.store_requests.push_back(std::move(request));
    }
  } while (!below.events.empty() || node.session->next_deadline() <= now_);
  for (const SessionEvent& event : events) note(node, event);
  serve_store(name);
}

SubscriberId SessionWorld::subscribe(char node, const std::vector<std::string>& patterns, const Start& start) {
  std::vector<Pattern> parsed;
  for (const std::string& text : patterns) parsed.push_back(Pattern::parse(text).value());
  const SubscriberId subscriber{++subscribers_};
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->subscribe(subscriber, parsed, now_, out, start); });
  return subscriber;
}

SubscriberId SessionWorld::subscribe_to(char node, const Pattern& pattern) {
  const SubscriberId subscriber{++subscribers_};
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->subscribe(subscriber, {pattern}, now_, out); });
  return subscriber;
}

void SessionWorld::declare(char node, const std::string& topic, const TopicOptions& options) {
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->declare(at.session->topic(topic), options, now_, out); });
}

void SessionWorld::set_paused(char node, SubscriberId subscriber, bool paused) {
  feed(node, [&](Node& at, SessionOutbox&) { at.session->set_paused(subscriber, paused); });
}

void SessionWorld::unsubscribe(char node, SubscriberId subscriber) {
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->unsubscribe(subscriber, now_, out); });
}

std::uint64_t SessionWorld::publish(char node, const std::string& topic, std::string_view value, std::string_view key) {
  Result<std::uint64_t> number = std::uint64_t{0};
  feed(node, [&](Node& at, SessionOutbox& out) {
    number = at.session->publish(at.session->topic(topic), key, std::as_bytes(std::span{value}), now_, out);
  });
  HAWSER_CHECK(number.ok() || number.error().code == Errc::would_block);
  return number.ok() ? number.value() : 0;
}

void SessionWorld::leave(char node) {
  feed(node, [&](Node& at, SessionOutbox& out) { at.session->leave(now_, out); });
}

// ---- What the network does ----

void SessionWorld::take(char name, const MemoryStep& step) {
  for (GroupEvent& event : cluster_.take(id_of(name), step)) {
    feed(name, [&](Node& node, SessionOutbox& out) {
      node.traced->record_event(event, now_);
      node.groups->on_event(std::move(event), now_, out.below);
    });
  }
}

void SessionWorld::tick(std::string_view nodes) {
  for (const char name : nodes) {
    feed(name, [&](Node& at, SessionOutbox& out) { at.groups->on_timeout(now_, out.below); });
  }
}

void SessionWorld::settle(std::string_view nodes) {
  const std::string who = nodes.empty() ? live() : std::string{nodes};
  for (bool more = true; more;) {
    more = false;
    for (const char name : who) {
      const auto steps = cluster_.steps(id_of(name));
      if (steps.empty()) continue;
      take(name, steps.front());
      more = true;
    }
    if (more) continue;
    now_ += Wishes::kLookInterval;
    tick(who);
    more = std::any_of(who.begin(), who.end(), [&](char name) { return !cluster_.steps(id_of(name)).empty(); });
  }
}

bool SessionWorld::step(char node) {
  const auto steps = cluster_.steps(id_of(node));
  if (steps.empty()) return false;
  take(node, steps.front());
  return true;
}

void SessionWorld::settle_but(char node, char sender) {
  const auto next = [&]() -> std::optional<MemoryStep> {
    for (const MemoryStep& step : cluster_.steps(id_of(node))) {
      const bool is_fifo = step.kind == MemoryStep::Kind::fifo;
      if (!is_fifo || cluster_.view_of(id_of(node), step.group).members[step.sender] != id_of(sender)) return step;
    }
    return std::nullopt;
  };
  while (const auto step = next()) take(node, *step);
}

void SessionWorld::settle_directory() {
  for (bool more = true; more;) {
    more = false;
    for (const char name : live()) {
      const auto steps = cluster_.steps(id_of(name));
      const auto control = std::find_if(steps.begin(), steps.end(), [](const MemoryStep& step) {
        return step.group == kControlGroup && step.kind != MemoryStep::Kind::view;
      });
      if (control == steps.end()) continue;
      take(name, *control);
      more = true;
    }
  }
}

void SessionWorld::enter_view(char node) {
  for (;;) {
    const auto steps = cluster_.steps(id_of(node));
    HAWSER_CHECK(!steps.empty());
    take(node, steps.front());
    if (steps.front().kind == MemoryStep::Kind::view) return;
  }
}

bool SessionWorld::step_at_random() {
  std::vector<std::pair<char, MemoryStep>> all;
  for (const auto& [name, node] : nodes_) {
    for (const MemoryStep& step : cluster_.steps(id_of(name))) all.emplace_back(name, step);
  }
  if (all.empty()) return false;
  const auto [name, step] = all[rng_.below(all.size())];
  take(name, step);
  if (rng_.one_in(8)) tick(std::string(1, name));
  return true;
}

void SessionWorld::pass(Duration time) {
  now_ += time;
  tick(live());
}

void SessionWorld::refuse(char node, bool refuses) {
  nodes_.at(node)->heavy->refuse(refuses);
  feed(node, [&](Node& at, SessionOutbox& out) { at.groups->on_timeout(now_, out.below); });
}

// ---- What can be seen ----

std::uint64_t SessionWorld::wall_time() const {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count());
}

std::string SessionWorld::live() const {
  std::string names;
  for (const auto& [name, node] : nodes_) {
    if (node->alive) names += name;
  }
  return names;
}

void SessionWorld::note(Node& node, const SessionEvent& event) {
  if (const auto* watched = std::get_if<TopicsWatched>(&event.what)) {
    node.history[watched->pattern.text()].push_back("#" + std::to_string(event.only.value) + " watched");
    return;
  }
  const std::string topic{node.session->name_of(event.topic)};
  if (const auto* declared = std::get_if<TopicDeclared>(&event.what)) {
    node.answers[topic].push_back(declared->options ? std::string{to_string(declared->options->order)} : "?");
    return;
  }
  if (const auto* synced = std::get_if<TopicSynced>(&event.what)) node.received[topic] += synced->received_messages;
  if (std::holds_alternative<TopicSubscribed>(event.what)) return;  // History is what subscribers are handed.
  std::string text = std::visit([](const auto& what) { return text_of(what); }, event.what);
  if (event.only.value != 0) text = "#" + std::to_string(event.only.value) + " " + text;
  node.history[topic].push_back(std::move(text));
}

std::vector<std::string> SessionWorld::answers(char node, const std::string& topic) {
  return nodes_.at(node)->answers[topic];
}

std::vector<std::string> SessionWorld::history(char node, const std::string& topic) {
  return nodes_.at(node)->history[topic];
}

std::optional<TopicOptions> SessionWorld::options(char node, const std::string& topic) {
  const LightGroups& groups = *nodes_.at(node)->groups;
  if (groups.view_of(topic) == nullptr) return std::nullopt;
  for (const auto& [id, group] : groups.directory().groups()) {
    if (group.name == topic) return options_of(group.configuration).value_or(TopicOptions{});
  }
  return std::nullopt;
}

void SessionWorld::forget() {
  for (auto& [name, node] : nodes_) node->history.clear();
}

bool SessionWorld::same_state(const std::string& topic) {
  std::optional<std::uint64_t> digest;
  for (const char name : live()) {
    const auto in = nodes_.at(name)->groups->view_of(topic) != nullptr;
    const std::uint64_t one = session(name).state_digest(topic);
    if (in && digest && one != *digest) return false;
    if (in) digest = one;
  }
  return true;
}

std::vector<std::string> SessionWorld::violations(bool settled) const {
  check::History history;
  history.settled = settled;
  for (const auto& [name, node] : nodes_) {
    history.nodes.push_back(
        {.node = id_of(name), .events = node->recorder.events, .crashed = !node->alive, .component = node->component});
    const trace::DirectoryState directory{node->groups->directory_synced(), node->groups->directory_digest()};
    history.nodes.back().events.push_back({now_, directory});
  }
  std::vector<std::string> found;
  for (const check::Violation& violation : check::check_all(history)) {
    found.push_back(violation.property + ": " + violation.what);
  }
  return found;
}

}  // namespace hawser::test
