#include "pubsub-api/src/session/topic_state.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>

#include "pubsub-api/src/session/topic_options.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

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
          .time = message.time,
          .bytes = Slice{bytes}};
}

bool is_later(const RetainedMessage& one, const RetainedMessage& other) {
  return std::tie(one.lamport, one.publisher) > std::tie(other.lamport, other.publisher);
}

}  // namespace

TopicState::TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output,
                       const std::vector<TopicSubscriber>& subscribers)
    : handle_(handle),
      name_(name),
      parts_(parts),
      output_(output),
      subscribers_(subscribers),
      store_(parts.store.open(name_)),
      sync_(parts.self) {}

// ---- Views ----

void TopicState::on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
  output_.set_group(event.view.group);
  TopicOptions options = options_of(event.configuration).value_or(TopicOptions{});
  options.order = event.configuration.is_total() ? TopicOrder::total : TopicOrder::fifo;
  set_options(options);
  positions_.forget_absent(event.view);
  const StateSync::Duty duty = sync_.on_view(event);
  if (duty.await) await();
  if (duty.found) found(duty.state_lost, now, out);
  if (duty.donate) donate(cut_of(event.view), now);
  if (sync_.all_synced()) output_.drop_donations();
}

void TopicState::set_options(const TopicOptions& options) {
  history_ = options.history;
  ordered_ = options.order == TopicOrder::total;
  output_.set_options(options);
  log_.set_bounds(history_);
  if (joining_ != nullptr) joining_->heard.set_bounds(history_);
}

void TopicState::await() {
  if (joining_ != nullptr && HAWSER_FAULT("session_buffer_kept_on_new_donor")) return joining_->arrival.clear();
  joining_ = std::make_unique<Joining>(parts_.join_buffer);
  joining_->heard.set_bounds(history_);
}

void TopicState::fold(const RetainedMessage& message) {
  output_.observe(message.lamport);
  output_.observe_time(message.time);
  store_->fold(message);
  if (message.ordered) last_ordered_ = {message.publisher, message.number};
}

// Into the state: the last of its key, and the history.
void TopicState::keep(const RetainedMessage& message) {
  fold(message);
  if (message.logged) log_.add(message, [this](const RetainedMessage& gone) { store_->set_unlogged(gone); });
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
  output_.donate(encode_state(*store_, log_, last_ordered_, positions_, output_.lamport(), cut));
}

void TopicState::on_left(const LightViewLeft& event, Time now, SessionOutbox& out) {
  const bool was_in_view = sync_.in_view();
  sync_.on_left();
  joining_.reset();
  output_.close();
  output_.drop_donations();
  store_->clear();
  log_.clear();
  last_ordered_ = {};
  if (event.cause != LightViewLeft::Cause::merged) {
    positions_.clear();
  } else if (was_in_view && !HAWSER_FAULT("session_merge_gap_untold")) {
    // The positions stay: what this side has seen of a publisher is not missing here when it goes on.
    tell_gap({.cause = Gap::Cause::partition}, now, out);
  }
}

// ---- Messages ----

void TopicState::on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  const auto kind = kind_of(message.bytes());
  if (kind == TopicMessageKind::data || kind == TopicMessageKind::timed_data) {
    on_data(sender, std::move(message), now, out);
  } else if (kind == TopicMessageKind::state) {
    on_state(sender, message, now, out);
  } else {
    ++parts_.refused;
  }
}

void TopicState::on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  if (joining_ == nullptr || HAWSER_FAULT("session_live_before_snapshot")) {
    return deliver({sender, std::move(message), ordered_}, now, out);
  }
  joining_->heard.add({sender, std::move(message), ordered_});
}

void TopicState::deliver(HeardMessage message, Time now, SessionOutbox& out) {
  const NodeId& publisher = message.sender;
  const auto data = decode_data(message.bytes.bytes());
  if (!data) {
    ++parts_.refused;
    return;
  }
  keep(retained_of(publisher, *data, message.bytes, message.ordered));
  const std::uint64_t missing = positions_.advance(publisher, data->number);
  if (missing > 0 && !HAWSER_FAULT("session_jump_untold")) {
    tell_gap({.cause = Gap::Cause::partition,
              .messages = missing,
              .publisher = publisher,
              .first = data->number - missing,
              .last = data->number - 1},
             now, out);
  }
  if (!heard_) return;
  hand({publisher, data->number, false, data->key, data->payload, data->time, std::move(message.bytes)}, now, out);
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
  for (const StateArrival::Part& part : arrival.parts()) install(part);
  positions_.raise(parts_.self, output_.sent());
  if (heard_) hand_state_to_all(now, out);
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateInstalled{name_, donor, cut.era, cut.heavy_view, digest()});
  }
}

void TopicState::hand_state_to_all(Time now, SessionOutbox& out) {
  const Start& first = subscribers_.front().start;
  const bool all_alike = std::all_of(subscribers_.begin(), subscribers_.end(),
                                     [&](const TopicSubscriber& one) { return one.start == first; });
  if (all_alike) return hand_state({}, first, true, now, out);
  for (const TopicSubscriber& subscriber : subscribers_) {
    hand_state(subscriber.id, subscriber.start, &subscriber == &subscribers_.front(), now, out);
  }
}

void TopicState::install(const StateArrival::Part& part) {
  Reader from{part.items};
  while (auto item = read_item(from)) {
    if (const auto* clock = std::get_if<StateClock>(&*item)) {
      output_.observe(clock->lamport);
      positions_.set_complete(clock->positions_complete);
    } else if (const auto* position = std::get_if<StatePosition>(&*item)) {
      positions_.raise(position->publisher, position->number);
    } else if (const auto* last = std::get_if<StateLast>(&*item)) {
      last_ordered_ = *last;
    } else if (const auto* floor = std::get_if<StateLogFloor>(&*item)) {
      log_.raise_floor({floor->time, floor->lamport, floor->publisher, floor->newest});
    } else if (auto* retained = std::get_if<RetainedMessage>(&*item)) {
      retained->memory = &part.message.buffer();
      install(*retained);
    }
  }
  if (!from.ok()) ++parts_.refused;
}

// What the history does not have comes after it, and is what the donor retains, whatever the history has of its key.
void TopicState::install(RetainedMessage& message) {
  if (message.logged) {
    message.ordered = ordered_;
    return keep(message);
  }
  output_.observe(message.lamport);
  message.ordered = true;
  store_->fold(message);
}

void TopicState::catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out) {
  if (heard.skipped() > 0) {
    heard.skipped_log().for_each([&](const RetainedMessage& message) { fold(message); });
    log_.append(heard.skipped_log(), [this](const RetainedMessage& gone) { store_->set_unlogged(gone); });
    heard.skipped_state().for_each([&](const RetainedMessage& message) {
      if (!message.logged) fold(message);
    });
    if (heard.skipped_last().number > 0) last_ordered_ = heard.skipped_last();
    positions_.raise(heard.skipped_positions());
    tell_gap({.cause = Gap::Cause::queue_full, .messages = heard.skipped()}, now, out);
  }
  const auto messages = heard.take();
  for (const HeardMessage& message : messages) deliver(message, now, out);
  if (!messages.empty() && HAWSER_FAULT("session_buffered_twice")) deliver(messages.front(), now, out);
}

void TopicState::hand_state(SubscriberId to, const Start& start, bool recorded, Time now, SessionOutbox& out) {
  std::size_t messages = 0;
  const auto hand_one = [&](const RetainedMessage& retained) {
    ++messages;
    if (recorded) ++delivered_;
    if (recorded && parts_.trace != nullptr) {
      parts_.record(now,
                    trace::Received{name_, retained.publisher, retained.number, digest_of(retained.payload), true});
    }
    out.events.push_back({handle_, to, copy_of(retained)});
  };
  visit_from(start, now, hand_one);
  out.events.push_back({handle_, to, TopicSynced{.retained_messages = messages}});
}

// What has grown too old meanwhile, though nothing newer has come, is no history any more.
void TopicState::visit_from(const Start& start, Time now, const TopicStore::Visit& visit) const {
  const std::uint64_t wall = parts_.wall_time(now);
  const auto age = static_cast<std::uint64_t>(history_.age.count());
  const std::uint64_t oldest = std::max(age == 0 || wall < age ? 0 : wall - age, start.since());
  switch (start.from()) {
    case Start::From::none: return;
    case Start::From::values: return store_->for_each(visit);
    case Start::From::last: return visit_last(visit);
    case Start::From::all:
      if (start.since() == 0) {
        store_->for_each([&](const RetainedMessage& message) {
          if (!message.logged || message.time < oldest) visit(message);
        });
      }
      log_.for_each([&](const RetainedMessage& message) {
        if (message.time >= oldest) visit(message);
      });
  }
}

void TopicState::visit_last(const TopicStore::Visit& visit) const {
  if (!log_.empty()) return visit(log_.last());
  std::optional<RetainedMessage> last;
  std::optional<RetainedMessage> last_ordered;
  store_->for_each([&](const RetainedMessage& message) {
    const bool is_it = message.publisher == last_ordered_.publisher && message.number == last_ordered_.number;
    if (is_it) last_ordered = message;
    if (!last || is_later(message, *last)) last = message;
  });
  if (last_ordered) return visit(*last_ordered);
  if (last) visit(*last);
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
