#include "pubsub-api/src/session/topic_state.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

constexpr History kNoBounds{.messages = UINT64_MAX, .bytes = UINT64_MAX, .age = {}};

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
      sync_(parts.self),
      unread_(parts.store.enabled()) {}

// ---- Views ----

void TopicState::on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
  output_.set_group(event.view.group);
  set_options(event.configuration);
  contents_.positions.forget_absent(event.view);
  if (seen_ != nullptr) seen_->forget_absent(event.view);
  const StateSync::Duty duty = sync_.on_view(event);
  if (duty.await) await();
  if (duty.found) found(duty.state_lost, now, out);
  if (duty.donate) donate(cut_of(event.view), now);
  if (sync_.all_synced()) output_.drop_donations();
  settle_former();
}

// Until it has been told, nothing new belongs into its history, and nothing that a store has is too much.
void TopicState::set_options(const Configuration& configuration) {
  if (configuration.is_set()) configuration_ = configuration;
  is_told_ = configuration.is_set();
  options_ = options_of(configuration).value_or(TopicOptions{});
  options_.order = configuration.is_total() ? TopicOrder::total : TopicOrder::fifo;
  output_.set_options(options_);
  if (is_told_ && contents_.log.set_ordered(options_.order == TopicOrder::total)) renew_shadow();
  contents_.set_bounds(bounds());
  if (joining_ != nullptr) joining_->heard.set_bounds(bounds());
  note_changed();
}

History TopicState::bounds() const { return is_told_ ? options_.history : kNoBounds; }

void TopicState::await() {
  if (joining_ != nullptr && HAWSER_FAULT("session_buffer_kept_on_new_donor")) return joining_->arrival.clear();
  joining_ = std::make_unique<Joining>(parts_.join_buffer);
  joining_->heard.set_bounds(bounds());
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
  output_.donate(encode_state(contents_, output_.lamport(), cut));
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
  output_.drop_donations();
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
  const std::uint64_t missing =
      seen_ == nullptr ? contents_.positions.advance(publisher, data->number) : seen_->advance(publisher, data->number);
  if (seen_ != nullptr) contents_.positions.raise(publisher, data->number);
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
    settle_former();
  }
}

// ---- Joining ----

// The state is the donor's as of the cut, whatever has been told since.
void TopicState::install(const StateArrival& arrival, const StateCut& cut, const NodeId& donor, Time now,
                         SessionOutbox& out) {
  contents_.set_bounds(kNoBounds);
  for (const StateArrival::Part& part : arrival.parts()) install(part);
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::StateInstalled{name_, donor, cut.era, cut.heavy_view, digest()});
  }
  if (is_told_) contents_.log.set_ordered(options_.order == TopicOrder::total);
  contents_.set_bounds(bounds());
  note_own_seen();
  if (heard_) hand_state_to_all(now, out);
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
    if (auto* message = std::get_if<RetainedMessage>(&*item)) {
      message->memory = &part.message.buffer();
    }
    install(*item);
  }
  if (!from.ok()) ++parts_.refused;
}

void TopicState::install(StateItem& item) {
  if (const auto* clock = std::get_if<StateClock>(&item)) {
    output_.observe(clock->lamport);
    contents_.positions.set_complete(clock->positions_complete);
    if (seen_ != nullptr) seen_->set_complete(clock->positions_complete);
  } else if (const auto* position = std::get_if<StatePosition>(&item)) {
    contents_.positions.raise(position->publisher, position->number);
    if (seen_ != nullptr) seen_->raise(position->publisher, position->number);
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

void TopicState::hand_state(SubscriberId to, const Start& start, bool recorded, Time now, SessionOutbox& out) {
  std::size_t messages = 0;
  const auto hand_one = [&](const RetainedMessage& retained) {
    ++messages;
    hand_past(copy_of(retained), to, recorded, now, out);
  };
  visit_from(start, now, hand_one);
  out.events.push_back({handle_, to, TopicSynced{.retained_messages = messages}});
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

// ---- What this node brings along, and its store ----

bool TopicState::on_read(std::vector<StoreRecord> records) {
  const bool is_sound = for_each_item(records, [](StateItem& /*item*/) {});
  if (!is_sound) return false;  // It stays unread, and so untouched.
  unread_ = false;
  if (!records.empty()) {
    if (!configuration_.is_set()) configuration_ = stored_configuration(records).value_or(Configuration{});
    if (former_ == nullptr) former_ = std::make_unique<FormerContents>(FormerContents{.is_in_store = true});
    former_->sets.push_back(std::move(records));
    former_->is_told = false;
  }
  settle_former();
  return true;
}

// The first of a topic: what it was is what it is.
void TopicState::adopt_former(Time now, SessionOutbox& out) {
  const std::unique_ptr<FormerContents> former = std::move(former_);
  contents_.set_bounds(kNoBounds);
  for_each_item(former->sets.front(), [this](StateItem& item) { install(item); });
  if (former->is_in_store && parts_.store.enabled()) {
    shadow_ = std::make_unique<TopicShadow>(contents_, TopicShadow::Store::has_it);
  }
  const bool ordered = options_.order == TopicOrder::total;
  for (std::size_t i = 1; i < former->sets.size(); ++i) add_former(former->sets[i], ordered, contents_);
  if (is_told_ && contents_.log.set_ordered(ordered)) renew_shadow();
  contents_.set_bounds(bounds());
  note_changed();
  if (heard_) hand_state_to_all(now, out);
}

// Whether the topic is to outlive its nodes, as far as is known.
bool TopicState::is_kept() const {
  const auto options = options_of(configuration_);
  return options && options->durability != Durability::in_memory;
}

// The store is not touched before the others have what it has and they had not.
void TopicState::settle_former() {
  if (!sync_.synced() || !is_told_) return;
  if (!is_kept()) {
    former_.reset();
    drop_shadow();
    unread_ = parts_.store.enabled();  // Who knows whether it is kept where a partition ends.
    return;
  }
  if (former_ != nullptr && !former_->is_told) {
    std::vector<Buffer> news = encode_news(*former_, contents_.positions, news_told_ + 1);
    news_told_ += news.size();
    former_->is_told = true;
    if (news.empty()) former_.reset();
    output_.tell_news(std::move(news));
  }
  if (former_ != nullptr || shadow_ != nullptr || unread_ || !parts_.store.enabled()) return;
  shadow_ = std::make_unique<TopicShadow>(contents_, TopicShadow::Store::differs);
  note_changed();
}

// The side of a partition that gives way brings what it had into the other.
void TopicState::keep_former() {
  if (former_ != nullptr) former_->is_told = false;
  if (!sync_.synced() || !is_kept()) return;
  if (former_ == nullptr) former_ = std::make_unique<FormerContents>();
  former_->is_in_store = false;
  former_->sets.push_back(records_of(name_, configuration_, contents_, output_.lamport()));
}

// All of it is to be written anew.
void TopicState::renew_shadow() {
  if (shadow_ == nullptr) return;
  parts_.store.forget(*this);
  shadow_ = std::make_unique<TopicShadow>(contents_, TopicShadow::Store::differs);
}

void TopicState::deliver_news(const HeardMessage& message, Time now, SessionOutbox& out) {
  const auto news = decode_news(message.bytes.bytes());
  if (!news) {
    ++parts_.refused;
    return;
  }
  std::map<std::string, TopicMessage> changed;  // By key.
  const bool sound = add_news(
      news->items, message.bytes.buffer(), message.ordered, contents_,
      [&](const RetainedMessage& one) {
        observe(one);
        changed.insert_or_assign(std::string{one.key}, copy_of(one));
      },
      [this](const StatePosition& position) {
        static_cast<void>(seen());  // What the news cover, subscribers have not seen message by message.
        contents_.positions.raise(position.publisher, position.number);
      });
  if (!sound) ++parts_.refused;
  note_changed();
  if (heard_ && !changed.empty()) hand_news(changed, now, out);
  if (message.sender != parts_.self || !news->last || news->number != news_told_) return;
  former_.reset();
  settle_former();
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

// From here on, what is no loss is another thing than what the contents cover.
TopicPositions& TopicState::seen() {
  if (seen_ == nullptr) seen_ = std::make_unique<TopicPositions>(contents_.positions);
  return *seen_;
}

void TopicState::note_own_seen() {
  if (output_.sent() > contents_.positions.of(parts_.self)) seen().raise(parts_.self, output_.sent());
}

void TopicState::note_changed() {
  if (shadow_ != nullptr && shadow_->note_changed()) parts_.store.note_changed(*this);
}

void TopicState::write_changes(StoreBatch& batch) {
  shadow_->write({name_, configuration_, contents_, output_.lamport()}, batch);
}

void TopicState::on_store_failed() {
  unread_ = false;
  drop_shadow();
}

void TopicState::drop_shadow() {
  parts_.store.forget(*this);
  contents_.stop_tracking();
  shadow_.reset();
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
