#include <algorithm>
#include <utility>

#include "pubsub-api/src/session/session_impl.hpp"
#include "pubsub-api/src/session/topic_options.hpp"

namespace hawser {

void Session::Impl::on_topics_read(std::vector<StoredTopic>&& stored, Time now, SessionOutbox& out) {
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

void Session::Impl::on_store_failed(Time now, SessionOutbox& out) {
  parts_.store.on_failed();
  std::vector<Topic*> waiting;
  for (const auto& topic : topics_.all()) {
    topic->state.on_store_failed();
    note_backlog(*topic);
    if (std::exchange(topic->reading, false) && topic->wanted()) waiting.push_back(topic.get());
  }
  join(waiting, now, out);
}

void Session::Impl::on_event(LightEvent&& event, Time now, SessionOutbox& out) {
  if (auto* message = std::get_if<LightDelivered>(&event)) return on_message(std::move(*message), now, out);
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) return on_view(*view, now, out);
  if (const auto* left = std::get_if<LightViewLeft>(&event)) return on_left(*left, now, out);
  if (const auto* watched = std::get_if<PatternWatched>(&event)) return on_watched(watched->pattern, out);
  if (std::holds_alternative<LineageLost>(event)) patterns_.on_directory_lost();
}

void Session::Impl::send_waiting(Time now, SessionOutbox& out) {
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
void Session::Impl::on_timeout(Time now, SessionOutbox& out) {
  if (!patterns_.is_scanning()) return;
  std::vector<Topic*> wanted;
  for (const PatternSubscriptions::Match& match : patterns_.scan(parts_.groups.directory())) {
    Topic& topic = topics_.named(match.topic);
    if (add_subscribers(topic, match.subscribers, now, out)) wanted.push_back(&topic);
  }
  join(wanted, now, out);
}

Time Session::Impl::next_deadline() const {
  return patterns_.is_scanning() ? Time::min() : parts_.store.next_deadline();
}

void Session::Impl::on_watched(const Pattern& pattern, SessionOutbox& out) {
  for (const SubscriberId subscriber : patterns_.on_watched(pattern)) tell_watched(subscriber, pattern, out);
}

void Session::Impl::tell_watched(SubscriberId subscriber, const Pattern& pattern, SessionOutbox& out) {
  out.events.push_back({{}, subscriber, TopicsWatched{pattern}});
}

void Session::Impl::on_flow(Topic& topic, const NodeId& member, ByteView message, SessionOutbox& out) {
  if (const auto word = decode_flow(message)) {
    topic.flow.on_flow(member, word->paused);
    note_held(topic, out);
  } else {
    ++parts_.refused;
  }
}

void Session::Impl::note_held(Topic& topic, SessionOutbox& out) {
  if (std::exchange(topic.held, topic.flow.is_held()) == topic.held) return;
  out.events.push_back({topic.state.handle(), {}, TopicHeld{topic.held}});
}

// The first to tell the topic decides. Who comes second wants nothing of it any more.
void Session::Impl::answer_declared(Topic& topic, Time now, SessionOutbox& out) {
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

void Session::Impl::on_message(LightDelivered&& event, Time now, SessionOutbox& out) {
  if (parts_.trace != nullptr) {
    parts_.record(now, trace::LightDeliveredSeen{event.group, event.sender, digest_of(event.payload.bytes())});
  }
  Topic* topic = topics_.find(event.group);
  if (topic == nullptr) return;
  if (kind_of(event.payload.bytes()) == TopicMessageKind::flow) {
    return on_flow(*topic, event.sender, event.payload.bytes(), out);
  }
  const bool may_be_last = topic->state.owes_news();
  topic->state.on_message(event.sender, std::move(event.payload), now, out);
  note_backlog(*topic);
  if (may_be_last && !topic->state.owes_news()) leave_unwanted({&topic, 1}, now, out);
}

void Session::Impl::on_view(const LightViewInstalled& event, Time now, SessionOutbox& out) {
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
void Session::Impl::on_first_view(Topic& topic, Time now, SessionOutbox& out) {
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
void Session::Impl::note_members(Topic& topic, const LightViewInstalled& event) {
  const std::size_t before = std::exchange(topic.members, event.view.members.size());
  if (!event.newcomers.empty() || topic.members != before) ++changed_;
}

Topic& Session::Impl::topic_of(const LightViewInstalled& event) {
  if (Topic* known = topics_.find(event.view.group)) return *known;
  Topic& topic = topics_.named(event.name);
  topics_.set_group(event.view.group, topic);
  return topic;
}

void Session::Impl::on_left(const LightViewLeft& event, Time now, SessionOutbox& out) {
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

void Session::Impl::note_backlog(Topic& topic) {
  if (topic.in_backlog || !topic.output.ready()) return;
  topic.in_backlog = true;
  backlog_.push_back(&topic);
}

}  // namespace hawser
