#include "pubsub-api/src/bus/reactor_machine.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "lwg/directory.hpp"
#include "pubsub-api/src/bus/log.hpp"
#include "transport/io/steady_time.hpp"

namespace hawser {
namespace {

// Of the application's inputs in one round: enough to fill many datagrams, and done before the network grows impatient.
constexpr std::size_t kInputsPerRoundMax = 2048;
constexpr std::size_t kInputBytesPerRoundMax = std::size_t{1} << 18U;

const char* name_of(PeerFailed::Cause cause) {
  switch (cause) {
    case PeerFailed::Cause::silence: return "silence";
    case PeerFailed::Cause::process_exit: return "its process has exited";
    case PeerFailed::Cause::unreachable: return "its port is closed";
    case PeerFailed::Cause::slow: return "it stays behind, as most members of a group say, and is kept out for a while";
    case PeerFailed::Cause::departed: break;
  }
  return "it has left";
}

/// "1 member", "2 members".
std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace

ReactorMachine::ReactorMachine(NodeConfig config, Rng rng, ReactorSurroundings surroundings, Promise in_view)
    : around_(surroundings),
      node_({std::move(config), {}, surroundings.trace, surroundings.store != nullptr}, rng),
      routes_(node_.session()),
      in_view_(std::move(in_view)) {}

void ReactorMachine::start(Time now) {
  set_wall_clock(now);
  node_.on_start(now, out_);
  hand_up();
}

// ---- Inputs from the network, and time ----

void ReactorMachine::on_datagram(Endpoint from, const Buffer& datagram, Time now) {
  node_.on_datagram(from, datagram, now, out_);
  hand_up();
}

void ReactorMachine::on_unreachable(Endpoint endpoint, Time now) {
  node_.on_unreachable(endpoint, now, out_);
  hand_up();
}

void ReactorMachine::on_process_exit(const NodeId& node, Time now) {
  note(spdlog::level::info, fmt::format("the process of {} has exited", to_string(node)));
  node_.on_process_exit(node, now, out_);
  hand_up();
}

void ReactorMachine::on_unheard_group(GroupId group, const Error& why, bool by_unicast) {
  note(by_unicast ? spdlog::level::warn : spdlog::level::err,
       fmt::format("cannot hear multicast group {:016x}, {}: {}", group.value,
                   by_unicast ? "and asks its other members for unicast"
                              : "whose other members wait for this node, since it is to use multicast only",
                   why.message));
}

void ReactorMachine::on_reach_change(const ReachChange& change) {
  if (change.group != kControlGroup) {
    return note(spdlog::level::info,
                fmt::format("{} {} multicast group {:016x} by unicast", to_string(change.node),
                            change.by_unicast ? "asks for" : "no longer needs", change.group.value));
  }
  note(spdlog::level::info,
       to_string(change.node) + (change.by_unicast ? " is sent to by unicast: it does not hear this node's multicast"
                                                   : " hears this node's multicast, and is sent nothing else"));
}

void ReactorMachine::on_timeout(Time now) {
  node_.on_timeout(now, out_);
  hand_up();
}

void ReactorMachine::on_round_end(Time now) {
  around_.requests.grant_looks(*this);
  hand_over(now);  // Who receives waits no longer than necessary; what this node sends has time.
  if (around_.requests.stop_asked()) return depart(now);
  take_written(now);
  take_stored(now);
  take_inputs(now);
  node_.flush(now, out_);
  hand_up();
  write_vote();
  if (hand_over(now)) {
    node_.flush(now, out_);  // Others are to hear of it now.
    hand_up();
  }
  write_topics();
  announce_first_view();
  go_on_with_flushes();
  go_on_with_leaving(now);
  write_trace();
}

void ReactorMachine::take_written(Time now) {
  const auto written = around_.voter == nullptr ? std::nullopt : around_.voter->take_written();
  if (!written) return;
  if (written->status) {
    node_.on_stored(written->ticket, now, out_);
  } else {
    note(spdlog::level::err, "this node votes no more until it is started again: " + written->status.error().message);
    node_.on_store_failed(now, out_);
  }
  hand_up();
}

void ReactorMachine::write_vote() {
  std::vector<StoreRequest>& stores = out_.transport.stores;
  if (!stores.empty() && around_.voter != nullptr) around_.voter->write(std::move(stores.back()));
  stores.clear();
}

void ReactorMachine::take_stored(Time now) {
  if (around_.store == nullptr) return;
  for (StoreThread::Answer& answer : around_.store->take_answers()) {
    if (auto* topics = std::get_if<std::vector<StoredTopic>>(&answer)) {
      node_.on_topics_read(std::move(*topics), now, out_);
    } else if (const auto* error = std::get_if<Error>(&answer)) {
      on_store_failed(*error, now);
    } else {
      node_.on_topics_written(now, out_);
    }
    hand_up();
  }
}

void ReactorMachine::on_store_failed(const Error& why, Time now) {
  note(spdlog::level::err, "this node stores nothing until it is started again: " + why.message);
  tell_application({.kind = BusEvent::Kind::store_failed, .what = why.message});
  node_.on_topic_store_failed(now, out_);
}

void ReactorMachine::write_topics() {
  if (!out_.store.empty() && around_.store != nullptr) around_.store->push(std::move(out_.store));
  out_.store.clear();
}

// ---- Inputs from the application ----

void ReactorMachine::take_inputs(Time now) {
  is_blocked_ = false;
  if (!around_.queue.empty()) set_wall_clock(now);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kInputsPerRoundMax && bytes < kInputBytesPerRoundMax && !waits_until_sent(); ++i) {
    const auto input = around_.queue.front();
    if (!input) break;
    if (input->topic == nullptr) {
      std::visit([&](auto& command) { run(command, now); }, *input->command);
    } else if (!publish(*input, now)) {
      is_blocked_ = true;  // It keeps its place, and has its next chance in the next round.
      break;
    }
    bytes += input->payload.size();
    around_.queue.pop();
    hand_up();
  }
  around_.queue.release();
}

bool ReactorMachine::publish(const QueuedInput& message, Time now) {
  std::optional<TopicHandle>& topic = message.topic->handle;
  if (!topic) {
    topic = node_.topic(message.topic->name);
    if (*topic >= published_.size()) published_.resize(*topic + 1);
    published_[*topic] = message.topic;
    note_held(*topic, node_.session().is_held(*topic));
  }
  const auto number = node_.publish(*topic, message.key, {message.payload, message.keeper}, now, out_);
  HAWSER_CHECK(number.ok() || number.error().code == Errc::would_block);
  HAWSER_CHECK(!number.ok() || number.value() == message.number);  // It was told to the application already.
  return number.ok();
}

// The wall clock may be set at any time; so it is looked at again before each burst of publishing.
void ReactorMachine::set_wall_clock(Time now) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  node_.session().set_wall_zero(now - std::chrono::duration_cast<Duration>(wall));
}

void ReactorMachine::run(SubscribeCommand& command, Time now) {
  hand_up();  // What came before is not for the newcomer.
  routes_.add(command.subscriber, command.queue);
  node_.subscribe(command.subscriber, command.patterns, now, out_, command.start);
}

void ReactorMachine::run(UnsubscribeCommand& command, Time now) {
  routes_.remove(command.subscriber);
  node_.unsubscribe(command.subscriber, now, out_);
}

void ReactorMachine::run(ResumeCommand& command, Time now) { note_paused(command.subscriber, now); }

// As it is now: a word that it is over may come before the one that it has begun.
void ReactorMachine::note_paused(SubscriberId subscriber, Time now) {
  node_.set_paused(subscriber, routes_.is_paused(subscriber), now, out_);
}

void ReactorMachine::run(DeclareCommand& command, Time now) {
  const TopicHandle topic = node_.topic(command.topic);
  const TopicOptions options = command.options;
  declaring_.emplace(topic, std::move(command));
  node_.declare(topic, options, now, out_);
}

void ReactorMachine::note_declared(TopicHandle topic, const TopicDeclared& declared) {
  auto commands = declaring_.equal_range(topic);
  for (auto at = commands.first; at != commands.second; ++at) {
    *at->second.in_force = declared;
    at->second.promise.done();
  }
  declaring_.erase(commands.first, commands.second);
}

void ReactorMachine::run(FlushCommand& command, Time /*now*/) {
  flushes_.push_back({std::move(command.promise), std::nullopt});
  go_on_with_flushes();
}

void ReactorMachine::run(LeaveCommand& command, Time now) {
  leaving_ = std::move(command.promise);
  node_.leave_topics(now, out_);
}

bool ReactorMachine::waits_until_sent() const {
  const auto waits = [](const PendingFlush& flush) { return !flush.sent; };
  return leaving_ || std::any_of(flushes_.begin(), flushes_.end(), waits);
}

void ReactorMachine::go_on_with_flushes() {
  if (flushes_.empty()) return;
  const bool all_sent = node_.all_sent();
  std::erase_if(flushes_, [&](PendingFlush& flush) {
    if (!flush.sent && all_sent) flush.sent = node_.mark();
    if (!flush.sent || !node_.is_stable(*flush.sent)) return false;
    flush.promise.done();
    return true;
  });
}

void ReactorMachine::go_on_with_leaving(Time now) {
  if (!leaving_ || !node_.left_all() || !node_.all_stable()) return;
  leaving_->done();
  depart(now);
}

void ReactorMachine::announce_first_view() {
  if (!in_view_ || !node_.in_view()) return;
  in_view_->done();
  in_view_.reset();
}

void ReactorMachine::depart(Time now) {
  node_.depart(now, out_);
  hand_up();
  routes_.hand_over();
  write_trace();
  is_done_ = true;
}

// ---- Upwards ----

void ReactorMachine::hand_up() {
  if (!out_.session.empty()) {
    write_trace();  // A queue that has a whole batch shows it to its handler at once.
    for (const SessionEvent& event : out_.session) {
      if (const auto* held = std::get_if<TopicHeld>(&event.what)) {
        note_held(event.topic, held->held);
      } else if (const auto* declared = std::get_if<TopicDeclared>(&event.what)) {
        note_declared(event.topic, *declared);
      } else if (std::holds_alternative<TopicStoreRefused>(event.what)) {
        note(spdlog::level::err,
             "the store has records of topic '" + std::string{node_.session().name_of(event.topic)} +
                 "' that this version does not understand: it leaves them alone, and does not store "
                 "the topic");
      } else {
        routes_.deliver(event);
      }
    }
    out_.session.clear();
  }
  for (const BusNodeEvent& event : out_.events) std::visit([this](const auto& what) { tell(what); }, event);
  out_.events.clear();
}

bool ReactorMachine::hand_over(Time now) {
  routes_.hand_over();
  const std::vector<SubscriberId> paused = routes_.take_paused();
  for (const SubscriberId subscriber : paused) note_paused(subscriber, now);
  const std::vector<SubscriberId> ended = routes_.take_ended();
  for (const SubscriberId subscriber : ended) {
    routes_.remove(subscriber);
    node_.unsubscribe(subscriber, now, out_);
  }
  return !paused.empty() || !ended.empty();
}

void ReactorMachine::note_held(TopicHandle topic, bool held) {
  if (topic < published_.size() && published_[topic] != nullptr) published_[topic]->held = held;
}

void ReactorMachine::tell(const NodeFailed& event) {
  if (event.cause == PeerFailed::Cause::departed) {  // It said goodbye.
    return around_.recorder.on_event(to_string(event.node) + " has left", steady_now());
  }
  note(spdlog::level::info, fmt::format("{} has failed: {}", to_string(event.node), name_of(event.cause)));
  tell_application({.kind = BusEvent::Kind::member_failed, .node = to_string(event.node)});
}

void ReactorMachine::tell(const ControlView& event) {
  note(spdlog::level::info,
       fmt::format("view {} of {}, {} of them from this node's last view", to_string(event.view.id),
                   counted(event.view.members.size(), "member"), event.transitional));
  for (PendingFlush& flush : flushes_) flush.sent.reset();  // What had not gone out goes out anew, and counts anew.
  BusEvent told{.kind = BusEvent::Kind::view_installed};
  for (const NodeId& member : event.view.members) told.members.push_back(to_string(member));
  tell_application(std::move(told));
}

void ReactorMachine::tell(const LightGroupsRepaired& event) {
  note(spdlog::level::info, fmt::format("{} repaired by one view change", counted(event.groups, "topic")));
  tell_application({.kind = BusEvent::Kind::topics_repaired, .topics = event.groups});
}

void ReactorMachine::tell(const TopicsChanged& event) {
  around_.recorder.on_event(fmt::format("topics with other members than before: {}", event.topics), steady_now());
  tell_application({.kind = BusEvent::Kind::topics_changed, .topics = event.topics});
}

void ReactorMachine::tell(const LineageLost& /*event*/) {
  note(spdlog::level::info, "merged into another partition; joining its topics anew");
  tell_application({.kind = BusEvent::Kind::merged});
}

void ReactorMachine::tell(const MemberSlow& event) {
  note(spdlog::level::warn,
       fmt::format(
           "{} is too slow for multicast group {:016x}: what this node sends there does not wait for it any more",
           to_string(event.node), event.group.value));
}

void ReactorMachine::tell(const PrimaryDecided& event) {
  const bool primary = event.number > 0;
  note(spdlog::level::info,
       "view " + to_string(event.view) +
           (primary ? fmt::format(" is primary number {}, of {} voters", event.number, event.voters.size())
                    : " can't be primary"));
  tell_application({.kind = BusEvent::Kind::primary_decided, .primary = primary});
}

void ReactorMachine::note(spdlog::level::level_enum level, const std::string& what) {
  log().log(level, "{}", what);
  around_.recorder.on_event(what, steady_now());
}

void ReactorMachine::tell_application(BusEvent event) {
  if (around_.events == nullptr) return;
  event.at = std::chrono::steady_clock::now();
  around_.events->push(std::move(event));
}

void ReactorMachine::write_trace() {
  if (around_.trace == nullptr) return;
  if (const auto written = around_.trace->write_out(); !written) log().error("{}", written.error().message);
}

std::vector<std::pair<NodeId, HostIdentity>> ReactorMachine::peers_on_this_host() {
  return node_.node().peers_on_this_host();
}

Statistics ReactorMachine::statistics() {
  const NodeCounters node = node_.node().counters();
  const LightCounters light = node_.groups().counters();
  Statistics statistics{.filtered = light.filtered,
                        .dropped = light.dropped,
                        .views_installed = node.views_installed,
                        .packets_sent = node.packets_sent,
                        .packets_received = node.packets_received,
                        .packets_repaired = node.packets_repaired,
                        .datagrams_sent = around_.sent.sent,
                        .bytes_sent = around_.sent.bytes_sent,
                        .light_groups = node_.groups().directory().groups().size(),
                        .heavy_groups = node_.groups().directory().heavies().size(),
                        .moves = light.moves};
  for (SessionTopicCounters& topic : node_.session().counters()) {
    statistics.delivered += topic.delivered;
    statistics.topics.push_back({.topic = std::move(topic.topic), .delivered = topic.delivered});
  }
  for (auto& [topic, filtered] : node_.groups().filtered_by_name()) {
    statistics.topics.push_back({.topic = std::move(topic), .filtered = filtered});
  }
  return statistics;
}

}  // namespace hawser
