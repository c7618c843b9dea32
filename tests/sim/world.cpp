#include "tests/sim/world.hpp"

#include <utility>

#include "tests/check/check_all.hpp"

namespace hawser::sim {
namespace {

constexpr Duration kLeaveTakesAtMost = 10s;
// Far more than honest traffic makes; machines that answer each other without end make more.
constexpr std::uint64_t kEventsPerSecondMax = 3'000'000;
constexpr std::uint64_t kNetworkNamespace = 4026531840;
constexpr std::uint32_t kFirstProcessId = 1000;

check::NodeTrace trace_of(const Process& process, std::vector<TraceEvent> events) {
  check::NodeTrace trace;
  trace.node = process.node;
  // World time instead of the node's own clock, so that traces can be read side by side.
  for (TraceEvent& event : events) event.at = Time{process.clock.when(event.at).time_since_epoch()};
  trace.events = std::move(events);
  trace.crashed = process.end == Process::End::crashed;
  trace.left = process.end == Process::End::left;
  return trace;
}

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)),
      rng_(options_.seed),
      network_(options_.network, options_.nodes, rng_.fork(), queue_),
      lives_(options_.nodes, 0) {
  std::vector<DriftingClock> clocks;  // by host
  for (Site site = 0; site < options_.nodes; ++site) {
    const auto host = static_cast<std::uint32_t>(site / options_.nodes_per_host);
    if (clocks.size() == host) {
      const auto drift_max = static_cast<std::uint64_t>(options_.drift_ppm_max);
      const int drift_ppm = static_cast<int>(rng_.below(2 * drift_max + 1)) - options_.drift_ppm_max;
      clocks.emplace_back(Time{rng_.between(Duration{1s}, Duration{1'000'000s})}, drift_ppm);
    }
    const SiteSettings settings{host,
                                clocks[host],
                                options_.socket_buffer_bytes,
                                options_.datagram_cost,
                                options_.keep_texts,
                                options_.groups,
                                options_.disk,
                                options_.store_permille > 0 && rng_.permille(options_.store_permille)};
    sites_.emplace_back(site, settings, SiteSurroundings{network_, queue_, ledger_, listening_}, rng_.fork());
  }
  for (Site site = 0; options_.start_all && site < options_.nodes; ++site) start(site, 0);
}

NodeHandle World::node(std::string_view site) { return {*this, site_of(site)}; }

void World::partition(const std::vector<std::vector<std::string>>& components) {
  std::vector<std::uint8_t> component(size(), 0);
  for (std::size_t i = 0; i < components.size(); ++i) {
    for (const std::string& site : components[i]) component[site_of(site)] = static_cast<std::uint8_t>(i + 1);
  }
  network_.partition(std::move(component));
}

void World::run_until(const std::function<bool()>& condition, std::string_view what, Duration bound) {
  if (condition()) return;
  run_to(now_ + bound, condition);
  if (!condition()) {
    throw ScenarioFailed("not within " +
                         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(bound).count()) +
                         " ms of virtual time: " + std::string{what});
  }
}

void World::run_until_delivered(std::string_view text, std::string_view site) {
  const NodeHandle handle = node(site);
  run_until([&] { return handle.delivered(text); }, "'" + std::string{text} + "' is delivered at " + std::string{site});
}

void World::settle(Duration bound) {
  const Instant deadline = now_ + bound;
  std::string reason = unsettled();
  while (!reason.empty() && now_ < deadline) {
    run_for(10ms);
    reason = unsettled();
  }
  if (!reason.empty()) throw ScenarioFailed("not settled in time: " + reason);
  settled_ = true;
}

void World::check_all() {
  std::string broken;
  for (const Complaint& complaint : complaints()) broken += complaint.property + ": " + complaint.what + "\n";
  for (const check::Violation& violation : check::check_all(history())) {
    broken += violation.property + ": " + violation.what + "\n";
    for (const std::string& line : violation.around) broken += "    " + line + "\n";
  }
  if (!broken.empty()) throw ScenarioFailed(broken);
}

void World::start(Site site, unsigned port_choice) {
  processes_.push_back(std::make_unique<Process>());
  Process& process = *processes_.back();
  process.number = processes_.size() - 1;
  const unsigned life = ++lives_[site];
  process.name = site_name(site) + (life > 1 ? std::to_string(life) : "");
  sites_[site].start(config_for(site, port_choice), process, now_);
  if (options_.topics.empty() || !sites_[site].usable()) return;
  sites_[site].act(now_, [&](BusNode& bus, Application& application, Time local, BusNodeOutbox& out) {
    application.subscribe(bus, patterns_of(options_.topics), local, out);
  });
}

void World::crash(Site site) {
  if (!sites_[site].running()) return;
  sites_[site].crash(now_);
  after_end(site);
}

void World::leave(Site site) {
  if (!sites_[site].usable()) return;
  queue_.schedule(now_ + kLeaveTakesAtMost, Event::Kind::give_up, site, sites_[site].process().number);
  sites_[site].leave(now_);
  if (!sites_[site].running()) after_end(site);
}

void World::jump_clock(Site site, Duration forward) {
  for (SimNode& node : sites_) {
    if (node.host() == sites_[site].host()) node.jump_clock(forward, now_);
  }
}

void World::set_drift(Site site, int drift_ppm) {
  for (SimNode& node : sites_) {
    if (node.host() == sites_[site].host()) node.set_drift(drift_ppm, now_);
  }
}

bool World::amid_merge() {
  const auto has_view = [&](Site site) {
    SimNode& node = sites_[site];
    return node.usable() && node.amid_change() && node.bus().node().view_of(kControlGroup).id.epoch > 0;
  };
  const auto view_of = [&](Site site) { return sites_[site].bus().node().view_of(kControlGroup).id; };
  for (Site one = 0; one < size(); ++one) {
    for (Site other = 0; has_view(one) && other < one; ++other) {
      const bool hear = network_.passes(one, other) && network_.passes(other, one);
      if (hear && has_view(other) && view_of(one) != view_of(other)) return true;
    }
  }
  return false;
}

void World::run_to(Instant end, const std::function<bool()>& stop) {
  settled_ = false;
  while (queue_.next_at() <= end) {
    const Event event = queue_.pop();
    now_ = event.at;
    guard_against_livelock();
    const bool was_running = sites_[event.site].running();
    dispatch(event);
    if (was_running && !sites_[event.site].running()) after_end(event.site);
    if (stop && stop()) return;
  }
  now_ = end;
}

std::vector<Complaint> World::complaints() const {
  std::vector<Complaint> all;
  for (const auto& process : processes_) {
    const auto& complaints = process->application->complaints();
    all.insert(all.end(), complaints.begin(), complaints.end());
  }
  return all;
}

check::History World::history() const {
  check::History history;
  for (const auto& process : processes_) history.nodes.push_back(trace_of(*process, process->events));
  history.settled = settled_;
  return history;
}

check::History World::take_history() {
  check::History history;
  for (const auto& process : processes_) history.nodes.push_back(trace_of(*process, std::move(process->events)));
  history.settled = settled_;
  return history;
}

void World::note_counters() {
  for (SimNode& site : sites_) {
    if (site.running()) site.process().counters = site.bus().node().counters();
  }
}

Site World::site_of(std::string_view name) const {
  for (Site site = 0; site < size(); ++site) {
    if (site_name(site) == name) return site;
  }
  throw ScenarioFailed("no site " + std::string{name});
}

void World::guard_against_livelock() {
  if (now_ >= second_ends_) {
    second_ends_ = now_ + 1s;
    events_this_second_ = 0;
  }
  if (++events_this_second_ > kEventsPerSecondMax) {
    throw ScenarioFailed("livelock: more than " + std::to_string(kEventsPerSecondMax) + " events in a virtual second");
  }
}

void World::dispatch(const Event& event) {
  SimNode& node = sites_[event.site];
  switch (event.kind) {
    case Event::Kind::arrival: node.on_arrival(network_.take(event.value), now_); break;
    case Event::Kind::wake: node.on_wake(now_); break;
    case Event::Kind::unreachable: node.on_unreachable(unpack(event.value), now_); break;
    case Event::Kind::process_exit: on_process_exit(event); break;
    case Event::Kind::written: node.on_written(event.value, now_); break;
    case Event::Kind::stored: node.on_stored(event.value, now_); break;
    case Event::Kind::give_up:
      if (node.leaving() && node.process().number == event.value) node.give_up_leaving(now_);
      break;
  }
}

void World::on_process_exit(const Event& event) {
  SimNode& node = sites_[event.site];
  if (node.running() && node.paused()) {  // The kernel keeps it until the process runs again.
    queue_.schedule(now_ + 10ms, event.kind, event.site, event.value);
    return;
  }
  node.on_process_exit(processes_[event.value]->node, now_);
}

// Tells the peers on the same host, again and again: one that hears of the process only now, by a late datagram, finds
// at once that it can't be watched.
void World::after_end(Site site) {
  if (sites_[site].process().end == Process::End::crashed) {
    for (SimNode& other : sites_) other.note_other_crash();
  }
  if (!options_.exit_evidence) return;
  const std::uint64_t number = sites_[site].process().number;
  for (Site peer = 0; peer < size(); ++peer) {
    if (peer == site || sites_[peer].host() != sites_[site].host()) continue;
    for (const Duration after : {Duration{1ms}, Duration{50ms}, Duration{500ms}}) {
      queue_.schedule(now_ + after + rng_.between(Duration{}, Duration{2ms}), Event::Kind::process_exit, peer, number);
    }
  }
}

NodeConfig World::config_for(Site site, unsigned port_choice) {
  const std::uint32_t host = sites_[site].host();
  NodeConfig config;
  config.self = {Incarnation{rng_.next()}, endpoint_of(site, host, port_choice)};
  config.domain = "sim";
  if (options_.voters) {
    const auto electorate = static_cast<std::uint16_t>(size());
    config.voting = sites_[site].stored().value_or(VotingState{{rng_.next()}, electorate, 0, 0, {}, {}});
  }
  config.datagram_bytes_max = options_.datagram_bytes_max;
  config.receive_buffer_bytes = options_.socket_buffer_bytes;
  if (options_.exit_evidence) {
    config.host = {mix64(options_.seed ^ host), kNetworkNamespace,
                   kFirstProcessId + static_cast<std::uint32_t>(processes_.size())};
  }
  return config;
}

}  // namespace hawser::sim
