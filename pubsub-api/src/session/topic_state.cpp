#include "pubsub-api/src/session/topic_state.hpp"

#include <utility>

#include "pubsub-api/src/session/topic_options.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

TopicState::TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output,
                       const std::vector<TopicSubscriber>& subscribers)
    : handle_(handle),
      name_(name),
      parts_(parts),
      output_(output),
      subscribers_(subscribers),
      sync_(parts.self),
      unread_(parts.store.enabled()) {}

// ---- Views ----

void TopicState::on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
  output_.set_group(event.view.group);
  set_options(event.configuration);
  contents_.positions.forget_absent(event.view);
  if (seen_ != nullptr) seen_->forget_absent(event.view);
  const StateSync::Duty duty = sync_.on_view(event);
  if (duty.await) await(event.view);
  if (joining_ != nullptr) note_view(event.view, *joining_);
  if (duty.found) found(duty.state_lost, now, out);
  note_view(event.view);
  donations_.on_view(event);
  if (duty.donate) donate(cut_of(event.view), now);
  if (sync_.all_synced()) drop_donations();
  output_.donate(donations_.take_ready());
  settle_want();
  settle_former();
}

void TopicState::note_view(const LightView& view, Joining& joining) const {
  joining.view = view;
  if (!joining.kept_since && is_told_ && is_kept()) joining.kept_since = view;
}

// What members agree on of the past, from view to view.
void TopicState::note_view(const LightView& view) {
  if (!sync_.synced() || !is_told_ || !is_kept()) return;
  const bool ordered = options_.order == TopicOrder::total;
  if (contents_.lineage.empty()) {
    contents_.lineage.found(view);
  } else if (ordered) {
    contents_.lineage.pass(view);
  }
  if (ordered) contents_.agreed = contents_.positions;
  note_changed();
}

// Until it has been told, nothing new belongs into its history, and nothing that a store has is too much.
void TopicState::set_options(const Configuration& configuration) {
  if (configuration.is_set() && configuration != configuration_) {
    contents_.lineage.clear();
    configuration_ = configuration;
  }
  is_told_ = configuration.is_set();
  options_ = options_of(configuration).value_or(TopicOptions{});
  options_.order = configuration.is_total() ? TopicOrder::total : TopicOrder::fifo;
  output_.set_options(options_);
  if (is_told_ && contents_.set_ordered(options_.order == TopicOrder::total)) renew_shadow();
  contents_.set_bounds(bounds());
  if (joining_ != nullptr) joining_->heard.set_bounds(bounds());
  note_changed();
}

History TopicState::bounds() const { return is_told_ ? options_.history : kUnbounded; }

void TopicState::await(const LightView& view) {
  if (joining_ == nullptr || !HAWSER_FAULT("session_buffer_kept_on_new_donor")) {
    joining_ = std::make_unique<Joining>(parts_.join_buffer);
  }
  joining_->arrival.clear();
  joining_->heard.set_bounds(bounds());
  joining_->cut = cut_of(view);
  joining_->owes_want = is_told_ && is_kept();
}

void TopicState::keep(const RetainedMessage& message) {
  observe(message);
  contents_.keep(message);
  note_changed();
}

void TopicState::observe(const RetainedMessage& message) {
  output_.observe(message.lamport);
  output_.observe_time(message.time);
}

void TopicState::found(bool state_lost, Time now, SessionOutbox& out) {
  if (state_lost) tell_gap({.cause = Gap::Cause::state_lost}, now, out);
  if (former_ != nullptr) {
    adopt_former(now, out);
  } else {
    tell_synced(0, state_lost, out);
  }
  if (state_lost) contents_.positions.set_complete(false);
  if (seen_ != nullptr) seen_->set_complete(contents_.positions.complete());
  // What was heard since the cut is all that is left of the topic; the others will have it by this node's state.
  const std::unique_ptr<Joining> joining = std::move(joining_);
  if (joining != nullptr) catch_up(joining->heard, now, out);
  note_own_seen();
  output_.open();
}

void TopicState::donate(const StateCut& cut, Time now) {
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateTaken{name_, cut.era, cut.heavy_view, digest()});
  }
  donations_.add(contents_, output_.lamport(), cut,
                 is_told_ && is_kept() ? sync_.awaiting(cut) : std::vector<NodeId>{});
}

void TopicState::drop_donations() {
  donations_.clear();
  output_.drop_donations();
}

void TopicState::on_left(const LightViewLeft& event, Time now, SessionOutbox& out) {
  const bool was_in_view = sync_.in_view();
  const bool merged = event.cause == LightViewLeft::Cause::merged;
  if (shadow_ != nullptr) parts_.store.take_back(*this, now);
  shadow_.reset();
  if (merged) keep_former();
  sync_.on_left();
  joining_.reset();
  output_.close();
  output_.drop_want();
  drop_donations();
  output_.drop_news();
  contents_.clear();
  is_told_ = false;
  // What this side has seen of a publisher is not missing here when it goes on; and is not in what comes from the
  // other.
  if (merged) static_cast<void>(seen());
  contents_.positions.clear();
  if (!merged) {
    seen_.reset();
    former_.reset();
    configuration_ = {};
    unread_ = parts_.store.enabled();
  } else if (was_in_view && !HAWSER_FAULT("session_merge_gap_untold")) {
    tell_gap({.cause = Gap::Cause::partition}, now, out);
  }
}

// ---- Messages ----

void TopicState::on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  const auto kind = kind_of(message.bytes());
  if (kind == TopicMessageKind::data || kind == TopicMessageKind::timed_data || kind == TopicMessageKind::news) {
    on_data(sender, std::move(message), now, out);
  } else if (kind == TopicMessageKind::state) {
    on_state(sender, message, now, out);
  } else if (kind == TopicMessageKind::want) {
    on_want(sender, message.bytes());
  } else {
    ++parts_.refused;
  }
}

void TopicState::on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out) {
  const bool ordered = options_.order == TopicOrder::total;
  if (joining_ == nullptr || HAWSER_FAULT("session_live_before_snapshot")) {
    return deliver({sender, std::move(message), ordered}, now, out);
  }
  joining_->heard.add({sender, std::move(message), ordered});
}

void TopicState::deliver(HeardMessage message, Time now, SessionOutbox& out) {
  if (kind_of(message.bytes.bytes()) == TopicMessageKind::news) return deliver_news(message, now, out);
  deliver_data(std::move(message), now, out);
}

void TopicState::deliver_data(HeardMessage message, Time now, SessionOutbox& out) {
  const NodeId& publisher = message.sender;
  const auto data = decode_data(message.bytes.bytes());
  if (!data) {
    ++parts_.refused;
    return;
  }
  keep(retained_of(publisher, *data, message.bytes, message.ordered));
  const std::uint64_t uncovered = contents_.cover(publisher, data->number);
  const std::uint64_t missing = seen_ == nullptr ? uncovered : seen_->advance(publisher, data->number);
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

void TopicState::on_want(const NodeId& newcomer, ByteView message) {
  if (const auto want = decode_want(message)) {
    donations_.on_want(newcomer, *want);
    output_.donate(donations_.take_ready());
  } else {
    ++parts_.refused;
  }
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
    install(*joining, chunk->cut, donor, now, out);
    catch_up(joining->heard, now, out);
    output_.open();
    settle_former();
  }
}

// ---- Joining ----

// The state is the donor's as of the cut, whatever has been told since.
void TopicState::install(const Joining& joining, const StateCut& cut, const NodeId& donor, Time now,
                         SessionOutbox& out) {
  contents_.set_bounds(kUnbounded);
  if (const auto difference = joining.arrival.difference()) install(*difference, now, out);
  std::size_t received = 0;
  for (const StateArrival::Part& part : joining.arrival.parts()) received += install(part);
  note_installed(cut, joining);
  const std::uint64_t as_of_cut = parts_.trace == nullptr ? 0 : digest();
  if (is_told_) contents_.set_ordered(options_.order == TopicOrder::total);
  contents_.set_bounds(bounds());
  note_changed();
  note_own_seen();
  if (heard_) hand_state_to_all(now, out, received);
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateInstalled{name_, donor, cut.era, cut.heavy_view, as_of_cut});
  }
}

// What this node has brought of the state, as the donor left it out.
void TopicState::install(const StateDifference& difference, Time now, SessionOutbox& out) {
  if (former_ == nullptr) {  // It was never asked for.
    ++parts_.refused;
    return tell_gap({.cause = Gap::Cause::state_lost}, now, out);
  }
  install_former();
  contents_.keep_logged(difference.base, difference.logged);
}

// Returns how many messages it had.
std::size_t TopicState::install(const StateArrival::Part& part) {
  std::size_t messages = 0;
  Reader from{part.items};
  while (auto item = read_item(from)) {
    if (auto* message = std::get_if<RetainedMessage>(&*item)) {
      message->memory = &part.message.buffer();
      ++messages;
    }
    install(*item);
  }
  if (!from.ok()) ++parts_.refused;
  return messages;
}

// What the state covers was agreed on at its cut, which may lie some views back. In one of them the others may have
// begun its lineage.
void TopicState::note_installed(const StateCut& cut, const Joining& joining) {
  if (!joining.kept_since) return;
  if (contents_.lineage.empty()) contents_.lineage.found(*joining.kept_since);
  if (options_.order != TopicOrder::total) return;
  contents_.agreed = contents_.positions;
  if (cut_of(joining.view) != cut) contents_.lineage.pass(joining.view);
}

void TopicState::install(StateItem& item) {
  if (const auto* clock = std::get_if<StateClock>(&item)) {
    output_.observe(clock->lamport);
    contents_.positions.set_complete(clock->positions_complete);
    contents_.lineage.clear();
    if (seen_ != nullptr) seen_->set_complete(clock->positions_complete);
  } else if (const auto* position = std::get_if<StatePosition>(&item)) {
    contents_.positions.raise(position->publisher, position->number);
    if (seen_ != nullptr) seen_->raise(position->publisher, position->number);
  } else if (const auto* lineage = std::get_if<StateLineage>(&item)) {
    contents_.lineage.add(lineage->id);
  } else if (const auto* last = std::get_if<StateLast>(&item)) {
    contents_.last = *last;
  } else if (const auto* floor = std::get_if<StateLogFloor>(&item)) {
    contents_.log.raise_floor({floor->time, floor->lamport, floor->publisher, floor->newest});
  } else if (auto* message = std::get_if<RetainedMessage>(&item)) {
    observe(*message);
    if (message->logged) return static_cast<void>(contents_.keep(*message));
    // What the history does not have comes after it, and is the last, whatever the history has of its key.
    message->ordered = true;
    contents_.values.fold(*message);
  }
}

void TopicState::catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out) {
  for (const StateJoinBuffer::Skipped& skipped : heard.all_skipped()) {
    contents_.append(skipped.contents);
    if (seen_ != nullptr) seen_->raise(skipped.contents.positions);
    skipped.contents.values.for_each([this](const RetainedMessage& message) { observe(message); });
    skipped.contents.log.for_each([this](const RetainedMessage& message) { observe(message); });
    if (skipped.news) deliver_news(*skipped.news, now, out);
  }
  if (heard.skipped() > 0) tell_gap({.cause = Gap::Cause::queue_full, .messages = heard.skipped()}, now, out);
  const auto messages = heard.take();
  for (const HeardMessage& message : messages) deliver(message, now, out);
  if (!messages.empty() && HAWSER_FAULT("session_buffered_twice")) deliver(messages.front(), now, out);
}

}  // namespace hawser
