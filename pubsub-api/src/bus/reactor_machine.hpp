// The bus node as the event loop drives it: network and time on one side, the application's queues on the other.
#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/bus/application_queue.hpp"
#include "pubsub-api/src/bus/reactor_commands.hpp"
#include "pubsub-api/src/bus/reactor_events.hpp"
#include "pubsub-api/src/bus/reactor_requests.hpp"
#include "pubsub-api/src/bus/subscription_routes.hpp"
#include "pubsub-api/src/session/bus_node.hpp"
#include "pubsub-api/src/store/store_thread.hpp"
#include "pubsub-api/src/trace/trace_file.hpp"
#include "transport/io/event_loop.hpp"
#include "transport/io/voter_writer.hpp"

namespace hawser {

/// What a ReactorMachine works on; all must outlive it.
struct ReactorSurroundings {
  ApplicationQueue& queue;
  ReactorRequests& requests;
  BusEventThread* events;    ///< nullptr where nobody listens
  TraceFile* trace;          ///< nullptr where none is kept
  const SendCounters& sent;  ///< of the node's socket
  FlightRecorder& recorder;
  VoterWriter* voter;  ///< nullptr where this node has no vote
  StoreThread* store;  ///< nullptr where it has no store
};

/// Threads: the reactor's only.
class ReactorMachine final : public LoopMachine {
 public:
  /// `in_view` is kept as soon as the node is in a view.
  ReactorMachine(NodeConfig config, Rng rng, ReactorSurroundings surroundings, Promise in_view);

  /// Before the first round.
  void start(Time now);
  /// Without what only the application's side knows: `published`. A topic may come twice, with some counts in each: the
  /// protocol does not wait until a hundred thousand are sorted.
  [[nodiscard]] Statistics statistics();
  [[nodiscard]] BusNode& node() { return node_; }
  [[nodiscard]] const FlightRecorder& recorder() const { return around_.recorder; }
  /// As SubscriptionRoutes::unhandled.
  [[nodiscard]] std::uint64_t unhandled(std::string_view topic) { return routes_.unhandled(node_.topic(topic)); }

  void on_datagram(Endpoint from, const Buffer& datagram, Time now) override;
  void on_unreachable(Endpoint endpoint, Time now) override;
  void on_process_exit(const NodeId& node, Time now) override;
  void on_unheard_group(GroupId group, const Error& why, bool by_unicast) override;
  void on_reach_change(const ReachChange& change) override;
  void on_timeout(Time now) override;
  void set_backlog(bool waiting, Time now) override { node_.set_backlog(waiting, now); }
  [[nodiscard]] Time next_deadline() const override { return node_.next_deadline(); }
  void on_round_end(Time now) override;
  Outbox& outbox() override { return out_.transport; }
  [[nodiscard]] bool has_input() const override { return !around_.queue.empty(); }
  [[nodiscard]] bool accepts_input() const override { return !is_blocked_ && !waits_until_sent(); }
  [[nodiscard]] bool is_done() const override { return is_done_; }
  [[nodiscard]] std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() override;

 private:
  struct PendingFlush {
    Promise promise;
    /// How far it must be stable; nothing while some messages have not become multicasts yet.
    std::optional<SentMark> sent;
  };

  void take_inputs(Time now);
  void set_wall_clock(Time now);
  bool publish(const QueuedInput& message, Time now);
  void run(SubscribeCommand& command, Time now);
  void run(UnsubscribeCommand& command, Time now);
  void run(ResumeCommand& command, Time now);
  void run(DeclareCommand& command, Time now);
  void run(FlushCommand& command, Time now);
  void run(LeaveCommand& command, Time now);
  [[nodiscard]] bool waits_until_sent() const;
  void announce_first_view();
  void go_on_with_flushes();
  void go_on_with_leaving(Time now);
  void depart(Time now);
  void take_written(Time now);
  void take_stored(Time now);
  void on_store_failed(const Error& why, Time now);
  void write_topics();
  void write_vote();

  /// Ends the round of subscriptions: their handlers see what came, and what they wish is done. True where that is
  /// something.
  bool hand_over(Time now);
  void note_paused(SubscriberId subscriber, Time now);
  void note_held(TopicHandle topic, bool held);
  void note_declared(TopicHandle topic, const TopicDeclared& declared);
  /// Events into the queues of subscriptions and of the event thread.
  void hand_up();
  void tell(const NodeFailed& event);
  void tell(const ControlView& event);
  void tell(const LightGroupsRepaired& event);
  void tell(const TopicsChanged& event);
  void tell(const LineageLost& event);
  void tell(const MemberSlow& event);
  void tell(const PrimaryDecided& event);
  void tell_application(BusEvent event);
  /// What the node went through, into the log and the flight recorder.
  void note(spdlog::level::level_enum level, const std::string& what);
  void write_trace();

  ReactorSurroundings around_;
  BusNode node_;
  BusNodeOutbox out_;
  SubscriptionRoutes routes_;
  std::vector<PublishedTopic*> published_;  // by handle; nullptr where this process publishes nothing
  std::optional<Promise> in_view_;
  std::multimap<TopicHandle, DeclareCommand> declaring_;  // not answered yet
  std::vector<PendingFlush> flushes_;
  std::optional<Promise> leaving_;
  bool is_blocked_ = false;  // The node takes no more messages for now.
  bool is_done_ = false;
};

}  // namespace hawser
