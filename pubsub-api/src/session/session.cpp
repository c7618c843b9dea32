#include "pubsub-api/src/session/session.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "pubsub-api/src/session/pattern_subscriptions.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/session_topics.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"

namespace hawser {

// Keeps the wishes of this node and what LightGroups was told in step, and passes events to the topics.
class Session::Impl {
 public:
  Impl(const NodeId& self, LightGroups& groups, std::size_t send_queue_bytes_max, TraceSink* trace)
      : parts_{self, groups, trace, ByteBudget{send_queue_bytes_max}, ByteBudget{kJoinBufferBytesMax}},
        topics_(parts_) {}

  TopicHandle topic(std::string_view name) { return topics_.named(name).state.handle(); }

  Result<std::uint64_t> publish(TopicHandle handle, std::string_view key, const Payload& payload, Time now,
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

  void declare(TopicHandle handle, const TopicOptions& options, Time now, SessionOutbox& out) {
    Topic& topic = topics_.at(handle);
    topic.owes_declared = true;
    if (!topic.declares) topic.to_be = configuration_of(options);
    topic.declares = true;
    join({&topic}, now, out);
    answer_declared(topic, now, out);
  }

  void subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, const Start& start, Time now,
                 SessionOutbox& out) {
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

  void unsubscribe(SubscriberId subscriber, Time now, SessionOutbox& out) {
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

  void set_paused(SubscriberId subscriber, bool paused) {
    const auto handles = subscriptions_.find(subscriber);
    if (handles == subscriptions_.end()) return;
    if (paused) {
      paused_.insert(subscriber);
    } else {
      paused_.erase(subscriber);
    }
    for (const TopicHandle handle : handles->second) set_paused(topics_.at(handle), subscriber, paused);
  }

  void leave(Time now, SessionOutbox& out) {
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

  void enable_store() { parts_.store.enable(); }

  std::vector<TopicStoreRequest> take_store_requests(Time now) { return parts_.store.take_requests(now); }

  void on_topics_written() { parts_.store.on_written(); }

  void on_topics_read(std::vector<StoredTopic>&& stored, Time now, SessionOutbox& out) {
    std::vector<Topic*> wanted;
    for (StoredTopic& one : stored) {
      Topic& topic = topics_.named(one.topic);
      topic.reading = false;
      if (!topic.state.on_read(std::move(one.records))) {
        out.events.push_back({topic.state.handle(), {}, TopicStoreRefused{}});
      }
      if (!topic.to_be && !topic.state.is_told() && topic.state.configuration().is_set()) {
        topic.to_be = topic.state.configuration();
      }
      note_backlog(topic);
      if (topic.wanted()) wanted.push_back(&topic);
    }
    join(wanted, now, out);
  }

  void on_store_failed(Time now, SessionOutbox& out) {
    parts_.store.on_failed();
    std::vector<Topic*> waiting;
    for (const auto& topic : topics_.all()) {
      topic->state.on_store_failed();
      if (std::exchange(topic->reading, false) && topic->wanted()) waiting.push_back(topic.get());
    }
    join(waiting, now, out);
  }

  void on_event(LightEvent&& event, Time now, SessionOutbox& out) {
    if (auto* message = std::get_if<LightDelivered>(&event)) return on_message(std::move(*message), now, out);
    if (const auto* view = std::get_if<LightViewInstalled>(&event)) return on_view(*view, now, out);
    if (const auto* left = std::get_if<LightViewLeft>(&event)) return on_left(*left, now, out);
    if (const auto* watched = std::get_if<PatternWatched>(&event)) return on_watched(watched->pattern, out);
    if (std::holds_alternative<LineageLost>(event)) patterns_.on_directory_lost();
  }

  void send_waiting(Time now, SessionOutbox& out) {
    if (backlog_.empty()) return;
    std::vector<Topic*> done;
    bool has_room = true;
    std::erase_if(backlog_, [&](Topic* topic) {
      if (has_room) has_room = topic->output.send_waiting(now, out.below);
      if (topic->output.ready()) return false;
      topic->in_backlog = false;
      done.push_back(topic);
      return true;
    });
    // Else the first would have all the room, whenever there is some.
    if (!has_room && !backlog_.empty()) std::rotate(backlog_.begin(), backlog_.begin() + 1, backlog_.end());
    leave_unwanted(done, now, out);
  }

  // One join for all that a step finds.
  void on_timeout(Time now, SessionOutbox& out) {
    if (!patterns_.is_scanning()) return;
    std::vector<Topic*> wanted;
    for (const PatternSubscriptions::Match& match : patterns_.scan(parts_.groups.directory())) {
      Topic& topic = topics_.named(match.topic);
      if (add_subscribers(topic, match.subscribers, now, out)) wanted.push_back(&topic);
    }
    join(wanted, now, out);
  }
  [[nodiscard]] Time next_deadline() const {
    return patterns_.is_scanning() ? Time::min() : parts_.store.next_deadline();
  }

  void set_wall_zero(Time zero) { parts_.wall_zero = zero; }

  [[nodiscard]] std::size_t take_changed() { return std::exchange(changed_, 0); }
  [[nodiscard]] const SessionTopics& topics() const { return topics_; }
  [[nodiscard]] const SessionParts& parts() const { return parts_; }

 private:
  void unwatch(SubscriberId subscriber, Time now, SessionOutbox& out) {
    const std::vector<Pattern> over = patterns_.remove(subscriber);
    if (!over.empty()) parts_.groups.unwatch(over, now, out.below);
  }

  void on_watched(const Pattern& pattern, SessionOutbox& out) {
    for (const SubscriberId subscriber : patterns_.on_watched(pattern)) tell_watched(subscriber, pattern, out);
  }

  static void tell_watched(SubscriberId subscriber, const Pattern& pattern, SessionOutbox& out) {
    out.events.push_back({{}, subscriber, TopicsWatched{pattern}});
  }

  // False where they all are subscribers already.
  bool add_subscribers(Topic& topic, const std::vector<SubscriberId>& subscribers, Time now, SessionOutbox& out) {
    bool any = false;
    for (const SubscriberId subscriber : subscribers) any = add_subscriber(topic, subscriber, now, out) || any;
    return any;
  }

  // False where it is one already.
  bool add_subscriber(Topic& topic, SubscriberId subscriber, Time now, SessionOutbox& out) {
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

  void set_paused(Topic& topic, SubscriberId subscriber, bool paused) {
    topic.flow.set_paused(subscriber, paused);
    say_flow(topic);
  }

  void say_flow(Topic& topic) {
    if (const auto word = topic.flow.take_word()) topic.output.say_flow(*word);
    note_backlog(topic);
  }

  void on_flow(Topic& topic, const NodeId& member, ByteView message, SessionOutbox& out) {
    if (const auto word = decode_flow(message)) {
      topic.flow.on_flow(member, word->paused);
      note_held(topic, out);
    } else {
      ++parts_.refused;
    }
  }

  static void note_held(Topic& topic, SessionOutbox& out) {
    if (std::exchange(topic.held, topic.flow.is_held()) == topic.held) return;
    out.events.push_back({topic.state.handle(), {}, TopicHeld{topic.held}});
  }

  void lose_last_subscriber(Topic& topic, Time now) {
    topic.state.set_heard(false);
    parts_.record(now, trace::Unsubscribed{topic.name});
  }

  // Asks the group below for what is not asked for yet, all at once; but first the store what it has of it, for if this
  // node is the topic's first, that is the topic's state.
  void join(const std::vector<Topic*>& wanted, Time now, SessionOutbox& out) {
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

  static bool reads_first(Topic& topic, std::vector<StoreRead::Wanted>& to_read) {
    if (!topic.state.unread() || topic.joined) return false;
    add_unread(topic, to_read);
    return true;
  }

  static void add_unread(Topic& topic, std::vector<StoreRead::Wanted>& to_read) {
    if (!topic.state.unread() || std::exchange(topic.reading, true)) return;
    to_read.push_back({topic.name, topic_range(topic.name)});
  }

  void configure(const Topic& topic, Time now, SessionOutbox& out) {
    if (!topic.to_be || !topic.joined || topic.leaving) return;
    parts_.groups.configure(topic.name, *topic.to_be, now, out.below);
  }

  // The first to tell the topic decides. Who comes second wants nothing of it any more.
  void answer_declared(Topic& topic, Time now, SessionOutbox& out) {
    topic.output.set_undeclared(topic.to_be && !topic.state.is_told());
    if (!topic.state.is_told() || topic.leaving) return;
    if (topic.to_be && *topic.to_be != topic.state.configuration()) {
      topic.to_be.reset();
      topic.declares = false;
      parts_.groups.configure(topic.name, {}, now, out.below);
    }
    if (!std::exchange(topic.owes_declared, false)) return;
    out.events.push_back({topic.state.handle(), {}, TopicDeclared{options_of(topic.state.configuration())}});
  }

  // Asks the group below out of what nobody here wants, all at once. A topic whose first view is not here yet is left
  // when it comes: only then is it certain that LightViewLeft will follow.
  void leave_unwanted(std::span<Topic* const> candidates, Time now, SessionOutbox& out) {
    std::vector<std::string> names;
    for (Topic* topic : candidates) {
      if (topic->wanted() || !topic->state.in_view() || topic->leaving) continue;
      topic->leaving = true;
      topic->output.close();
      names.push_back(topic->name);
    }
    if (!names.empty()) parts_.groups.leave(names, now, out.below);
  }

  void on_message(LightDelivered&& event, Time now, SessionOutbox& out) {
    if (parts_.trace != nullptr) {
      parts_.record(now, trace::LightDeliveredSeen{event.group, event.sender, digest_of(event.payload.bytes())});
    }
    Topic* topic = topics_.find(event.group);
    if (topic == nullptr) return;
    if (kind_of(event.payload.bytes()) == TopicMessageKind::flow) {
      return on_flow(*topic, event.sender, event.payload.bytes(), out);
    }
    topic->state.on_message(event.sender, std::move(event.payload), now, out);
    note_backlog(*topic);
  }

  void on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
    if (parts_.trace != nullptr) {
      parts_.record(now, trace::LightViewSeen{event.name, event.view, event.heavy, event.transitional(parts_.self),
                                              event.newcomers, event.configuration.is_total()});
    }
    Topic& topic = topic_of(event);
    if (event.brings(parts_.self)) on_first_view(topic, now, out);
    note_members(topic, event);
    topic.state.on_view(event, now, out);
    topic.flow.on_view(event);
    note_held(topic, out);
    say_flow(topic);
    answer_declared(topic, now, out);
    if (topic.leaving) topic.output.close();
    note_backlog(topic);
    Topic* const one = &topic;
    leave_unwanted({&one, 1}, now, out);
  }

  // It may have come by itself, since a pattern fits it.
  void on_first_view(Topic& topic, Time now, SessionOutbox& out) {
    if (!topic.joined) {
      topic.joined = true;
      topic.role = Role::subscriber;
    }
    if (add_subscribers(topic, patterns_.subscribers_of(topic.name), now, out)) join({&topic}, now, out);
    std::vector<StoreRead::Wanted> to_read;
    add_unread(topic, to_read);
    if (!to_read.empty()) parts_.store.read(std::move(to_read));
  }

  // A move, or a change of role, brings a view with the members of the one before.
  void note_members(Topic& topic, const LightViewInstalled& event) {
    const std::size_t before = std::exchange(topic.members, event.view.members.size());
    if (!event.newcomers.empty() || topic.members != before) ++changed_;
  }

  Topic& topic_of(const LightViewInstalled& event) {
    if (Topic* known = topics_.find(event.view.group)) return *known;
    Topic& topic = topics_.named(event.name);
    topics_.set_group(event.view.group, topic);
    return topic;
  }

  void on_left(const LightViewLeft& event, Time now, SessionOutbox& out) {
    if (parts_.trace != nullptr) {
      parts_.record(now, trace::LightLeft{event.name, event.group, event.cause == LightViewLeft::Cause::asked});
    }
    topics_.forget_group(event.group);
    Topic* topic = topics_.find(event.name);
    if (topic == nullptr) return;
    topic->state.on_left(event, now, out);
    topic->flow.on_left();
    topic->output.drop_flow();
    note_held(*topic, out);
    if (!topic->leaving) {  // A merge: the group below joins anew by itself.
      if (!topic->to_be && topic->state.configuration().is_set()) topic->to_be = topic->state.configuration();
      return configure(*topic, now, out);
    }
    topic->leaving = false;
    topic->joined = false;
    if (!topic->declares) topic->to_be.reset();
    topic->state.set_heard(!topic->subscribers.empty());
    if (topic->wanted()) join({topic}, now, out);
  }

  void note_backlog(Topic& topic) {
    if (topic.in_backlog || !topic.output.ready()) return;
    topic.in_backlog = true;
    backlog_.push_back(&topic);
  }

  SessionParts parts_;
  SessionTopics topics_;
  PatternSubscriptions patterns_;
  std::map<SubscriberId, std::vector<TopicHandle>> subscriptions_;
  std::map<SubscriberId, Start> starts_;
  std::set<SubscriberId> paused_;
  std::size_t changed_ = 0;      // See take_changed().
  std::vector<Topic*> backlog_;  // Those with something to send that may go out; each once.
};

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
           return topic->state.in_view() || topic->output.has_messages();
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
