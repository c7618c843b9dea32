// One site of the world: its clock, its sockets, and the process that runs there, if one does.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pubsub-api/src/session/bus_node.hpp"
#include "tests/sim/application.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/sim_time.hpp"
#include "tests/sim/site_store.hpp"

namespace hawser::sim {

/// One life of a node, kept after its end: what the checkers read.
struct Process : TraceSink {
  enum class End : std::uint8_t { running, crashed, left };

  void record(TraceEvent event) override { events.push_back(std::move(event)); }

  std::uint64_t number = 0;  ///< in the order of starts, from 0
  std::string name;          ///< "B" for the first at site B, then "B2", "B3"…
  NodeId node;
  Site site = 0;
  DriftingClock clock;
  Instant started{};
  Instant ended = kNeverHappens;
  End end = End::running;
  std::vector<TraceEvent> events;
  std::unique_ptr<Application> application;
  NodeCounters counters;  ///< as they were at the end

  struct Failure {
    Instant at;
    NodeFailed what;
  };
  std::vector<StoredTopic> found;             ///< what it found in its site's store
  std::vector<Failure> failures;              ///< whom it found to have failed, and when
  std::uint64_t changes_joined_by_crash = 0;  ///< views of three or more companions, amid whose change a node crashed
};

/// What all sites share; must outlive them.
struct SiteSurroundings {
  Network& network;
  EventQueue& queue;
  Ledger& ledger;
  std::map<GroupId, std::vector<bool>>& listening;  ///< by site: a process there hears the group
};

struct SiteSettings {
  std::uint32_t host = 0;
  DriftingClock clock;
  std::size_t socket_buffer_bytes = 212992;
  Duration datagram_cost = 3us;  ///< processor time for one datagram: while it lasts, others wait in the sockets
  bool keep_texts = false;
  std::optional<LightGroupsConfig> groups;  ///< else chance decides
  DiskProfile disk;
  bool has_store = false;  ///< of topics
};

/// Drives one BusNode as the event loop does on a real network. A paused process keeps its sockets, which fill up.
class SimNode {
 public:
  SimNode(Site site, const SiteSettings& settings, SiteSurroundings surroundings, Rng rng);

  /// `process` must outlive it; `config.self` is the process's own.
  void start(const NodeConfig& config, Process& process, Instant now);
  /// The process is gone in an instant; nobody is told.
  void crash(Instant now) { end(Process::End::crashed, now); }
  /// It dies when it has handed this many more datagrams to the network, wherever it is then; of the last one only some
  /// receivers get a copy.
  void crash_after(std::uint64_t datagrams) { sends_left_ = datagrams; }
  void cancel_crash() { sends_left_.reset(); }
  void pause() { paused_ = true; }
  /// Its clock shows so much more from now on.
  void jump_clock(Duration forward, Instant now);
  void set_drift(int drift_ppm, Instant now);
  /// Of processor time, from the next one on; also for later processes.
  void set_datagram_cost(Duration cost) { settings_.datagram_cost = cost; }
  void resume(Instant now);
  /// Begins an orderly leave; the process ends by itself when all is handed over, or when give_up_leaving() is called.
  void leave(Instant now);
  void give_up_leaving(Instant now);

  void on_arrival(Arrival arrival, Instant now);
  void on_wake(Instant now);
  void on_unreachable(Endpoint endpoint, Instant now);
  void on_process_exit(const NodeId& node, Instant now);
  /// `process`: which one asked for the write that is over.
  void on_written(std::uint64_t process, Instant now);
  /// … for what its store was asked.
  void on_stored(std::uint64_t process, Instant now);

  /// An application thread's call: `input(bus, application, local time, outbox)`. Only where running() and not
  /// paused().
  template <typename Input>
  void act(Instant now, Input&& input) {
    input(*bus_, *process_->application, settings_.clock.at(now), out_);
    after_input(now);
  }

  [[nodiscard]] bool running() const { return bus_ != nullptr; }
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool leaving() const { return leaving_; }
  /// Running, not paused and not on its way out.
  [[nodiscard]] bool usable() const { return running() && !paused_ && !leaving_; }
  /// The node is between a start_change and the view that ends it.
  [[nodiscard]] bool amid_change() const;
  /// … and it changes because somebody is lost.
  [[nodiscard]] bool amid_flush() const { return amid_change() && lost_one_; }
  /// Another node has crashed: counts if this one is in the middle of a view change.
  void note_other_crash();
  /// What it has stored, now or in former lives.
  [[nodiscard]] const std::optional<VotingState>& stored() const { return disk_.state(); }
  [[nodiscard]] const Disk::Counts& disk_counts() const { return disk_.counts(); }
  [[nodiscard]] bool has_store() const { return settings_.has_store; }
  [[nodiscard]] const SiteStore& store() const { return store_; }
  /// Its process has a vote on primary views, as far as its disk has let it.
  [[nodiscard]] bool votes() const { return votes_; }
  [[nodiscard]] BusNode& bus() { return *bus_; }
  [[nodiscard]] const BusNode& bus() const { return *bus_; }
  [[nodiscard]] const Application& application() const { return *process_->application; }
  [[nodiscard]] Process& process() { return *process_; }
  [[nodiscard]] const Process& process() const { return *process_; }
  [[nodiscard]] std::uint32_t host() const { return settings_.host; }
  [[nodiscard]] std::uint64_t datagrams_overflowed() const { return datagrams_overflowed_; }

 private:
  /// A socket's receive buffer.
  struct Socket {
    std::deque<Arrival> waiting;
    std::size_t bytes = 0;
  };

  void end(Process::End how, Instant now);
  void store(Instant now);
  void report_written(Instant now);
  void report_stored(Instant now);
  void after_input(Instant now);
  void hear();
  void send(std::vector<OutboundDatagram>& datagrams, Instant now);
  void note(const BusNodeEvent& event, Instant now);
  void buffer(Arrival arrival);
  void read_sockets(Time local);
  Arrival next_waiting();
  void wake_by(Instant at);
  void plan_wake(Instant now);
  void go_when_free(Instant now);
  void on_clock_set(Instant now);

  Site site_;
  SiteSettings settings_;
  SiteSurroundings around_;
  Rng rng_;
  Disk disk_;
  SiteStore store_;
  std::unique_ptr<BusNode> bus_;
  Process* process_ = nullptr;
  BusNodeOutbox out_;
  Socket unicast_;
  Socket multicast_;
  std::vector<Disk::Written> written_;  // while it is paused
  std::size_t stored_ = 0;              // answers of its store that wait, while it is paused
  Instant busy_until_{};
  Instant wake_at_ = kNeverHappens;  // the wake event that counts; others in the queue are stale
  std::optional<std::uint64_t> sends_left_;
  std::uint64_t datagrams_overflowed_ = 0;
  std::uint64_t start_changes_at_view_ = 0;  // the counter's value when the last view came
  bool other_crashed_amid_change_ = false;
  bool lost_one_ = false;  // since the last view
  bool paused_ = false;
  bool leaving_ = false;
  bool votes_ = false;
  std::size_t datagram_bytes_max_ = 0;
};

}  // namespace hawser::sim
