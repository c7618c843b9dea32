// What the local subscribers of a topic are handed.
#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "pubsub-api/src/session/topic_state.hpp"

namespace hawser {
namespace {

bool is_later(const RetainedMessage& one, const RetainedMessage& other) {
  return std::tie(one.lamport, one.publisher) > std::tie(other.lamport, other.publisher);
}

}  // namespace

// ---- Of its past ----

// In memory of its own, for it may be replaced where it is kept at any time.
TopicMessage TopicState::copy_of(const RetainedMessage& message) {
  const std::size_t key_bytes = message.key.size();
  Buffer bytes = Buffer::allocate(key_bytes + message.payload.size());
  bytes.resize(key_bytes + message.payload.size());
  if (key_bytes != 0) std::memcpy(bytes.data(), message.key.data(), key_bytes);
  if (!message.payload.empty()) std::memcpy(bytes.data() + key_bytes, message.payload.data(), message.payload.size());
  return {.publisher = message.publisher,
          .number = message.number,
          .retained = true,
          .key = {reinterpret_cast<const char*>(bytes.data()), key_bytes},
          .payload = bytes.bytes().subspan(key_bytes),
          .time = message.time,
          .bytes = Slice{bytes}};
}

void TopicState::hand_state_to_all(Time now, SessionOutbox& out, std::size_t received) {
  const Start& first = subscribers_.front().start;
  const bool all_alike = std::all_of(subscribers_.begin(), subscribers_.end(),
                                     [&](const TopicSubscriber& one) { return one.start == first; });
  if (all_alike) return hand_state({}, first, true, now, out, received);
  for (const TopicSubscriber& subscriber : subscribers_) {
    hand_state(subscriber.id, subscriber.start, &subscriber == &subscribers_.front(), now, out, received);
  }
}

void TopicState::hand_state(SubscriberId to, const Start& start, bool recorded, Time now, SessionOutbox& out,
                            std::size_t received) {
  std::size_t messages = 0;
  const auto hand_one = [&](const RetainedMessage& retained) {
    ++messages;
    hand_past(copy_of(retained), to, recorded, now, out);
  };
  visit_from(start, now, hand_one);
  out.events.push_back({handle_, to, TopicSynced{.retained_messages = messages, .received_messages = received}});
}

void TopicState::hand_past(const TopicMessage& message, SubscriberId to, bool recorded, Time now, SessionOutbox& out) {
  if (recorded) ++delivered_;
  if (recorded && parts_.trace != nullptr) {
    parts_.record(now, trace::Received{name_, message.publisher, message.number, digest_of(message.payload), true});
  }
  out.events.push_back({handle_, to, message});
}

// What has grown too old meanwhile, though nothing newer has come, is no history any more.
void TopicState::visit_from(const Start& start, Time now, const TopicValues::Visit& visit) const {
  const std::uint64_t wall = parts_.wall_time(now);
  const auto age = static_cast<std::uint64_t>(options_.history.age.count());
  const std::uint64_t oldest = std::max(age == 0 || wall < age ? 0 : wall - age, start.since());
  switch (start.from()) {
    case Start::From::none: return;
    case Start::From::values: return contents_.values.for_each(visit);
    case Start::From::last: return visit_last(visit);
    case Start::From::all:
      if (start.since() == 0) {
        contents_.values.for_each([&](const RetainedMessage& message) {
          if (!message.logged || message.time < oldest) visit(message);
        });
      }
      contents_.log.for_each([&](const RetainedMessage& message) {
        if (message.time >= oldest) visit(message);
      });
  }
}

void TopicState::visit_last(const TopicValues::Visit& visit) const {
  if (!contents_.log.empty()) return visit(contents_.log.last());
  std::optional<RetainedMessage> last;
  std::optional<RetainedMessage> last_ordered;
  contents_.values.for_each([&](const RetainedMessage& message) {
    const bool is_it = message.publisher == contents_.last.publisher && message.number == contents_.last.number;
    if (is_it) last_ordered = message;
    if (!last || is_later(message, *last)) last = message;
  });
  if (last_ordered) return visit(*last_ordered);
  if (last) visit(*last);
}

// To each what it wants of the past: of the values those that are others now.
void TopicState::hand_news(const std::map<std::string, TopicMessage>& changed, Time now, SessionOutbox& out) {
  tell_gap({.cause = Gap::Cause::partition}, now, out);
  for (const TopicSubscriber& subscriber : subscribers_) {
    const bool recorded = &subscriber == &subscribers_.front();
    const Start::From from = subscriber.start.from();
    if (from == Start::From::none || from == Start::From::last) {
      hand_state(subscriber.id, subscriber.start, recorded, now, out);
      continue;
    }
    for (const auto& [key, message] : changed) hand_past(message, subscriber.id, recorded, now, out);
    out.events.push_back({handle_, subscriber.id, TopicSynced{.retained_messages = changed.size()}});
  }
}

// ---- Of what happens ----

void TopicState::hand(TopicMessage message, Time now, SessionOutbox& out) {
  ++delivered_;
  if (parts_.trace != nullptr) {
    parts_.record(
        now, trace::Received{name_, message.publisher, message.number, digest_of(message.payload), message.retained});
  }
  out.events.push_back({handle_, {}, std::move(message)});
}

void TopicState::tell_synced(std::size_t messages, bool state_lost, SessionOutbox& out) const {
  if (heard_) out.events.push_back({handle_, {}, TopicSynced{.retained_messages = messages, .state_lost = state_lost}});
}

void TopicState::tell_gap(const TopicGap& gap, Time now, SessionOutbox& out) const {
  if (!heard_) return;
  parts_.record(now, trace::GapSeen{name_});
  out.events.push_back({handle_, {}, gap});
}

}  // namespace hawser
