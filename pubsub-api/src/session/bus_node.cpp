#include "pubsub-api/src/session/bus_node.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "pubsub-api/src/trace/trace_group.hpp"

namespace hawser {

// Handles every event before an input returns: those of the transport go to the groups and theirs to the session, each
// before the next, and what any of them sends may bring more. No layer is called from within another's call upwards.
class BusNode::Impl {
 public:
  Impl(const BusNodeConfig& config, Rng rng)
      : trace_(config.trace),
        node_(config.node, rng.fork()),
        traced_(config.trace == nullptr ? nullptr : std::make_unique<TracedGroups>(node_.groups(), *config.trace)),
        groups_(config.node.self, heavy_groups(), config.groups, rng.fork()),
        session_(config.node.self, groups_, config.node.send_queue_bytes_max, config.trace) {
    if (config.has_store) session_.enable_store();
  }

  // Calls an input of the transport, of the groups or of the session, and handles all that comes of it.
  template <typename Input>
  void step(Time now, BusNodeOutbox& out, Input input) {
    LightOutbox below{out.transport, std::move(light_events_)};
    SessionOutbox session_out{below, out.session};
    input(session_out);
    handle_all(now, session_out, out);
    light_events_ = std::move(below.events);
  }

  void flush(Time now, BusNodeOutbox& out) {
    node_.flush(now, out.transport);
    while (!out.transport.events.empty()) {
      step(now, out, [](SessionOutbox&) {});
      node_.flush(now, out.transport);
    }
  }

  Node& node() { return node_; }
  HeavyGroups& heavy_groups() { return traced_ == nullptr ? node_.groups() : *traced_; }
  LightGroups& groups() { return groups_; }
  Session& session() { return session_; }
  [[nodiscard]] const View& view() const { return view_; }
  [[nodiscard]] Time next_deadline() const {
    return std::min({node_.next_deadline(), groups_.next_deadline(), session_.next_deadline()});
  }

 private:
  void handle_all(Time now, SessionOutbox& session_out, BusNodeOutbox& out) {
    auto& transport_events = out.transport.events;
    auto& light_events = session_out.below.events;
    do {
      handle_light(now, session_out, out);
      for (std::size_t i = 0; i < transport_events.size(); ++i) {
        GroupEvent event = std::move(transport_events[i]);  // Sending may make the list grow.
        on_transport(event, now, out);
        const bool alters_directory = may_alter_directory(event);
        groups_.on_event(std::move(event), now, session_out.below);
        if (alters_directory) note_directory(now);
        handle_light(now, session_out, out);
      }
      transport_events.clear();
      session_.send_waiting(now, session_out);
    } while (!transport_events.empty() || !light_events.empty());
    for (TopicStoreRequest& request : session_.take_store_requests(now)) out.store.push_back(std::move(request));
    const std::size_t changed = session_.take_changed();
    if (changed > 0) out.events.emplace_back(TopicsChanged{changed});
  }

  void handle_light(Time now, SessionOutbox& session_out, BusNodeOutbox& out) {
    auto& events = session_out.below.events;
    for (std::size_t i = 0; i < events.size(); ++i) {
      LightEvent event = std::move(events[i]);  // As above.
      if (const auto* repaired = std::get_if<LightGroupsRepaired>(&event)) out.events.emplace_back(*repaired);
      if (std::holds_alternative<LineageLost>(event)) out.events.emplace_back(LineageLost{});
      session_.on_event(std::move(event), now, session_out);
    }
    events.clear();
  }

  void on_transport(const GroupEvent& event, Time now, BusNodeOutbox& out) {
    if (traced_ != nullptr) traced_->record_event(event, now);
    if (const auto* failed = std::get_if<PeerFailed>(&event)) {
      out.events.emplace_back(NodeFailed{failed->node, failed->cause});
    } else if (const auto* slow = std::get_if<MemberSlow>(&event)) {
      out.events.emplace_back(*slow);
    } else if (const auto* decided = std::get_if<PrimaryDecided>(&event)) {
      out.events.emplace_back(*decided);
    } else if (const auto* installed = std::get_if<ViewInstalled>(&event)) {
      if (installed->group != kControlGroup) return;
      view_ = installed->view;
      out.events.emplace_back(ControlView{installed->view, installed->transitional.size()});
    }
  }

  // Only views, arrangements and operations, which are in total order, do.
  static bool may_alter_directory(const GroupEvent& event) {
    const auto* delivered = std::get_if<Delivered>(&event);
    if (delivered != nullptr) return delivered->order == Order::total;
    return std::holds_alternative<ViewInstalled>(event) || std::holds_alternative<GroupArranged>(event);
  }

  void note_directory(Time now) {
    if (trace_ == nullptr) return;
    trace::DirectoryState state{groups_.directory_synced(), groups_.directory_digest()};
    if (noted_ && noted_->synced == state.synced && noted_->digest == state.digest) return;
    noted_ = state;
    trace_->record({now, state});
  }

  TraceSink* trace_;
  Node node_;
  std::unique_ptr<TracedGroups> traced_;  // only where there is a trace
  LightGroups groups_;
  Session session_;
  View view_;
  std::optional<trace::DirectoryState> noted_;
  std::vector<LightEvent> light_events_;  // Empty between steps; kept for its capacity.
};

BusNode::BusNode(const BusNodeConfig& config, Rng rng) : impl_(std::make_unique<Impl>(config, rng)) {}

BusNode::~BusNode() = default;

void BusNode::on_start(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_start(now, out.transport); });
}

void BusNode::on_datagram(Endpoint from, const Buffer& datagram, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_datagram(from, datagram, now, out.transport); });
}

void BusNode::on_process_exit(const NodeId& node, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_process_exit(node, now, out.transport); });
}

void BusNode::on_unreachable(Endpoint endpoint, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_unreachable(endpoint, now, out.transport); });
}

void BusNode::on_stored(std::uint64_t ticket, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_stored(ticket, now, out.transport); });
}

void BusNode::on_store_failed(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().on_store_failed(now, out.transport); });
}

void BusNode::on_topics_written(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->session().on_topics_written(); });
}

void BusNode::on_topics_read(std::vector<StoredTopic> topics, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox& session_out) {
    impl_->session().on_topics_read(std::move(topics), now, session_out);
  });
}

void BusNode::on_topic_store_failed(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox& session_out) { impl_->session().on_store_failed(now, session_out); });
}

void BusNode::on_timeout(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox& session_out) {
    impl_->node().on_timeout(now, out.transport);
    if (impl_->groups().next_deadline() <= now) impl_->groups().on_timeout(now, session_out.below);
    if (impl_->session().next_deadline() <= now) impl_->session().on_timeout(now, session_out);
  });
}

void BusNode::set_backlog(bool waiting, Time now) { impl_->node().set_backlog(waiting, now); }

void BusNode::flush(Time now, BusNodeOutbox& out) { impl_->flush(now, out); }

Time BusNode::next_deadline() const { return impl_->next_deadline(); }

TopicHandle BusNode::topic(std::string_view name) { return impl_->session().topic(name); }

Result<std::uint64_t> BusNode::publish(TopicHandle topic, std::string_view key, const Payload& payload, Time now,
                                       BusNodeOutbox& out) {
  std::optional<Result<std::uint64_t>> number;
  impl_->step(now, out, [&](SessionOutbox& session_out) {
    number = impl_->session().publish(topic, key, payload, now, session_out);
  });
  return std::move(*number);
}

void BusNode::declare(TopicHandle topic, const TopicOptions& options, Time now, BusNodeOutbox& out) {
  impl_->step(now, out,
              [&](SessionOutbox& session_out) { impl_->session().declare(topic, options, now, session_out); });
}

void BusNode::subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, Time now, BusNodeOutbox& out,
                        const Start& start) {
  impl_->step(now, out, [&](SessionOutbox& session_out) {
    impl_->session().subscribe(subscriber, patterns, now, session_out, start);
  });
}

void BusNode::unsubscribe(SubscriberId subscriber, Time now, BusNodeOutbox& out) {
  impl_->step(now, out,
              [&](SessionOutbox& session_out) { impl_->session().unsubscribe(subscriber, now, session_out); });
}

void BusNode::set_paused(SubscriberId subscriber, bool paused, Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->session().set_paused(subscriber, paused); });
}

void BusNode::leave_topics(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox& session_out) { impl_->session().leave(now, session_out); });
}

void BusNode::depart(Time now, BusNodeOutbox& out) {
  impl_->step(now, out, [&](SessionOutbox&) { impl_->node().leave(now, out.transport); });
}

bool BusNode::all_sent() const { return impl_->session().all_sent() && !impl_->groups().has_unsent(); }

SentMark BusNode::mark() const { return {impl_->node().mark(), impl_->groups().ordered()}; }

bool BusNode::is_stable(const SentMark& mark) const {
  return impl_->node().is_stable(mark.sent) && impl_->groups().placed() >= mark.ordered;
}

bool BusNode::all_stable() const { return all_sent() && is_stable(mark()); }

bool BusNode::left_all() const { return impl_->session().left_all(); }

bool BusNode::in_view() const { return !impl_->view().members.empty() && impl_->groups().directory_synced(); }

const View& BusNode::control_view() const { return impl_->view(); }

const NodeId& BusNode::self() const { return impl_->node().self(); }

Session& BusNode::session() { return impl_->session(); }

LightGroups& BusNode::groups() { return impl_->groups(); }

Node& BusNode::node() { return impl_->node(); }

HeavyGroups& BusNode::heavy_groups() { return impl_->heavy_groups(); }

}  // namespace hawser
