#include "tests/sim/application.hpp"

#include <algorithm>
#include <utility>

namespace hawser::sim {
namespace {

constexpr TopicNumber kUnknown = ~TopicNumber{0};
constexpr std::ptrdiff_t kComplaintsMax = 2;  // Of one property; more only repeat the first.

std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

std::string TopicStream::on_retained(const NodeId& publisher, std::uint64_t number, std::string_view key) {
  if (synced_) {  // A new hand-over begins: this node lost its lineage.
    synced_ = false;
    keys_handed_over_.clear();
    handed_over_.clear();
  }
  FromPublisher& from = publishers_[publisher];
  from.last_retained = std::max(from.last_retained, number);
  from.may_jump = true;
  return wrong_in_state(publisher, number, key);
}

std::string TopicStream::wrong_in_state(const NodeId& publisher, std::uint64_t number, std::string_view key) {
  const bool key_again = !keys_handed_over_.emplace(key).second;
  const bool is_first = handed_over_.empty();
  if (!handed_over_.emplace(publisher, number).second) return "the handed-over state has a message twice";
  switch (from_) {
    case Start::From::values:
      return key_again ? "the handed-over state has two messages for key '" + std::string{key} + "'" : std::string{};
    case Start::From::last: return is_first ? std::string{} : "the handed-over state has more than the last message";
    case Start::From::none: return "a state is handed over that nobody wants";
    case Start::From::all: break;
  }
  return {};
}

std::string TopicStream::on_live(const NodeId& publisher, std::uint64_t number) {
  FromPublisher& from = publishers_[publisher];
  const FromPublisher before = from;
  from.last_live = number;
  from.may_jump = false;
  if (!synced_) return "live message " + std::to_string(number) + " before the state was handed over";
  if (number <= before.last_live) {
    return "live message " + std::to_string(number) + " after " + std::to_string(before.last_live);
  }
  if (number <= before.last_retained) {
    return "live message " + std::to_string(number) + ", but the state before it had " +
           std::to_string(before.last_retained);
  }
  if (!before.may_jump && number != before.last_live + 1) {
    return "live message " + std::to_string(number) + " after " + std::to_string(before.last_live) +
           ", and no gap was told";
  }
  return {};
}

void TopicStream::on_synced() {
  synced_ = true;
  keys_handed_over_.clear();
  handed_over_.clear();
  for (auto& [publisher, from] : publishers_) from.may_jump = true;
}

void TopicStream::on_gap() {
  for (auto& [publisher, from] : publishers_) from.may_jump = true;
}

std::uint64_t TopicStream::last_live(const NodeId& publisher) const {
  const auto at = publishers_.find(publisher);
  return at == publishers_.end() ? 0 : at->second.last_live;
}

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) patterns.push_back(Pattern::parse(text).value());
  return patterns;
}

SubscriberId Application::subscribe(BusNode& bus, std::vector<Pattern> patterns, Time now, BusNodeOutbox& out,
                                    const Start& start) {
  const SubscriberId subscriber{next_subscriber_++};
  Streams& streams = subscriptions_[subscriber];
  for (const Pattern& pattern : patterns) {
    if (pattern.kind() == Pattern::Kind::topic) streams.try_emplace(ledger_.topic_number(pattern.text()), start);
  }
  starts_.emplace(subscriber, start);
  bus.subscribe(subscriber, patterns, now, out, start);
  patterns_.emplace(subscriber, std::move(patterns));
  return subscriber;
}

void Application::unsubscribe(BusNode& bus, SubscriberId subscriber, Time now, BusNodeOutbox& out) {
  subscriptions_.erase(subscriber);
  patterns_.erase(subscriber);
  starts_.erase(subscriber);
  paused_.erase(subscriber);
  bus.unsubscribe(subscriber, now, out);
}

void Application::set_paused(BusNode& bus, SubscriberId subscriber, bool paused, Time now, BusNodeOutbox& out) {
  if (paused) {
    paused_.insert(subscriber);
  } else {
    paused_.erase(subscriber);
  }
  bus.set_paused(subscriber, paused, now, out);
}

bool Application::pauses(TopicNumber topic) const {
  return std::any_of(paused_.begin(), paused_.end(),
                     [&](SubscriberId subscriber) { return subscriptions_.at(subscriber).contains(topic); });
}

void Application::declare(BusNode& bus, std::string_view topic, const TopicOptions& options, Time now,
                          BusNodeOutbox& out) {
  declaring_.try_emplace(ledger_.topic_number(topic), options);
  bus.declare(bus.topic(topic), options, now, out);
}

bool Application::publish(BusNode& bus, std::string_view topic, std::string_view key, ByteView payload, Time now,
                          BusNodeOutbox& out) {
  const Result<std::uint64_t> number = bus.publish(bus.topic(topic), key, payload, now, out);
  const TopicNumber topic_number = ledger_.topic_number(topic);
  if (!number.ok()) {
    // Whoever drives this application never comes near the send queue's limit.
    complain("Publish", topic_number, number.error().message);
    return false;
  }
  if (!ledger_.record(self_, topic_number, *number, content_digest(key, payload))) {
    complain("Publish", topic_number,
             "publish() returned " + std::to_string(*number) + " after " +
                 std::to_string(ledger_.count(self_, topic_number)));
  }
  return true;
}

void Application::on_event(const BusNodeEvent& event) {
  if (const auto* repaired = std::get_if<LightGroupsRepaired>(&event)) {
    counts_.topics_repaired += repaired->groups;
  } else if (std::holds_alternative<LineageLost>(event)) {
    ++counts_.lineages_lost;
  } else if (std::holds_alternative<ControlView>(event)) {
    ++counts_.views;
  }
}

void Application::on_event(const SessionEvent& event, const Session& session) {
  if (std::holds_alternative<TopicsWatched>(event.what)) return;
  if (const auto* held = std::get_if<TopicHeld>(&event.what)) {
    if (held->held) ++counts_.holds;
    return;
  }
  if (topic_of_handle_.size() <= event.topic) topic_of_handle_.resize(event.topic + 1, kUnknown);
  TopicNumber& topic = topic_of_handle_[event.topic];
  if (topic == kUnknown) topic = ledger_.topic_number(session.name_of(event.topic));
  if (const auto* declared = std::get_if<TopicDeclared>(&event.what)) return on_declared(*declared, topic);
  if (std::holds_alternative<TopicSubscribed>(event.what)) return on_subscribed(event.only, topic);

  if (const auto* message = std::get_if<TopicMessage>(&event.what)) check_content(topic, *message);
  bool wanted = false;
  for (auto& [subscriber, streams] : subscriptions_) {
    if (event.only.value != 0 && event.only != subscriber) continue;
    const auto stream = streams.find(topic);
    if (stream == streams.end()) continue;
    wanted = true;
    hand_over(stream->second, topic, event);
  }
  if (!wanted) complain("No delivery to non-members", topic, "an event, and nobody here subscribes");
  if (keep_texts_) remember(topic, event);
}

void Application::on_declared(const TopicDeclared& declared, TopicNumber topic) {
  const auto asked = declaring_.find(topic);
  if (asked == declaring_.end()) return complain("Declaration", topic, "is answered, and nobody here has asked");
  ++counts_.declared;
  if (declared.options != asked->second) ++counts_.conflicts;
  declaring_.erase(asked);
}

void Application::on_subscribed(SubscriberId subscriber, TopicNumber topic) {
  const auto asked = patterns_.find(subscriber);
  const std::string& name = ledger_.topic_name(topic);
  const bool wanted = asked != patterns_.end() && std::any_of(asked->second.begin(), asked->second.end(),
                                                              [&](const Pattern& p) { return p.matches(name); });
  if (!wanted) return complain("Subscription", topic, "comes to a subscription that did not ask for it");
  if (subscriptions_.at(subscriber).try_emplace(topic, starts_.at(subscriber)).second) ++counts_.matches;
}

bool Application::has_what_matches(std::string_view topic) const {
  const TopicNumber number = ledger_.topic_number(topic);
  return std::all_of(patterns_.begin(), patterns_.end(), [&](const auto& asked) {
    const auto& [subscriber, patterns] = asked;
    const bool wanted =
        std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& pattern) { return pattern.matches(topic); });
    return !wanted || subscriptions_.at(subscriber).contains(number);
  });
}

void Application::hand_over(TopicStream& stream, TopicNumber topic, const SessionEvent& event) {
  if (const auto* message = std::get_if<TopicMessage>(&event.what)) {
    on_message(stream, topic, *message);
  } else if (const auto* synced = std::get_if<TopicSynced>(&event.what)) {
    stream.on_synced();
    if (synced->state_lost) ++counts_.states_lost;
    if (synced->received_messages > 0 && synced->received_messages < synced->retained_messages) ++counts_.differences;
  } else {
    stream.on_gap();
    ++counts_.gaps;
  }
}

void Application::on_message(TopicStream& stream, TopicNumber topic, const TopicMessage& message) {
  ++(message.retained ? counts_.retained : counts_.delivered);
  const std::string wrong = message.retained ? stream.on_retained(message.publisher, message.number, message.key)
                                             : stream.on_live(message.publisher, message.number);
  if (!wrong.empty()) complain("Topic stream", topic, wrong + ", from " + to_string(message.publisher));
}

void Application::check_content(TopicNumber topic, const TopicMessage& message) {
  const auto published = ledger_.find(message.publisher, topic, message.number);
  const std::string name = "message " + std::to_string(message.number) + " of " + to_string(message.publisher);
  if (!published.has_value()) {
    complain("Delivery Integrity", topic, name + " was never published");
  } else if (*published != content_digest(message.key, message.payload)) {
    complain("Delivery Integrity", topic, name + " has another key or payload than was published");
  }
}

void Application::remember(TopicNumber topic, const SessionEvent& event) {
  std::string line = ledger_.topic_name(topic) + ": ";
  if (const auto* message = std::get_if<TopicMessage>(&event.what)) {
    line += (message->retained ? "+" : "") + text_of(message->payload);
  } else {
    line += std::holds_alternative<TopicSynced>(event.what) ? "synced" : "gap";
  }
  history_.push_back(std::move(line));
}

void Application::complain(std::string_view property, TopicNumber topic, std::string_view what) {
  const auto alike = std::count_if(complaints_.begin(), complaints_.end(),
                                   [&](const Complaint& complaint) { return complaint.property == property; });
  if (alike >= kComplaintsMax) return;
  complaints_.push_back({std::string{property},
                         "topic " + ledger_.topic_name(topic) + " at " + to_string(self_) + ": " + std::string{what}});
}

}  // namespace hawser::sim
