// What a node brings along into a topic, and its store.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "pubsub-api/src/session/topic_state.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

bool TopicState::on_read(std::vector<StoreRecord> records) {
  const bool is_sound = for_each_item(records, [](StateItem& /*item*/) {});
  is_refused_ = !is_sound;
  unread_ = is_refused_;  // So it stays untouched.
  if (is_sound && !records.empty()) {
    if (!configuration_.is_set()) configuration_ = stored_configuration(records).value_or(Configuration{});
    if (former_ == nullptr) former_ = std::make_unique<FormerContents>(FormerContents{.is_in_store = true});
    former_->sets.push_back(std::move(records));
    former_->is_told = false;
  }
  settle_want();
  settle_former();
  return is_sound;
}

// The first of a topic: what it was is what it is.
void TopicState::adopt_former(Time now, SessionOutbox& out) {
  contents_.set_bounds(kUnbounded);
  install_former();
  const std::unique_ptr<FormerContents> former = std::move(former_);
  // As others of its lineage have it no more.
  const bool is_told_otherwise = stored_configuration(former->sets.front()) != configuration_;
  if (former->sets.size() > 1 || is_told_otherwise) contents_.lineage.clear();
  const bool ordered = options_.order == TopicOrder::total;
  for (std::size_t i = 1; i < former->sets.size(); ++i) {
    for_each_item(former->sets[i], [this](StateItem& item) {
      if (const auto* clock = std::get_if<StateClock>(&item)) output_.observe(clock->lamport);
      if (const auto* message = std::get_if<RetainedMessage>(&item)) observe(*message);
    });
    add_former(former->sets[i], ordered, contents_);
  }
  if (is_told_ && contents_.set_ordered(ordered)) renew_shadow();
  contents_.set_bounds(bounds());
  note_changed();
  if (heard_) hand_state_to_all(now, out);
}

void TopicState::install_former() {
  for_each_item(former_->sets.front(), [this](StateItem& item) {
    install(item);
    if (const auto* base = std::get_if<StateBase>(&item)) contents_.agreed.raise(base->publisher, base->number);
  });
  if (!former_->is_in_store || !parts_.store.enabled()) return;
  shadow_ = std::make_unique<TopicShadow>(contents_, TopicShadow::Store::has_it);
}

// The donor is told what is here of the topic, once that is known: then it sends only the rest.
void TopicState::settle_want() {
  if (joining_ == nullptr || !joining_->owes_want || unread()) return;
  joining_->owes_want = false;
  const bool is_one = former_ != nullptr && former_->sets.size() == 1;
  const bool is_of_use = is_one && stored_configuration(former_->sets.front()) == configuration_;
  output_.say_want(encode_want(
      joining_->cut, is_of_use ? holding_of(former_->sets.front(), configuration_.is_total()) : StateHolding{}));
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
    if (shadow_ != nullptr) drop_shadow();
    unread_ = parts_.store.enabled();  // Who knows whether it is kept where a partition ends.
    return;
  }
  if (former_ != nullptr && !former_->is_told) {
    std::vector<Buffer> news = encode_news(*former_, contents_.positions, news_told_ + 1);
    news_told_ += news.size();
    former_->is_told = true;
    if (HAWSER_FAULT("session_news_untold")) news.clear();
    if (news.empty() || HAWSER_FAULT("session_store_overwritten_early")) former_.reset();
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
      [this](const RetainedMessage& one) { observe(one); },
      [&](const RetainedMessage& one) { changed.insert_or_assign(std::string{one.key}, copy_of(one)); },
      [this](const StatePosition& position) {
        // What the news cover, subscribers have not seen message by message.
        if (!HAWSER_FAULT("session_news_hide_gaps")) static_cast<void>(seen());
        contents_.positions.raise(position.publisher, position.number);
      });
  if (!sound) ++parts_.refused;
  contents_.lineage.branch(TopicLineage::Step::news, message.sender, news->number);
  note_changed();
  if (heard_ && !changed.empty()) hand_news(changed, now, out);
  if (message.sender != parts_.self || !news->last || news->number != news_told_) return;
  former_.reset();
  settle_former();
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
  settle_want();
  drop_shadow();
}

void TopicState::drop_shadow() {
  parts_.store.forget(*this);
  contents_.stop_tracking();
  shadow_.reset();
}

}  // namespace hawser
