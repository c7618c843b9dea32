// Whole nodes in virtual time on a network inside the test, which is perfect until the test disturbs it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pubsub-api/src/trace/trace_group.hpp"
#include "tests/check/check_all.hpp"
#include "tests/check/history.hpp"
#include "tests/unit/transport_helpers.hpp"
#include "transport/node.hpp"

namespace hawser::transport_test {

/// One datagram on its way from one node to another.
struct Hop {
  char from;
  char to;
  bool multicast;
  ByteView datagram;

  template <typename Frame>
  [[nodiscard]] bool carries() const {
    return !frames_in<Frame>(datagram).empty();
  }
};

/// Nodes 'A', 'B', …, each with a history of what it was told: "view AB from A" (members and transitional set by rank),
/// "A: text" for a message of A's ("A: text (safe)" where every member has it, "(last)" where it ends the view), "lost
/// C"; of other groups than the control group the same after "g7 ", and "left", "is AB" for an arrangement, "hold?" and
/// "overdue".
class Mesh {
 public:
  static constexpr Duration kLatency = microseconds{100};

  explicit Mesh(NodeConfig config = {}) : config_(std::move(config)) {}

  /// Starts nodes; those that run already are left alone.
  void start(std::string_view names) {
    for (const char name : names) {
      if (!peers_.contains(name)) start(name, {});
    }
  }
  /// Starts a node that has a vote on primary views.
  void start(char name, std::optional<VotingState> voting) {
    NodeConfig config = config_;
    config.voting = std::move(voting);
    config.self = node_id(name);
    config.host.process_id = static_cast<std::uint32_t>(name);
    Peer& peer = peers_[name];
    peer.node = std::make_unique<Node>(config, Rng{static_cast<std::uint64_t>(name)});
    peer.groups = std::make_unique<TracedGroups>(peer.node->groups(), *peer.trace);
    peer.node->on_start(now_, out_);
    drain(name);
  }
  /// Starts nodes and lets them form a view.
  void settle(std::string_view names) {
    start(names);
    EXPECT_TRUE(run_until([&] { return together(names); })) << names << " do not come together";
  }

  // ---- What befalls them ----

  void crash(std::string_view names) {
    for (const char name : names) peers_.at(name).up = false;
  }
  /// The kernel tells those in `by` of a process's end.
  void tell_exit(char gone, std::string_view by) {
    for (const char name : by) {
      peers_.at(name).node->on_process_exit(node_id(gone), now_, out_);
      drain(name);
    }
  }
  void leave(char name) {
    peers_.at(name).node->leave(now_, out_);
    drain(name);
    peers_.at(name).up = false;
  }
  /// The process is stopped until `resume()`; what comes for it waits in its socket.
  void pause(char name) { peers_.at(name).paused = true; }
  void resume(char name) { peers_.at(name).paused = false; }
  /// Hops for which this is true are lost.
  void drop_where(std::function<bool(const Hop&)> lost) { lost_ = std::move(lost); }
  void heal() { lost_ = {}; }

  /// What it writes is on its disk at once, or when write() is called, or never.
  enum class Disk : std::uint8_t { fast, slow, broken };
  void set_disk(char name, Disk disk) { peers_.at(name).disk = disk; }
  void write(char name) {
    const std::vector<StoreRequest> stores = std::exchange(peers_.at(name).stores, {});
    for (const StoreRequest& store : stores) {
      peers_.at(name).written = store.state;
      peers_.at(name).node->on_stored(store.ticket, now_, out_);
      drain(name);
    }
  }
  [[nodiscard]] const std::optional<VotingState>& written(char name) const { return peers_.at(name).written; }

  // ---- What they do ----

  [[nodiscard]] Status try_multicast(char name, std::string_view text, Order order = Order::fifo) {
    const ByteView part = bytes_of(text);
    Status status = peers_.at(name).groups->control().multicast(order, std::span{&part, 1}, now_, out_);
    drain(name);
    return status;
  }
  void multicast(char name, std::string_view text, Order order = Order::fifo) {
    EXPECT_TRUE(try_multicast(name, text, order));
  }
  /// In another group than the control group, which the node must be in.
  void multicast_in(GroupId group, char name, std::string_view text, Order order = Order::fifo) {
    EXPECT_TRUE(try_multicast_in(group, name, text, order));
  }
  [[nodiscard]] Status try_multicast_in(GroupId group, char name, std::string_view text, Order order) {
    const ByteView part = bytes_of(text);
    Status status = group_at(name, group)->multicast(order, std::span{&part, 1}, now_, out_);
    drain(name);
    return status;
  }
  void set_hold(GroupId group, char name, bool wanted = true) {
    HeavyGroup* held = peers_.at(name).held[group] = group_at(name, group);
    held->set_hold(wanted);
    drain(name);
  }
  /// Answers the last request, also where it is arranged to be out. False where it is out.
  [[nodiscard]] bool hold_ok(GroupId group, char name) {
    const auto held = peers_.at(name).held.find(group);
    if (held == peers_.at(name).held.end()) return false;
    held->second->hold_ok(peers_.at(name).asked.at(group));
    drain(name);
    return true;
  }
  /// `name` arranges that the group, of `old_members` so far, has `members` from here on.
  void arrange(char name, GroupId group, std::string_view old_members, std::string_view members) {
    EXPECT_TRUE(peers_.at(name).groups->arrange(group, node_ids(old_members), node_ids(members), now_, out_));
    drain(name);
  }
  void inject(char to, Endpoint from, const Buffer& datagram) {
    peers_.at(to).node->on_datagram(from, datagram, now_, out_);
    drain(to);
  }

  // ---- Time ----

  void run_for(Duration time) {
    const Time until = now_ + time;
    while (next_event() <= until) step();
    now_ = until;
  }
  /// False where it has not come true in time.
  bool run_until(const std::function<bool()>& condition, Duration bound = seconds{10}) {
    const Time until = now_ + bound;
    while (!condition()) {
      if (next_event() > until) return false;
      step();
    }
    return true;
  }
  [[nodiscard]] Time now() const { return now_; }

  // ---- What came of it ----

  /// For the property checkers.
  [[nodiscard]] check::History history_of_all(bool settled) const {
    check::History history{.settled = settled};
    for (const auto& [name, peer] : peers_) {
      history.nodes.push_back({.node = node_id(name), .events = peer.trace->events, .crashed = !peer.up});
    }
    return history;
  }
  /// Who is in the group as far as `name` has heard.
  [[nodiscard]] std::string arranged(char name, GroupId group) const {
    const Peer& peer = peers_.at(name);
    const auto at = peer.arranged.find(group);
    std::string names;
    for (const char member : at == peer.arranged.end() ? std::string{} : names_of(at->second)) {
      if (peer.view.contains(node_id(member))) names.push_back(member);
    }
    return names;
  }
  /// It has a view of the group.
  [[nodiscard]] bool is_in(char name, GroupId group) const { return peers_.at(name).views.contains(group); }
  /// nullptr where it is not in it.
  [[nodiscard]] HeavyGroup* group_at(char name, GroupId group) { return peers_.at(name).groups->find(group); }
  [[nodiscard]] HeavyGroups& groups(char name) { return *peers_.at(name).groups; }
  [[nodiscard]] Node& node(char name) { return *peers_.at(name).node; }
  [[nodiscard]] NodeCounters counters(char name) const { return peers_.at(name).node->counters(); }
  /// Since the start, or the last forget_history().
  [[nodiscard]] const std::vector<std::string>& history(char name) const { return peers_.at(name).history; }
  void forget_history() {
    for (auto& [name, peer] : peers_) peer.history.clear();
  }
  [[nodiscard]] bool delivered(char name, const std::string& line) const {
    return std::count(history(name).begin(), history(name).end(), line) > 0;
  }
  [[nodiscard]] const View& view(char name) const { return peers_.at(name).view; }
  /// All of `names` are in one view, and nobody else is.
  [[nodiscard]] bool together(std::string_view names) const {
    for (const char name : names) {
      if (view(name) != view(names.front()) || view(name).members.size() != names.size()) return false;
      if (!view(name).contains(node_id(name))) return false;
    }
    return true;
  }

 private:
  struct Trace : TraceSink {
    void record(TraceEvent event) override { events.push_back(std::move(event)); }
    std::vector<TraceEvent> events;
  };
  struct Peer {
    std::unique_ptr<Node> node;
    std::unique_ptr<Trace> trace = std::make_unique<Trace>();
    std::unique_ptr<TracedGroups> groups;
    bool up = true;
    bool paused = false;
    View view;  // of the control group
    ViewId resumed;
    std::map<GroupId, View> views;
    std::map<GroupId, HeavyGroup*> held;
    std::map<GroupId, ViewId> asked;
    std::map<GroupId, std::vector<NodeId>> arranged;
    std::vector<std::string> history;
    Disk disk = Disk::fast;
    std::vector<StoreRequest> stores;
    std::optional<VotingState> written;
    [[nodiscard]] bool runs() const { return up && !paused; }
  };
  struct Arrival {
    char to;
    Endpoint from;
    Buffer datagram;
  };

  [[nodiscard]] Time next_event() const {
    Time next = kNever;
    for (const auto& [time, arrival] : network_) {
      if (peers_.at(arrival.to).paused) continue;
      next = std::max(time, now_);
      break;
    }
    for (const auto& [name, peer] : peers_) {
      if (peer.runs()) next = std::min(next, std::max(peer.node->next_deadline(), now_));
    }
    return next;
  }
  void step() {
    now_ = next_event();
    for (auto at = network_.begin(); at != network_.end() && at->first <= now_; ++at) {
      if (peers_.at(at->second.to).paused) continue;
      const Arrival arrival = at->second;
      network_.erase(at);
      receive(arrival);
      return;
    }
    for (auto& [name, peer] : peers_) {
      if (!peer.runs() || peer.node->next_deadline() > now_) continue;
      peer.node->on_timeout(now_, out_);
      drain(name);
      ASSERT_GT(peer.node->next_deadline(), now_) << name << "'s deadline was served and did not move";
      return;
    }
  }
  void receive(const Arrival& arrival) {
    if (!peers_.at(arrival.to).up) return;
    peers_.at(arrival.to).node->on_datagram(arrival.from, arrival.datagram, now_, out_);
    drain(arrival.to);
  }

  /// The driver's end of every input: no more is at hand, so what waits goes out.
  void drain(char name) {
    Peer& peer = peers_.at(name);
    peer.node->flush(now_, out_);
    for (const auto* list : {&out_.control, &out_.data}) {
      for (const OutboundDatagram& datagram : *list) send(name, datagram);
    }
    const std::vector<GroupEvent> events = std::exchange(out_.events, {});
    const std::vector<StoreRequest> stores = std::exchange(out_.stores, {});
    out_ = {};
    for (const GroupEvent& event : events) {
      peer.groups->record_event(event, now_);
      std::visit([&](const auto& e) { note(peer, e); }, event);
    }
    if (send_anew(peer)) drain(name);
    peer.stores.insert(peer.stores.end(), stores.begin(), stores.end());
    if (!stores.empty() && peer.disk == Disk::fast) write(name);
    if (stores.empty() || peer.disk != Disk::broken) return;
    peer.node->on_store_failed(now_, out_);
    drain(name);
  }
  /// What a control view has given back goes out in it. True where there was something.
  bool send_anew(Peer& peer) {
    if (std::exchange(peer.resumed, peer.view.id) == peer.view.id) return false;
    const std::vector<UnsentMessage> unsent = peer.groups->resume(peer.view.id);
    for (const UnsentMessage& message : unsent) {
      HeavyGroup* group = peer.groups->find(message.group);
      const ByteView part = message.payload.bytes();
      EXPECT_TRUE(group == nullptr || group->multicast(message.order, std::span{&part, 1}, now_, out_));
    }
    return !unsent.empty();
  }
  void send(char from, const OutboundDatagram& datagram) {
    EXPECT_LE(datagram.bytes.size(), config_.datagram_bytes_max) << "the kernel would refuse it";
    for (const auto& [to, peer] : peers_) {
      const bool meant =
          datagram.destination.multicast ? to != from : peer.node->self().endpoint == datagram.destination.endpoint;
      if (!meant || !peer.up) continue;
      if (lost_ && lost_({from, to, datagram.destination.multicast, datagram.bytes.bytes()})) continue;
      network_.emplace(now_ + kLatency, Arrival{to, node_id(from).endpoint, datagram.bytes});
    }
  }
  static void note(Peer& peer, const ViewInstalled& event) {
    peer.views[event.group] = event.view;
    if (event.group == kControlGroup) peer.view = event.view;
    peer.history.push_back(prefix(event.group) + "view " + names_of(event.view.members) + " from " +
                           names_of(event.transitional));
  }
  static void note(Peer& peer, const GroupLeft& event) {
    peer.views.erase(event.group);
    peer.held.erase(event.group);
    peer.history.push_back(prefix(event.group) + "left");
  }
  static void note(Peer& peer, const GroupArranged& event) {
    peer.arranged[event.group] = event.members;
    peer.history.push_back(prefix(event.group) + "is " + names_of(event.members));
  }
  static void note(Peer& peer, const HoldRequested& event) {
    peer.asked[event.group] = event.view;
    peer.history.push_back(prefix(event.group) + "hold?");
  }
  static void note(Peer& peer, const MemberSlow& event) {
    peer.history.push_back(prefix(event.group) + "slow " + names_of({event.node}));
  }
  static void note(Peer& peer, const PrimaryDecided& event) {
    peer.history.push_back(event.number == 0 ? "not primary" : "primary " + std::to_string(event.number));
  }
  static void note(Peer& peer, const HoldOverdue& event) { peer.history.push_back(prefix(event.group) + "overdue"); }
  static void note(Peer& peer, const Delivered& event) {
    const NodeId& sender = peer.views.at(event.group).members.at(event.sender);
    peer.history.push_back(prefix(event.group) + names_of({sender}) + ": " + text_of(event.payload) +
                           (event.order == Order::safe     ? " (safe)"
                            : event.order == Order::gbcast ? " (last)"
                                                           : ""));
  }
  static std::string prefix(GroupId group) {
    return group == kControlGroup ? std::string{} : "g" + std::to_string(group.value) + " ";
  }
  static void note(Peer& peer, const PeerFailed& event) { peer.history.push_back("lost " + names_of({event.node})); }

  const NodeConfig config_;
  std::map<char, Peer> peers_;
  std::multimap<Time, Arrival> network_;  // by arrival; equal times in the order of sending
  std::function<bool(const Hop&)> lost_;
  Outbox out_;
  Time now_ = kStart;
};

/// The properties that what has happened so far breaks.
inline std::vector<std::string> broken_heavy_properties(const Mesh& mesh) {
  std::vector<std::string> broken;
  for (const auto& violation : check::check_heavy_groups(mesh.history_of_all(true))) {
    broken.push_back(violation.property);
  }
  return broken;
}

}  // namespace hawser::transport_test
