// The simulated world: sites, network and time, and the verbs that scenarios are written in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/check/history.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/ledger.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/sim_node.hpp"

namespace hawser::sim {

/// Everything about a world that does not change while it runs. The defaults suit scenarios: a quiet LAN, every node on
/// a host of its own and subscribed to one topic.
struct WorldOptions {
  std::size_t nodes = 3;
  std::uint64_t seed = 1;
  bool start_all = true;                    ///< start a process at every site at once
  std::vector<std::string> topics = {"t"};  ///< what every process subscribes to when it starts
  NetworkProfile network;
  std::size_t nodes_per_host = 1;
  bool exit_evidence = false;  ///< peers on the same host learn at once that a process has exited
  int drift_ppm_max = 1000;
  std::size_t socket_buffer_bytes = 212992;
  std::size_t datagram_bytes_max = 1472;
  Duration datagram_cost = 3us;
  bool voters = false;  ///< every site has a vote on primary views, and a disk that remembers it
  DiskProfile disk;
  unsigned store_permille = 0;              ///< of the sites that have a store of topics
  bool keep_texts = true;                   ///< NodeHandle::history() and delivered() work
  std::optional<LightGroupsConfig> groups;  ///< of every node; else chance decides at each start
};

/// Something did not come true within its bound of virtual time, or a property was broken. what() says which and how.
struct ScenarioFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class NodeHandle;

/// Sites are called "A", "B", "C"…; a cut, a crash and so on are at once. Threads: one world, one thread.
class World {
 public:
  explicit World(WorldOptions options);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- Scenarios ----

  NodeHandle node(std::string_view site);
  /// Starts a process at the site, which must have none: a new incarnation, at the same or another port.
  void start(std::string_view site, unsigned port_choice = 0) { start(site_of(site), port_choice); }
  void crash(std::string_view site) { crash(site_of(site)); }
  void leave(std::string_view site) { leave(site_of(site)); }
  void pause(std::string_view site) { pause(site_of(site)); }
  void resume(std::string_view site) { resume(site_of(site)); }
  /// `to` hears nothing from `from` any more.
  void cut(std::string_view from, std::string_view to) { network_.cut(site_of(from), site_of(to)); }
  void mend(std::string_view from, std::string_view to) { network_.mend(site_of(from), site_of(to)); }
  /// Sites of different lists don't hear each other; sites of no list are alone together.
  void partition(const std::vector<std::vector<std::string>>& components);
  void heal() { network_.heal(now_); }

  void run_for(Duration span) { run_to(now_ + span); }
  /// Throws ScenarioFailed where `condition` does not come true within `bound`.
  void run_until(const std::function<bool()>& condition, std::string_view what, Duration bound = 30s);
  void run_until_delivered(std::string_view text, std::string_view site);
  /// Until all that run are in one view, agree on the directory, have handed over all state and sent all messages.
  /// Throws ScenarioFailed, with the reason, where that takes longer than `bound`.
  void settle(Duration bound = 30s);
  /// Throws ScenarioFailed where any property was broken so far.
  void check_all();

  // ---- For whoever drives a whole run ----

  void start(Site site, unsigned port_choice);
  void crash(Site site);
  void crash_after(Site site, std::uint64_t datagrams) { sites_[site].crash_after(datagrams); }
  void leave(Site site);
  void pause(Site site) { sites_[site].pause(); }
  void resume(Site site) { sites_[site].resume(now_); }
  /// The clock of the site's host, which all sites there read.
  void jump_clock(Site site, Duration forward);
  void set_drift(Site site, int drift_ppm);

  /// Runs all that happens up to `end`, or until `stop` (where given), asked after each event, says so.
  void run_to(Instant end, const std::function<bool()>& stop = nullptr);
  /// Two nodes that run and can hear each other are in different views, and about to have a common one.
  [[nodiscard]] bool amid_merge();
  /// Empty where the world is settled; else what is amiss.
  [[nodiscard]] std::string unsettled();
  /// Complaints of all applications so far, of lives that have ended too.
  [[nodiscard]] std::vector<Complaint> complaints() const;
  /// What of the messages published since the world last settled is still missing at a subscription that should have
  /// it; empty where nothing is. Means something only after Workload::publish_everywhere() in a settled world.
  [[nodiscard]] std::string undelivered() const;
  /// What a node that still runs had found in its store, and is not there any more, of topics that all are told to
  /// keep, with the last word for each of its keys; empty where nothing is. Means something only in a settled world.
  [[nodiscard]] std::string forgotten();
  /// What the checkers read: a copy, or the traces themselves, which are gone then.
  [[nodiscard]] check::History history() const;
  [[nodiscard]] check::History take_history();
  /// Brings Process::counters of running processes up to date.
  void note_counters();

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] std::size_t size() const { return sites_.size(); }
  [[nodiscard]] SimNode& at(Site site) { return sites_[site]; }
  [[nodiscard]] const SimNode& at(Site site) const { return sites_[site]; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }
  [[nodiscard]] const WorldOptions& options() const { return options_; }

 private:
  [[nodiscard]] Site site_of(std::string_view name) const;
  [[nodiscard]] std::vector<NodeId> running_nodes() const;  // ascending
  void dispatch(const Event& event);
  [[nodiscard]] std::string unsettled_vote();
  [[nodiscard]] std::string unstored(SimNode& site);
  void guard_against_livelock();
  void on_process_exit(const Event& event);
  void after_end(Site site);
  [[nodiscard]] NodeConfig config_for(Site site, unsigned port_choice);

  WorldOptions options_;
  Rng rng_;
  EventQueue queue_;
  Ledger ledger_;
  std::map<GroupId, std::vector<bool>> listening_;
  Network network_;
  std::vector<SimNode> sites_;
  std::vector<std::unique_ptr<Process>> processes_;  // in the order of their starts
  std::vector<unsigned> lives_;                      // by site
  Instant now_{};
  Instant second_ends_{};
  std::uint64_t events_this_second_ = 0;
  bool settled_ = false;  // settle() succeeded, and nothing has happened since
};

/// One site, as scenarios talk about it. `world` must outlive it.
class NodeHandle {
 public:
  NodeHandle(World& world, Site site) : world_(world), site_(site) {}

  /// Publishes on the first of the world's topics.
  void multicast(std::string_view text);
  void publish(std::string_view topic, std::string_view text, std::string_view key = {});
  SubscriberId subscribe(const std::vector<std::string>& topics);
  void unsubscribe(SubscriberId subscriber);

  [[nodiscard]] bool delivered(std::string_view text) const;
  /// What this life's application was handed, in order: see Application::history().
  [[nodiscard]] std::vector<std::string> history() const { return site().application().history(); }
  /// Only the lines of history() that are about `topic`.
  [[nodiscard]] std::vector<std::string> history(std::string_view topic) const;
  /// The control group's members as names of sites, sorted: "ABC".
  [[nodiscard]] std::string view() const;
  /// Every control view of this life, as view() puts it.
  [[nodiscard]] std::vector<std::string> views() const;
  /// Whom it found to have failed, and how, in order: "C by silence".
  [[nodiscard]] std::vector<std::string> failures() const;
  [[nodiscard]] std::uint64_t state_digest(std::string_view topic) const;
  [[nodiscard]] Application::Counts counts() const { return site().application().counts(); }
  [[nodiscard]] NodeCounters counters() const { return world_.at(site_).bus().node().counters(); }
  [[nodiscard]] bool running() const { return site().running(); }

 private:
  [[nodiscard]] const SimNode& site() const { return world_.at(site_); }
  [[nodiscard]] std::string names(const std::vector<NodeId>& nodes) const;

  World& world_;
  Site site_;
};

}  // namespace hawser::sim
