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
  void start(std::string_view names);
  /// Starts a node that has a vote on primary views.
  void start(char name, std::optional<VotingState> voting);
  /// Starts nodes and lets them form a view.
  void settle(std::string_view names);

  // ---- What befalls them ----

  void crash(std::string_view names);
  /// The kernel tells those in `by` of a process's end.
  void tell_exit(char gone, std::string_view by);
  void leave(char name);
  /// The process is stopped until `resume()`; what comes for it waits in its socket.
  void pause(char name) { peers_.at(name).paused = true; }
  void resume(char name) { peers_.at(name).paused = false; }
  /// Hops for which this is true are lost.
  void drop_where(std::function<bool(const Hop&)> lost) { lost_ = std::move(lost); }
  void heal() { lost_ = {}; }

  /// What it writes is on its disk at once, or when write() is called, or never.
  enum class Disk : std::uint8_t { fast, slow, broken };
  void set_disk(char name, Disk disk) { peers_.at(name).disk = disk; }
  void write(char name);
  [[nodiscard]] const std::optional<VotingState>& written(char name) const { return peers_.at(name).written; }

  // ---- What they do ----

  [[nodiscard]] Status try_multicast(char name, std::string_view text, Order order = Order::fifo);
  void multicast(char name, std::string_view text, Order order = Order::fifo);
  /// In another group than the control group, which the node must be in.
  void multicast_in(GroupId group, char name, std::string_view text, Order order = Order::fifo);
  [[nodiscard]] Status try_multicast_in(GroupId group, char name, std::string_view text, Order order);
  void set_hold(GroupId group, char name, bool wanted = true);
  /// Answers the last request, also where it is arranged to be out. False where it is out.
  [[nodiscard]] bool hold_ok(GroupId group, char name);
  /// `name` arranges that the group, of `old_members` so far, has `members` from here on.
  void arrange(char name, GroupId group, std::string_view old_members, std::string_view members);
  void inject(char to, Endpoint from, const Buffer& datagram);

  // ---- Time ----

  void run_for(Duration time);
  /// False where it has not come true in time.
  bool run_until(const std::function<bool()>& condition, Duration bound = seconds{10});
  [[nodiscard]] Time now() const { return now_; }

  // ---- What came of it ----

  /// For the property checkers.
  [[nodiscard]] check::History history_of_all(bool settled) const;
  /// Who is in the group as far as `name` has heard.
  [[nodiscard]] std::string arranged(char name, GroupId group) const;
  /// It has a view of the group.
  [[nodiscard]] bool is_in(char name, GroupId group) const { return peers_.at(name).views.contains(group); }
  /// nullptr where it is not in it.
  [[nodiscard]] HeavyGroup* group_at(char name, GroupId group) { return peers_.at(name).groups->find(group); }
  [[nodiscard]] HeavyGroups& groups(char name) { return *peers_.at(name).groups; }
  [[nodiscard]] Node& node(char name) { return *peers_.at(name).node; }
  [[nodiscard]] NodeCounters counters(char name) const { return peers_.at(name).node->counters(); }
  /// Since the start, or the last forget_history().
  [[nodiscard]] const std::vector<std::string>& history(char name) const { return peers_.at(name).history; }
  void forget_history();
  [[nodiscard]] bool delivered(char name, const std::string& line) const;
  [[nodiscard]] const View& view(char name) const { return peers_.at(name).view; }
  /// All of `names` are in one view, and nobody else is.
  [[nodiscard]] bool together(std::string_view names) const;

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

  [[nodiscard]] Time next_event() const;
  void step();
  void receive(const Arrival& arrival);

  /// The driver's end of every input: no more is at hand, so what waits goes out.
  void drain(char name);
  /// What a control view has given back goes out in it. True where there was something.
  bool send_anew(Peer& peer);
  void send(char from, const OutboundDatagram& datagram);
  static void note(Peer& peer, const ViewInstalled& event);
  static void note(Peer& peer, const GroupLeft& event);
  static void note(Peer& peer, const GroupArranged& event);
  static void note(Peer& peer, const HoldRequested& event);
  static void note(Peer& peer, const MemberSlow& event);
  static void note(Peer& peer, const PrimaryDecided& event);
  static void note(Peer& peer, const HoldOverdue& event);
  static void note(Peer& peer, const Delivered& event);
  static void note(Peer& peer, const PeerFailed& event);

  const NodeConfig config_;
  std::map<char, Peer> peers_;
  std::multimap<Time, Arrival> network_;  // by arrival; equal times in the order of sending
  std::function<bool(const Hop&)> lost_;
  Outbox out_;
  Time now_ = kStart;
};

/// The properties that what has happened so far breaks.
std::vector<std::string> broken_heavy_properties(const Mesh& mesh);

}  // namespace hawser::transport_test
