#include "tests/unit/transport_mesh.hpp"

#include <algorithm>

#include "tests/check/check_all.hpp"

namespace hawser::transport_test {
namespace {

std::string prefix(GroupId group) {
  return group == kControlGroup ? std::string{} : "g" + std::to_string(group.value) + " ";
}

}  // namespace

void Mesh::start(std::string_view names) {
  for (const char name : names) {
    if (!peers_.contains(name)) start(name, {});
  }
}

void Mesh::start(char name, std::optional<VotingState> voting) {
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

void Mesh::settle(std::string_view names) {
  start(names);
  EXPECT_TRUE(run_until([&] { return together(names); })) << names << " do not come together";
}

// ---- What befalls them ----

void Mesh::crash(std::string_view names) {
  for (const char name : names) peers_.at(name).up = false;
}

void Mesh::tell_exit(char gone, std::string_view by) {
  for (const char name : by) {
    peers_.at(name).node->on_process_exit(node_id(gone), now_, out_);
    drain(name);
  }
}

void Mesh::leave(char name) {
  peers_.at(name).node->leave(now_, out_);
  drain(name);
  peers_.at(name).up = false;
}

void Mesh::write(char name) {
  const std::vector<StoreRequest> stores = std::exchange(peers_.at(name).stores, {});
  for (const StoreRequest& store : stores) {
    peers_.at(name).written = store.state;
    peers_.at(name).node->on_stored(store.ticket, now_, out_);
    drain(name);
  }
}

// ---- What they do ----

Status Mesh::try_multicast(char name, std::string_view text, Order order) {
  const ByteView part = bytes_of(text);
  Status status = peers_.at(name).groups->control().multicast(order, std::span{&part, 1}, now_, out_);
  drain(name);
  return status;
}

void Mesh::multicast(char name, std::string_view text, Order order) { EXPECT_TRUE(try_multicast(name, text, order)); }

void Mesh::multicast_in(GroupId group, char name, std::string_view text, Order order) {
  EXPECT_TRUE(try_multicast_in(group, name, text, order));
}

Status Mesh::try_multicast_in(GroupId group, char name, std::string_view text, Order order) {
  const ByteView part = bytes_of(text);
  Status status = group_at(name, group)->multicast(order, std::span{&part, 1}, now_, out_);
  drain(name);
  return status;
}

void Mesh::set_hold(GroupId group, char name, bool wanted) {
  HeavyGroup* held = peers_.at(name).held[group] = group_at(name, group);
  held->set_hold(wanted);
  drain(name);
}

bool Mesh::hold_ok(GroupId group, char name) {
  const auto held = peers_.at(name).held.find(group);
  if (held == peers_.at(name).held.end()) return false;
  held->second->hold_ok(peers_.at(name).asked.at(group));
  drain(name);
  return true;
}

void Mesh::arrange(char name, GroupId group, std::string_view old_members, std::string_view members) {
  EXPECT_TRUE(peers_.at(name).groups->arrange(group, node_ids(old_members), node_ids(members), now_, out_));
  drain(name);
}

void Mesh::inject(char to, Endpoint from, const Buffer& datagram) {
  peers_.at(to).node->on_datagram(from, datagram, now_, out_);
  drain(to);
}

// ---- Time ----

void Mesh::run_for(Duration time) {
  const Time until = now_ + time;
  while (next_event() <= until) step();
  now_ = until;
}

bool Mesh::run_until(const std::function<bool()>& condition, Duration bound) {
  const Time until = now_ + bound;
  while (!condition()) {
    if (next_event() > until) return false;
    step();
  }
  return true;
}

Time Mesh::next_event() const {
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

void Mesh::step() {
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

void Mesh::receive(const Arrival& arrival) {
  if (!peers_.at(arrival.to).up) return;
  peers_.at(arrival.to).node->on_datagram(arrival.from, arrival.datagram, now_, out_);
  drain(arrival.to);
}

void Mesh::drain(char name) {
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

bool Mesh::send_anew(Peer& peer) {
  if (std::exchange(peer.resumed, peer.view.id) == peer.view.id) return false;
  const std::vector<UnsentMessage> unsent = peer.groups->resume(peer.view.id);
  for (const UnsentMessage& message : unsent) {
    HeavyGroup* group = peer.groups->find(message.group);
    const ByteView part = message.payload.bytes();
    EXPECT_TRUE(group == nullptr || group->multicast(message.order, std::span{&part, 1}, now_, out_));
  }
  return !unsent.empty();
}

void Mesh::send(char from, const OutboundDatagram& datagram) {
  EXPECT_LE(datagram.bytes.size(), config_.datagram_bytes_max) << "the kernel would refuse it";
  for (const auto& [to, peer] : peers_) {
    const bool meant =
        datagram.destination.multicast ? to != from : peer.node->self().endpoint == datagram.destination.endpoint;
    if (!meant || !peer.up) continue;
    if (lost_ && lost_({from, to, datagram.destination.multicast, datagram.bytes.bytes()})) continue;
    network_.emplace(now_ + kLatency, Arrival{to, node_id(from).endpoint, datagram.bytes});
  }
}

// ---- What came of it ----

check::History Mesh::history_of_all(bool settled) const {
  check::History history{.settled = settled};
  for (const auto& [name, peer] : peers_) {
    history.nodes.push_back({.node = node_id(name), .events = peer.trace->events, .crashed = !peer.up});
  }
  return history;
}

std::string Mesh::arranged(char name, GroupId group) const {
  const Peer& peer = peers_.at(name);
  const auto at = peer.arranged.find(group);
  std::string names;
  for (const char member : at == peer.arranged.end() ? std::string{} : names_of(at->second)) {
    if (peer.view.contains(node_id(member))) names.push_back(member);
  }
  return names;
}

void Mesh::forget_history() {
  for (auto& [name, peer] : peers_) peer.history.clear();
}

bool Mesh::delivered(char name, const std::string& line) const {
  return std::count(history(name).begin(), history(name).end(), line) > 0;
}

bool Mesh::together(std::string_view names) const {
  for (const char name : names) {
    if (view(name) != view(names.front()) || view(name).members.size() != names.size()) return false;
    if (!view(name).contains(node_id(name))) return false;
  }
  return true;
}

void Mesh::note(Peer& peer, const ViewInstalled& event) {
  peer.views[event.group] = event.view;
  if (event.group == kControlGroup) peer.view = event.view;
  peer.history.push_back(prefix(event.group) + "view " + names_of(event.view.members) + " from " +
                         names_of(event.transitional));
}

void Mesh::note(Peer& peer, const GroupLeft& event) {
  peer.views.erase(event.group);
  peer.held.erase(event.group);
  peer.history.push_back(prefix(event.group) + "left");
}

void Mesh::note(Peer& peer, const GroupArranged& event) {
  peer.arranged[event.group] = event.members;
  peer.history.push_back(prefix(event.group) + "is " + names_of(event.members));
}

void Mesh::note(Peer& peer, const HoldRequested& event) {
  peer.asked[event.group] = event.view;
  peer.history.push_back(prefix(event.group) + "hold?");
}

void Mesh::note(Peer& peer, const MemberSlow& event) {
  peer.history.push_back(prefix(event.group) + "slow " + names_of({event.node}));
}

void Mesh::note(Peer& peer, const PrimaryDecided& event) {
  peer.history.push_back(event.number == 0 ? "not primary" : "primary " + std::to_string(event.number));
}

void Mesh::note(Peer& peer, const Delivered& event) {
  const NodeId& sender = peer.views.at(event.group).members.at(event.sender);
  peer.history.push_back(prefix(event.group) + names_of({sender}) + ": " + text_of(event.payload) +
                         (event.order == Order::safe     ? " (safe)"
                          : event.order == Order::gbcast ? " (last)"
                                                         : ""));
}

void Mesh::note(Peer& peer, const HoldOverdue& event) { peer.history.push_back(prefix(event.group) + "overdue"); }

void Mesh::note(Peer& peer, const PeerFailed& event) { peer.history.push_back("lost " + names_of({event.node})); }

std::vector<std::string> broken_heavy_properties(const Mesh& mesh) {
  std::vector<std::string> broken;
  for (const auto& violation : check::check_heavy_groups(mesh.history_of_all(true))) {
    broken.push_back(violation.property);
  }
  return broken;
}

}  // namespace hawser::transport_test
