#include "tests/sim/sim_node.hpp"

#include <algorithm>
#include <utility>

namespace hawser::sim {
namespace {

constexpr std::size_t kReadAtOnceMax = 64;            // datagrams, as one recvmmsg does
constexpr std::size_t kCompanionsMin = 3;             // Fewer satisfy virtual synchrony for next to nothing.
constexpr std::size_t kSocketBytesPerDatagram = 768;  // what Linux charges a socket besides the bytes

// Nodes need not agree on a policy: only the coordinator's counts. Few extras make groups move a lot. What counts as
// long is everyone's own affair.
LightGroupsConfig any_groups_config(Rng& rng) {
  LightGroupsConfig config;
  config.policy.kind = rng.one_in(4) ? MapperPolicy::Kind::exact : MapperPolicy::Kind::smallest_superset;
  config.policy.extras_cap = rng.below(6);
  config.heavy_grace = rng.between(50ms, 2s);
  if (rng.one_in(2)) config.bulk_bytes_min = rng.between(40, 4000);
  return config;
}

std::size_t charge_of(const Arrival& arrival) { return arrival.bytes.size() + kSocketBytesPerDatagram; }

}  // namespace

SimNode::SimNode(Site site, const SiteSettings& settings, SiteSurroundings surroundings, Rng rng)
    : site_(site),
      settings_(settings),
      around_(surroundings),
      rng_(rng),
      disk_(settings.disk, rng_.fork()),
      store_(Rng{rng_}) {}

void SimNode::start(const NodeConfig& config, Process& process, Instant now) {
  HAWSER_CHECK(!running());
  process_ = &process;
  process.node = config.self;
  process.site = site_;
  process.clock = settings_.clock;
  process.started = now;
  votes_ = config.voting.has_value();
  disk_.on_start();
  datagram_bytes_max_ = config.datagram_bytes_max;
  process.application = std::make_unique<Application>(config.self, around_.ledger, settings_.keep_texts);
  const LightGroupsConfig groups = settings_.groups ? *settings_.groups : any_groups_config(rng_);
  bus_ = std::make_unique<BusNode>(BusNodeConfig{config, groups, &process, settings_.has_store}, rng_.fork());
  busy_until_ = now;
  act(now, [](BusNode& bus, Application&, Time local, BusNodeOutbox& out) { bus.on_start(local, out); });
}

void SimNode::resume(Instant now) {
  if (!paused_) return;
  paused_ = false;
  if (running()) wake_by(now);
  if (running()) report_written(now);
  if (running()) report_stored(now);
}

void SimNode::leave(Instant now) {
  leaving_ = true;
  act(now, [](BusNode& bus, Application&, Time local, BusNodeOutbox& out) { bus.leave_topics(local, out); });
}

void SimNode::give_up_leaving(Instant now) {
  bus_->depart(settings_.clock.at(now), out_);
  send(out_.transport.control, now);
  send(out_.transport.data, now);
  end(Process::End::left, now);
}

void SimNode::on_arrival(Arrival arrival, Instant now) {
  const bool for_us = running() && (arrival.multicast || arrival.to == process_->node.endpoint);
  if (!for_us) {
    around_.network.bounce(site_, arrival, now);
    return;
  }
  const bool idle = !paused_ && busy_until_ <= now && unicast_.waiting.empty() && multicast_.waiting.empty();
  if (!idle) {
    buffer(std::move(arrival));
    if (!paused_) wake_by(std::max(now, busy_until_));
    return;
  }
  bus_->on_datagram(arrival.from, Buffer::copy_of(arrival.bytes.bytes()), settings_.clock.at(now), out_);
  busy_until_ = now + settings_.datagram_cost;
  after_input(now);
}

void SimNode::on_wake(Instant now) {
  if (wake_at_ != now) return;
  wake_at_ = kNeverHappens;
  if (!running() || paused_) return;
  const Time local = settings_.clock.at(now);
  busy_until_ = now;
  // A loop that was held up finds timers and datagrams due at once; nothing says which it sees first.
  const bool timers_first = rng_.one_in(2);
  const auto note_backlog = [&] { bus_->set_backlog(!unicast_.waiting.empty() || !multicast_.waiting.empty(), local); };
  note_backlog();
  if (timers_first && bus_->next_deadline() <= local) bus_->on_timeout(local, out_);
  read_sockets(local);
  note_backlog();
  if (!timers_first && bus_->next_deadline() <= local) bus_->on_timeout(local, out_);
  after_input(now);
}

void SimNode::on_unreachable(Endpoint endpoint, Instant now) {
  if (!running() || paused_) return;
  act(now,
      [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) { bus.on_unreachable(endpoint, local, out); });
}

void SimNode::on_process_exit(const NodeId& node, Instant now) {
  if (!running() || paused_) return;
  const auto watched = bus_->node().peers_on_this_host();
  if (std::none_of(watched.begin(), watched.end(), [&](const auto& peer) { return peer.first == node; })) return;
  act(now, [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) { bus.on_process_exit(node, local, out); });
}

void SimNode::on_written(std::uint64_t process, Instant now) {
  if (!running() || process_->number != process) return;
  const Disk::Written written = disk_.finish();
  written_.push_back(written);
  if (!paused_) report_written(now);
}

void SimNode::report_written(Instant now) {
  for (const Disk::Written& written : std::exchange(written_, {})) {
    votes_ = votes_ && !written.failed;
    act(now, [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) {
      if (written.failed) {
        bus.on_store_failed(local, out);
      } else {
        bus.on_stored(written.ticket, local, out);
      }
    });
    if (!running()) return;
  }
}

void SimNode::on_stored(std::uint64_t process, Instant now) {
  if (!running() || process_->number != process) return;
  ++stored_;
  if (!paused_) report_stored(now);
}

void SimNode::report_stored(Instant now) {
  for (; stored_ > 0; --stored_) {
    auto read = store_.finish();
    if (read) {
      for (const StoredTopic& topic : *read) {
        if (!topic.records.empty()) process_->found.push_back(topic);
      }
    }
    act(now, [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) {
      if (read) {
        bus.on_topics_read(std::move(*read), local, out);
      } else {
        bus.on_topics_written(local, out);
      }
    });
    if (!running()) return;
  }
}

void SimNode::jump_clock(Duration forward, Instant now) {
  settings_.clock.jump(now, forward);
  on_clock_set(now);
}

void SimNode::set_drift(int drift_ppm, Instant now) {
  settings_.clock.set_drift(now, drift_ppm);
  on_clock_set(now);
}

void SimNode::on_clock_set(Instant now) {
  if (!running()) return;
  process_->clock = settings_.clock;
  if (!paused_) plan_wake(now);
}

bool SimNode::amid_change() const {
  return running() && bus_->node().counters().start_changes > start_changes_at_view_;
}

void SimNode::note_other_crash() {
  if (amid_change()) other_crashed_amid_change_ = true;
}

void SimNode::end(Process::End how, Instant now) {
  if (!running()) return;
  process_->end = how;
  process_->ended = now;
  process_->counters = bus_->node().counters();
  for (auto& [group, sites] : around_.listening) sites[site_] = false;
  bus_.reset();
  out_ = {};
  unicast_ = {};
  multicast_ = {};
  wake_at_ = kNeverHappens;
  sends_left_.reset();
  disk_.on_crash();
  store_.on_end();
  written_.clear();
  stored_ = 0;
  votes_ = false;
  start_changes_at_view_ = 0;
  paused_ = leaving_ = other_crashed_amid_change_ = lost_one_ = false;
}

void SimNode::after_input(Instant now) {
  bus_->flush(settings_.clock.at(now), out_);
  store(now);
  send(out_.transport.control, now);
  if (running()) send(out_.transport.data, now);
  if (!running()) return;
  for (const SessionEvent& event : out_.session) process_->application->on_event(event, bus_->session());
  out_.session.clear();
  for (const BusNodeEvent& event : out_.events) {
    note(event, now);
    process_->application->on_event(event);
  }
  out_.events.clear();
  if (leaving_) go_when_free(now);
  if (running()) plan_wake(now);
}

void SimNode::store(Instant now) {
  for (StoreRequest& request : std::exchange(out_.transport.stores, {})) {
    around_.queue.schedule(disk_.write(std::move(request), now), Event::Kind::written, site_, process_->number);
  }
  for (TopicStoreRequest& request : std::exchange(out_.store, {})) {
    around_.queue.schedule(store_.push(std::move(request), now), Event::Kind::stored, site_, process_->number);
  }
}

void SimNode::hear() {
  for (const AddressChange& change : out_.transport.addresses) {
    std::vector<bool>& sites = around_.listening[change.group];
    sites.resize(around_.network.sites());
    sites[site_] = change.hears;
  }
  out_.transport.addresses.clear();
}

void SimNode::send(std::vector<OutboundDatagram>& datagrams, Instant now) {
  hear();
  for (const OutboundDatagram& datagram : datagrams) {
    HAWSER_CHECK(datagram.bytes.size() <= datagram_bytes_max_);  // The kernel would refuse it.
    std::vector<bool>& listening = around_.listening[datagram.destination.group];
    listening.resize(around_.network.sites());
    if (sends_left_.has_value() && *sends_left_ == 0) {
      around_.network.send_half(site_, process_->node.endpoint, datagram, listening, now);
      end(Process::End::crashed, now);
      return;
    }
    if (sends_left_.has_value()) --*sends_left_;
    around_.network.send(site_, process_->node.endpoint, datagram, listening, now);
  }
  datagrams.clear();
}

void SimNode::note(const BusNodeEvent& event, Instant now) {
  if (const auto* failed = std::get_if<NodeFailed>(&event)) {
    process_->failures.push_back({now, *failed});
    lost_one_ = true;
  } else if (const auto* view = std::get_if<ControlView>(&event)) {
    if (other_crashed_amid_change_ && view->transitional >= kCompanionsMin) ++process_->changes_joined_by_crash;
    other_crashed_amid_change_ = lost_one_ = false;
    start_changes_at_view_ = bus_->node().counters().start_changes;
  }
}

void SimNode::buffer(Arrival arrival) {
  Socket& socket = arrival.multicast ? multicast_ : unicast_;
  // As Linux does: a socket takes a datagram while it holds no more than its limit before it.
  if (socket.bytes > settings_.socket_buffer_bytes) {
    ++datagrams_overflowed_;
    return;
  }
  socket.bytes += charge_of(arrival);
  socket.waiting.push_back(std::move(arrival));
}

void SimNode::read_sockets(Time local) {
  for (std::size_t i = 0; i < kReadAtOnceMax; ++i) {
    if (unicast_.waiting.empty() && multicast_.waiting.empty()) return;
    const Arrival arrival = next_waiting();
    bus_->on_datagram(arrival.from, Buffer::copy_of(arrival.bytes.bytes()), local, out_);
    busy_until_ += settings_.datagram_cost;
  }
}

Arrival SimNode::next_waiting() {
  const bool from_unicast = multicast_.waiting.empty() || (!unicast_.waiting.empty() && rng_.one_in(2));
  Socket& socket = from_unicast ? unicast_ : multicast_;
  Arrival arrival = std::move(socket.waiting.front());
  socket.waiting.pop_front();
  socket.bytes -= charge_of(arrival);
  return arrival;
}

void SimNode::wake_by(Instant at) {
  if (wake_at_ <= at) return;
  wake_at_ = at;
  around_.queue.schedule(at, Event::Kind::wake, site_);
}

void SimNode::plan_wake(Instant now) {
  const bool input_waits = !unicast_.waiting.empty() || !multicast_.waiting.empty();
  const Instant due = input_waits ? now : settings_.clock.when(bus_->next_deadline());
  const Instant at = std::max({due, now, busy_until_});
  if (at == wake_at_) return;
  // A later deadline needs no new event: the early wake finds nothing due and plans again.
  wake_by(at);
}

void SimNode::go_when_free(Instant now) {
  if (bus_->left_all() && bus_->all_stable()) give_up_leaving(now);
}

}  // namespace hawser::sim
