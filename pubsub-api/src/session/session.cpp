#include "pubsub-api/src/session/session.hpp"

#include <algorithm>
#include <utility>

#include "pubsub-api/src/session/session_impl.hpp"

namespace hawser {

Session::Session(const NodeId& self, LightGroups& groups, std::size_t send_queue_bytes_max, TraceSink* trace)
    : impl_(std::make_unique<Impl>(self, groups, send_queue_bytes_max, trace)) {}

Session::~Session() = default;

TopicHandle Session::topic(std::string_view name) { return impl_->topic(name); }

Result<std::uint64_t> Session::publish(TopicHandle topic, std::string_view key, const Payload& payload, Time now,
                                       SessionOutbox& out) {
  return impl_->publish(topic, key, payload, now, out);
}

void Session::declare(TopicHandle topic, const TopicOptions& options, Time now, SessionOutbox& out) {
  impl_->declare(topic, options, now, out);
}

void Session::subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, Time now, SessionOutbox& out,
                        const Start& start) {
  impl_->subscribe(subscriber, patterns, start, now, out);
}

void Session::unsubscribe(SubscriberId subscriber, Time now, SessionOutbox& out) {
  impl_->unsubscribe(subscriber, now, out);
}

void Session::set_paused(SubscriberId subscriber, bool paused) { impl_->set_paused(subscriber, paused); }

void Session::enable_store() { impl_->enable_store(); }

std::vector<TopicStoreRequest> Session::take_store_requests(Time now) { return impl_->take_store_requests(now); }

void Session::on_topics_written() { impl_->on_topics_written(); }

void Session::on_topics_read(std::vector<StoredTopic> topics, Time now, SessionOutbox& out) {
  impl_->on_topics_read(std::move(topics), now, out);
}

void Session::on_store_failed(Time now, SessionOutbox& out) { impl_->on_store_failed(now, out); }

void Session::set_wall_zero(Time zero) { impl_->set_wall_zero(zero); }

void Session::leave(Time now, SessionOutbox& out) { impl_->leave(now, out); }

void Session::on_event(LightEvent&& event, Time now, SessionOutbox& out) {
  impl_->on_event(std::move(event), now, out);
}

void Session::send_waiting(Time now, SessionOutbox& out) { impl_->send_waiting(now, out); }

void Session::on_timeout(Time now, SessionOutbox& out) { impl_->on_timeout(now, out); }

Time Session::next_deadline() const { return impl_->next_deadline(); }

std::string_view Session::name_of(TopicHandle topic) const { return impl_->topics().at(topic).name; }

bool Session::is_held(TopicHandle topic) const { return impl_->topics().at(topic).held; }

bool Session::all_sent() const { return impl_->parts().waiting.used() == 0; }

bool Session::left_all() const {
  const auto& topics = impl_->topics().all();
  return impl_->parts().store.all_stored() && std::none_of(topics.begin(), topics.end(), [](const auto& topic) {
           return topic->state.in_view() || topic->output.has_messages() || topic->state.owes_news();
         });
}

std::vector<SessionTopicCounters> Session::counters() const {
  std::vector<SessionTopicCounters> counters;
  for (const auto& topic : impl_->topics().all()) counters.push_back(topic->counters());
  return counters;
}

std::size_t Session::take_changed() { return impl_->take_changed(); }

SessionTopicCounters Session::counters_of(std::string_view topic) const {
  const Topic* known = impl_->topics().find(topic);
  return known == nullptr ? SessionTopicCounters{.topic = std::string{topic}} : known->counters();
}

bool Session::has_state(std::string_view topic) const {
  const Topic* known = impl_->topics().find(topic);
  return known != nullptr && known->state.synced();
}

std::uint64_t Session::refused() const { return impl_->parts().refused; }

std::uint64_t Session::state_digest(std::string_view topic) const {
  const Topic* known = impl_->topics().find(topic);
  if (known == nullptr || !known->state.synced()) return 0;
  return known->state.digest();
}

}  // namespace hawser
