#include "pubsub-api/src/session/topic_output.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "pubsub-api/src/session/topic_message.hpp"

namespace hawser {
namespace {

bool is_full(const Status& sent) { return !sent.ok() && sent.error().code == Errc::would_block; }

}  // namespace

Result<std::uint64_t> TopicOutput::publish(std::string_view key, const Payload& payload, Time now, LightOutbox& out) {
  const bool at_once = may_send() && waiting_.empty();
  Status accepted = at_once ? send_data(number_ + 1, key, payload, now, out) : keep(key, payload);
  // A full queue below is the publisher's to know; what concerns this topic alone is not: it waits here meanwhile.
  const bool below_is_full = is_below_full(accepted, key.size() + payload.bytes.size());
  const bool hopeless = !accepted.ok() && accepted.error().code == Errc::too_large;
  if (at_once && !accepted.ok() && !below_is_full && !hopeless) accepted = keep(key, payload);
  if (!accepted.ok()) return accepted.error();
  ++number_;
  if (parts_.trace != nullptr) parts_.record(now, trace::Published{name_, number_, digest_of(payload.bytes)});
  return number_;
}

Status TopicOutput::keep(std::string_view key, const Payload& payload) {
  const std::size_t bytes = key.size() + payload.bytes.size();
  if (!parts_.waiting.fits(cost_of(bytes))) {
    return Error{Errc::would_block, "the send queue is full: publish to '" + name_ + "' again later"};
  }
  parts_.waiting.take(cost_of(bytes));
  const Buffer keeper = payload.keeper == nullptr ? Buffer::copy_of(payload.bytes) : *payload.keeper;
  const ByteView kept = payload.keeper == nullptr ? keeper.bytes() : payload.bytes;
  waiting_.push_back({number_ + 1, std::string{key}, Slice{keeper, kept}});
  return Ok{};
}

Status TopicOutput::send_data(std::uint64_t number, std::string_view key, const Payload& payload, Time now,
                              LightOutbox& out) {
  TopicData data{.number = number, .lamport = lamport_ + 1, .key = key, .payload = {}};
  if (options_.history.messages > 0) data.time = std::max(parts_.wall_time(now), time_);
  TopicDataHeader header;
  const ByteView head = encode_data_header(data, header);
  const std::array<ByteView, 2> message{head, payload.bytes};
  Status sent = send({message, payload.keeper}, now, out);
  if (sent.ok()) {
    ++lamport_;
    observe_time(data.time);
  }
  return sent;
}

Status TopicOutput::send(const Parts& message, Time now, LightOutbox& out) {
  Status sent = parts_.groups.send(group_, message, now, out);
  if (sent.ok() && parts_.trace != nullptr) parts_.record(now, trace::LightSent{name_, digest_of(message.views)});
  return sent;
}

void TopicOutput::donate(std::vector<Buffer> state) {
  donated_.insert(donated_.end(), std::make_move_iterator(state.begin()), std::make_move_iterator(state.end()));
}

void TopicOutput::tell_news(std::vector<Buffer> news) {
  std::move(news.begin(), news.end(), std::back_inserter(news_));
}

void TopicOutput::drop_donations() { donated_.clear(); }

// It is called for every topic that waits, whenever anything happens: so what can't go out is not tried in vain.
bool TopicOutput::send_waiting(Time now, LightOutbox& out) {
  if (parts_.groups.is_changing(group_)) return true;
  return send_flow(now, out) && send_want(now, out) && send_whole(donated_, now, out) && send_whole(news_, now, out) &&
         send_messages(now, out);
}

bool TopicOutput::is_below_full(const Status& sent, std::size_t bytes) const {
  return is_full(sent) && !parts_.groups.is_held(group_, bytes);
}

bool TopicOutput::send_flow(Time now, LightOutbox& out) {
  if (!flow_word_) return true;
  const FlowWordBytes word = encode_flow({*flow_word_, flow_words_ + 1});
  const std::array<ByteView, 1> message{word};
  const Status sent = send(message, now, out);
  if (is_below_full(sent, word.size())) return false;
  if (sent.ok()) ++flow_words_;
  if (sent.ok() || !is_full(sent)) flow_word_.reset();  // Who may not send any more is on its way out.
  return true;
}

bool TopicOutput::send_want(Time now, LightOutbox& out) {
  if (!want_) return true;
  const std::array<ByteView, 1> views{want_->bytes()};
  const Status sent = send({views, &*want_}, now, out);
  if (is_below_full(sent, want_->bytes().size())) return false;
  if (sent.ok() || !is_full(sent)) want_.reset();
  return true;
}

bool TopicOutput::send_whole(std::vector<Buffer>& messages, Time now, LightOutbox& out) {
  std::size_t gone = 0;
  bool goes_on = true;
  Status sent = Ok{};
  while (gone < messages.size()) {
    const std::array<ByteView, 1> views{messages[gone].bytes()};
    sent = send({views, &messages[gone]}, now, out);
    goes_on = !is_below_full(sent, views[0].size());
    if (!sent.ok()) break;
    ++gone;
  }
  // Who may not send any more is on its way out: the next donor takes over at the view without it.
  if (!sent.ok() && !is_full(sent)) gone = messages.size();
  messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(gone));
  return goes_on;
}

bool TopicOutput::send_messages(Time now, LightOutbox& out) {
  std::size_t gone = 0;
  bool goes_on = true;
  while (may_send() && gone < waiting_.size()) {
    const Waiting& next = waiting_[gone];
    const Payload payload{next.payload.bytes(), &next.payload.buffer()};
    const Status sent = send_data(next.number, next.key, payload, now, out);
    goes_on = !is_below_full(sent, next.bytes());
    if (!sent.ok()) break;
    parts_.waiting.give_back(cost_of(next.bytes()));
    ++gone;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(gone));
  return goes_on;
}

}  // namespace hawser
