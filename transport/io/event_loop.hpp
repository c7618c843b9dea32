// Drives one machine on a real network: waits for datagrams, exits of processes, time and the application's inputs,
// feeds them to the machine, and sends what it puts out.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/io/process_watch.hpp"
#include "transport/io/udp_multicast.hpp"
#include "transport/io/wake_up.hpp"
#include "transport/link/flight_recorder.hpp"
#include "transport/link/impairment.hpp"
#include "transport/link/unicast_fanout.hpp"
#include "transport/node.hpp"

namespace hawser {

/// What the loop drives: a Node, or a machine built around one. Threads: one call at a time, under the loop's lock.
class LoopMachine {
 public:
  virtual ~LoopMachine() = default;

  virtual void on_datagram(Endpoint from, const Buffer& datagram, Time now) = 0;
  virtual void on_unreachable(Endpoint endpoint, Time now) = 0;
  virtual void on_process_exit(const NodeId& node, Time now) = 0;
  virtual void on_timeout(Time now) = 0;
  /// As Node::set_backlog().
  virtual void set_backlog(bool waiting, Time now) = 0;
  /// The group's address could not be joined; it is tried again now and then. Meanwhile the others are asked for
  /// unicast there; where this node may not greet them (`by_unicast` is false), it hears nothing of it, and holds up
  /// the group's other members.
  virtual void on_unheard_group(GroupId group, const Error& why, bool by_unicast) = 0;
  /// Another node is sent to otherwise than before.
  virtual void on_reach_change(const ReachChange& /*change*/) {}
  [[nodiscard]] virtual Time next_deadline() const = 0;

  /// The end of a round, after its datagrams and timeouts: time for the application's inputs (a bounded number of them,
  /// since the network waits meanwhile), for the machine's flush(), and to hand events on. What is in `datagrams`
  /// afterwards is sent: first `control`, then `data`.
  virtual void on_round_end(Time now) = 0;
  /// `addresses`, `control` and `data` are emptied by the loop once they are done.
  virtual Outbox& outbox() = 0;

  /// True while the application has inputs waiting, so that the loop may not sleep. Whoever brings one calls
  /// WakeUp::notify() after it.
  [[nodiscard]] virtual bool has_input() const = 0;
  /// False while the machine can take none (its window is full): then new ones do not wake the loop either.
  [[nodiscard]] virtual bool accepts_input() const = 0;
  /// True when the loop should end, after sending what is in the outbox.
  [[nodiscard]] virtual bool is_done() const = 0;
  /// As Node::peers_on_this_host(); asked for now and then.
  [[nodiscard]] virtual std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() = 0;
};

/// What stands between a node and the network.
struct LinkConfig {
  UnicastConfig unicast;
  std::optional<ImpairmentConfig> impairment;
  FlightRecorder* recorder = nullptr;  ///< of all that comes and goes; must outlive the loop
};

/// The lock that run() is given is held but while the loop sleeps. So another thread that holds it may take the loop's
/// place for the application's inputs: run_inputs(). That spares an idle sender the time that waking a thread takes.
/// Threads: everything under that lock.
class EventLoop {
 public:
  /// `wake_up` must outlive it. Hears the control group.
  /// Errors: system  the kernel refused a descriptor, or the control group.
  static Result<std::unique_ptr<EventLoop>> create(std::unique_ptr<UdpMulticast> udp, WakeUp& wake_up,
                                                   LinkConfig link = {});

  /// Hears the group from now on; see UdpMulticast::join.
  Status join(GroupId group);
  void leave(GroupId group);

  using Lock = std::unique_lock<std::mutex>;
  /// Runs rounds until the machine is done. `lock` is held before and after.
  void run(LoopMachine& machine, Lock& lock);
  /// One round: sleeps until there is something to do, does it, and sends.
  void run_round(LoopMachine& machine, Lock& lock);
  /// The end of a round only, without waiting for anything, while run() sleeps; wakes it if there is more to do. False
  /// where that is no good, since timeouts come first.
  bool run_inputs(LoopMachine& machine);

  [[nodiscard]] const UdpMulticast& udp() const { return *udp_; }

 private:
  EventLoop(std::unique_ptr<UdpMulticast> udp, WakeUp& wake_up, LinkConfig link);
  Status watch(int descriptor, std::uint32_t events, std::uint64_t tag);
  void sleep(LoopMachine& machine, Lock& lock);
  int wait(Time deadline);
  /// False where datagrams are left over for the next round.
  bool handle(const epoll_event& event, LoopMachine& machine, Time now);
  /// False where more is waiting in the socket.
  bool receive(int socket, std::optional<GroupId> group, LoopMachine& machine, Time now);
  void hand_over(std::vector<ReceivedDatagram>& datagrams, LoopMachine& machine, Time now);
  void release_impaired(LoopMachine& machine, Time now);
  void run_link_timers(LoopMachine& machine, Time now);
  void join_refused(Time now);
  [[nodiscard]] Time next_deadline(const LoopMachine& machine) const;
  void report_unreachable(LoopMachine& machine, Time now);
  void update_process_watch(LoopMachine& machine, Time now);
  void hear(LoopMachine& machine);
  /// Takes what is in the outbox, and in the link's, to where it is to be sent from.
  void route(LoopMachine& machine);
  void take_to(std::vector<OutboundDatagram>& routed, std::vector<OutboundDatagram>& datagrams);
  void send(LoopMachine& machine);
  bool send_what_fits(std::vector<OutboundDatagram>& datagrams);

  std::unique_ptr<UdpMulticast> udp_;
  WakeUp& wake_up_;
  UnicastFanout fanout_;
  std::optional<Impairment> impairment_;
  FlightRecorder* recorder_;
  Outbox link_out_;            // Greetings and reports.
  std::set<GroupId> refused_;  // Groups that are to be heard, and could not be joined.
  Time join_again_at_ = kNever;
  std::vector<OutboundDatagram> control_;
  std::vector<OutboundDatagram> data_;
  FileDescriptor epoll_;
  ProcessWatch processes_;
  Time processes_due_{};
  Time sleeps_until_{};
  std::array<epoll_event, 64> ready_{};
  std::size_t ready_count_ = 0;
  // Kept for their memory.
  std::vector<ReceivedDatagram> received_;
  std::vector<ReceivedDatagram> released_;
  std::vector<Endpoint> unreachable_;
  std::vector<NodeId> exited_;
};

}  // namespace hawser
