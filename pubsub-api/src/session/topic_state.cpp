#include "pubsub-api/src/session/topic_state.hpp"

#include <cstring>
#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

RetainedMessage retained_of(const NodeId& publisher, const TopicData& data, const Slice& message) {
  return {.lamport = data.lamport,
          .publisher = publisher,
          .number = data.number,
          .key = data.key,
          .payload = data.payload,
          .memory = &message.buffer(),
          .ordered = data.ordered};
}

// A retained message of the store in memory of its own, for it may be replaced there at any time.
TopicMessage copy_of(const RetainedMessage& message) {
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
          .bytes = Slice{bytes}};
}

}  // namespace

TopicState::TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output)
    : handle_(handle),
      name_(name),
      parts_(parts),
      output_(output),
      store_(parts.store.open(name_)),
      sync_(parts.self) {}

// ---- Views ----

void TopicState::on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
  output_.set_group(event.view.group);
  output_.set_ordered(event.configuration.is_total());
  positions_.forget_absent(event.view);
  const StateSync::Duty duty = sync_.on_view(event);
  if (duty.await) await();
  if (duty.found) found(duty.state_lost, now, out);
  if (duty.donate) donate(cut_of(event.view), now);
  if (sync_.all_synced()) output_.drop_donations();
}

void TopicState::await() {
  if (joining_ != nullptr && HAWSER_FAULT("session_buffer_kept_on_new_donor")) return joining_->arrival.clear();
  joining_ = std::make_unique<Joining>(parts_.join_buffer);
}

void TopicState::found(bool state_lost, Time now, SessionOutbox& out) {
  if (state_lost) tell_gap({.cause = Gap::Cause::state_lost}, now, out);
  positions_.set_complete(!state_lost);
  tell_synced(0, state_lost, out);
  // What was heard since the cut is all that is left of the topic; the others will have it by this node's state.
  const std::unique_ptr<Joining> joining = std::move(joining_);
  if (joining != nullptr) catch_up(joining->heard, now, out);
  positions_.raise(parts_.self, output_.sent());
  output_.open();
}

void TopicState::donate(const StateCut& cut, Time now) {
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateTaken{name_, cut.era, cut.heavy_view, digest()});
  }
  output_.donate(encode_state(*store_, positions_, output_.lamport(), cut));
}

void TopicState::on_left(const LightViewLeft& event, Time now, SessionOutbox& out) {
  const bool was_in_view = sync_.in_view();
  sync_.on_left();
  joining_.reset();
  output_.close();
  output_.drop_donations();
  store_->clear();
  if (event.cause == LightViewLeft::Cause::asked) {
    positions_.clear();
  } else if (was_in_view && !HAWSER_FAULT("session_merge_gap_untold")) {
    // The positions stay: what this side has seen of a publisher is not missing here when it goes on.
    tell_gap({.cause = Gap::Cause::partition}, now, out);
  }
}

// ---- Messages ----

void TopicState::on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  const auto kind = kind_of(message.bytes());
  if (kind == TopicMessageKind::data || kind == TopicMessageKind::ordered_data) {
    on_data(sender, std::move(message), now, out);
  } else if (kind == TopicMessageKind::state) {
    on_state(sender, message, now, out);
  } else {
    ++parts_.refused;
  }
}

void TopicState::on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  if (joining_ == nullptr || HAWSER_FAULT("session_live_before_snapshot")) {
    return deliver(sender, std::move(message), now, out);
  }
  joining_->heard.add(sender, message);
}

void TopicState::deliver(const NodeId& publisher, Slice message, Time now, SessionOutbox& out) {
  const auto data = decode_data(message.bytes());
  if (!data) {
    ++parts_.refused;
    return;
  }
  output_.observe(data->lamport);
  store_->fold(retained_of(publisher, *data, message));
  const std::uint64_t missing = positions_.advance(publisher, data->number);
  if (missing > 0 && !HAWSER_FAULT("session_jump_untold")) {
    tell_gap({.cause = Gap::Cause::partition,
              .messages = missing,
              .publisher = publisher,
              .first = data->number - missing,
              .last = data->number - 1},
             now, out);
  }
  if (heard_) hand({publisher, data->number, false, data->key, data->payload, std::move(message)}, now, out);
}

void TopicState::on_state(const NodeId& donor, const Slice& message, Time now, SessionOutbox& out) {
  const auto chunk = decode_state(message.bytes());
  if (!chunk) {
    ++parts_.refused;
    return;
  }
  const bool is_awaited = sync_.awaits(chunk->cut, donor);
  if (is_awaited) {
    const bool whole = joining_->arrival.add(*chunk, message);
    if (chunk->last && !whole) ++parts_.refused;
    if (!whole) return;
  }
  if (!chunk->last) return;
  sync_.on_state(chunk->cut, donor);
  if (is_awaited) {
    const std::unique_ptr<Joining> joining = std::move(joining_);
    install(joining->arrival, chunk->cut, donor, now, out);
    catch_up(joining->heard, now, out);
    output_.open();
  }
}

// ---- Joining ----

void TopicState::install(const StateArrival& arrival, const StateCut& cut, const NodeId& donor, Time now,
                         SessionOutbox& out) {
  std::size_t messages = 0;
  for (const StateArrival::Part& part : arrival.parts()) messages += install(part, now, out);
  positions_.raise(parts_.self, output_.sent());
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateInstalled{name_, donor, cut.era, cut.heavy_view, digest()});
  }
  tell_synced(messages, false, out);
}

std::size_t TopicState::install(const StateArrival::Part& part, Time now, SessionOutbox& out) {
  std::size_t messages = 0;
  Reader from{part.items};
  while (auto item = read_item(from)) {
    if (const auto* clock = std::get_if<StateClock>(&*item)) {
      output_.observe(clock->lamport);
      positions_.set_complete(clock->positions_complete);
    } else if (const auto* position = std::get_if<StatePosition>(&*item)) {
      positions_.raise(position->publisher, position->number);
    } else if (auto* retained = std::get_if<RetainedMessage>(&*item)) {
      ++messages;
      retained->memory = &part.message.buffer();
      output_.observe(retained->lamport);
      store_->fold(*retained);
      if (heard_)
        hand({retained->publisher, retained->number, true, retained->key, retained->payload, part.message}, now, out);
    }
  }
  if (!from.ok()) ++parts_.refused;
  return messages;
}

void TopicState::catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out) {
  if (heard.skipped() > 0) {
    heard.skipped_state().for_each([&](const RetainedMessage& message) {
      output_.observe(message.lamport);
      store_->fold(message);
    });
    positions_.raise(heard.skipped_positions());
    tell_gap({.cause = Gap::Cause::queue_full, .messages = heard.skipped()}, now, out);
  }
  const auto messages = heard.take();
  for (const HeardMessage& message : messages) deliver(message.sender, message.bytes, now, out);
  if (!messages.empty() && HAWSER_FAULT("session_buffered_twice")) {
    deliver(messages.front().sender, messages.front().bytes, now, out);
  }
}

void TopicState::hand_state_to(SubscriberId subscriber, bool only_one, Time now, SessionOutbox& out) const {
  std::size_t messages = 0;
  store_->for_each([&](const RetainedMessage& retained) {
    ++messages;
    if (only_one && parts_.trace != nullptr) {
      parts_.record(now,
                    trace::Received{name_, retained.publisher, retained.number, digest_of(retained.payload), true});
    }
    out.events.push_back({handle_, subscriber, copy_of(retained)});
  });
  out.events.push_back({handle_, subscriber, TopicSynced{.retained_messages = messages}});
}

// ---- To the local subscribers ----

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
