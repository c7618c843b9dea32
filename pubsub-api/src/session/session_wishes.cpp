#include <algorithm>
#include <string>
#include <utility>

#include "pubsub-api/src/session/session_impl.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"

namespace hawser {

Result<std::uint64_t> Session::Impl::publish(TopicHandle handle, std::string_view key, const Payload& payload, Time now,
                                             SessionOutbox& out) {
  Topic& topic = topics_.at(handle);
  auto number = topic.output.publish(key, payload, now, out.below);
  if (!topic.publishes) {
    topic.publishes = true;
    join({&topic}, now, out);
  }
  note_backlog(topic);
  return number;
}

void Session::Impl::declare(TopicHandle handle, const TopicOptions& options, Time now, SessionOutbox& out) {
  Topic& topic = topics_.at(handle);
  topic.owes_declared = true;
  if (!topic.declares) topic.to_be = configuration_of(options);
  topic.declares = true;
  join({&topic}, now, out);
  answer_declared(topic, now, out);
}

void Session::Impl::subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, const Start& start,
                              Time now, SessionOutbox& out) {
  subscriptions_.try_emplace(subscriber);
  starts_[subscriber] = start;
  std::vector<Topic*> wanted;
  for (const Pattern& pattern : patterns) {
    if (pattern.kind() != Pattern::Kind::topic) continue;
    Topic& topic = topics_.named(pattern.text());
    if (add_subscriber(topic, subscriber, now, out)) wanted.push_back(&topic);
  }
  join(wanted, now, out);
  const std::vector<Pattern> news = patterns_.add(subscriber, patterns);
  if (!news.empty()) parts_.groups.watch(news, now, out.below);
  for (const Pattern& pattern : patterns) {
    if (patterns_.is_watched(pattern)) tell_watched(subscriber, pattern, out);
  }
}

void Session::Impl::unsubscribe(SubscriberId subscriber, Time now, SessionOutbox& out) {
  const auto handles = subscriptions_.extract(subscriber);
  if (handles.empty()) return;
  unwatch(subscriber, now, out);
  paused_.erase(subscriber);
  starts_.erase(subscriber);
  std::vector<Topic*> given_up;
  for (const TopicHandle handle : handles.mapped()) {
    Topic& topic = topics_.at(handle);
    std::erase_if(topic.subscribers, [&](const TopicSubscriber& one) { return one.id == subscriber; });
    set_paused(topic, subscriber, false);
    if (!topic.subscribers.empty()) continue;
    lose_last_subscriber(topic, now);
    given_up.push_back(&topic);
  }
  leave_unwanted(given_up, now, out);
}

void Session::Impl::set_paused(SubscriberId subscriber, bool paused) {
  const auto handles = subscriptions_.find(subscriber);
  if (handles == subscriptions_.end()) return;
  if (paused) {
    paused_.insert(subscriber);
  } else {
    paused_.erase(subscriber);
  }
  for (const TopicHandle handle : handles->second) set_paused(topics_.at(handle), subscriber, paused);
}

void Session::Impl::leave(Time now, SessionOutbox& out) {
  for (const auto& [subscriber, handles] : subscriptions_) unwatch(subscriber, now, out);
  subscriptions_.clear();
  std::vector<Topic*> given_up;
  for (const auto& topic : topics_.all()) {
    topic->publishes = false;
    topic->declares = false;
    if (!topic->subscribers.empty()) lose_last_subscriber(*topic, now);
    topic->subscribers.clear();
    given_up.push_back(topic.get());
  }
  leave_unwanted(given_up, now, out);
  parts_.store.finish();
}

void Session::Impl::unwatch(SubscriberId subscriber, Time now, SessionOutbox& out) {
  const std::vector<Pattern> over = patterns_.remove(subscriber);
  if (!over.empty()) parts_.groups.unwatch(over, now, out.below);
}

// False where they all are subscribers already.
bool Session::Impl::add_subscribers(Topic& topic, const std::vector<SubscriberId>& subscribers, Time now,
                                    SessionOutbox& out) {
  bool any = false;
  for (const SubscriberId subscriber : subscribers) any = add_subscriber(topic, subscriber, now, out) || any;
  return any;
}

// False where it is one already.
bool Session::Impl::add_subscriber(Topic& topic, SubscriberId subscriber, Time now, SessionOutbox& out) {
  const auto is_it = [&](const TopicSubscriber& one) { return one.id == subscriber; };
  if (std::any_of(topic.subscribers.begin(), topic.subscribers.end(), is_it)) return false;
  subscriptions_.at(subscriber).push_back(topic.state.handle());
  out.events.push_back({topic.state.handle(), subscriber, TopicSubscribed{}});
  topic.subscribers.push_back({subscriber, starts_.at(subscriber)});
  if (paused_.contains(subscriber)) set_paused(topic, subscriber, true);
  const bool first = topic.subscribers.size() == 1;
  if (first) parts_.record(now, trace::Subscribed{topic.name});
  if (topic.leaving) return true;  // It comes back with a new first view, and is silent until then.
  topic.state.set_heard(true);
  if (topic.state.synced()) topic.state.hand_state(subscriber, starts_.at(subscriber), first, now, out);
  return true;
}

void Session::Impl::set_paused(Topic& topic, SubscriberId subscriber, bool paused) {
  topic.flow.set_paused(subscriber, paused);
  say_flow(topic);
}

void Session::Impl::say_flow(Topic& topic) {
  if (const auto word = topic.flow.take_word()) topic.output.say_flow(*word);
  note_backlog(topic);
}

void Session::Impl::lose_last_subscriber(Topic& topic, Time now) {
  topic.state.set_heard(false);
  parts_.record(now, trace::Unsubscribed{topic.name});
}

// Asks the group below for what is not asked for yet, all at once; but first the store what it has of it, for if this
// node is the topic's first, that is the topic's state.
void Session::Impl::join(const std::vector<Topic*>& wanted, Time now, SessionOutbox& out) {
  std::vector<JoinRequest> requests;
  std::vector<StoreRead::Wanted> to_read;
  for (Topic* topic : wanted) {
    if (topic->leaving || reads_first(*topic, to_read)) continue;
    const Role role = topic->wanted_role();
    if (topic->joined && (role == topic->role || role == Role::publisher)) continue;
    topic->joined = true;
    topic->role = role;
    requests.push_back({topic->name, role});
  }
  if (!requests.empty()) parts_.groups.join(requests, now, out.below);
  for (const Topic* topic : wanted) configure(*topic, now, out);
  if (!to_read.empty()) parts_.store.read(std::move(to_read));
}

bool Session::Impl::reads_first(Topic& topic, std::vector<StoreRead::Wanted>& to_read) {
  if (!topic.state.unread() || topic.joined) return false;
  add_unread(topic, to_read);
  return true;
}

void Session::Impl::add_unread(Topic& topic, std::vector<StoreRead::Wanted>& to_read) {
  if (!topic.state.unread() || std::exchange(topic.reading, true)) return;
  to_read.push_back({topic.name, topic_range(topic.name)});
}

void Session::Impl::configure(const Topic& topic, Time now, SessionOutbox& out) {
  if (!topic.to_be || !topic.joined || topic.leaving) return;
  parts_.groups.configure(topic.name, *topic.to_be, now, out.below);
}

// Asks the group below out of what nobody here wants, all at once. A topic whose first view is not here yet is left
// when it comes: only then is it certain that LightViewLeft will follow.
void Session::Impl::leave_unwanted(std::span<Topic* const> candidates, Time now, SessionOutbox& out) {
  std::vector<std::string> names;
  for (Topic* topic : candidates) {
    if (topic->wanted() || !topic->state.in_view() || topic->leaving) continue;
    topic->leaving = true;
    topic->output.close();
    names.push_back(topic->name);
  }
  if (!names.empty()) parts_.groups.leave(names, now, out.below);
}

}  // namespace hawser
