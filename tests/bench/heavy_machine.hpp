// A node of the transport alone, with one heavy-weight group, as the event loop drives it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/bus/application_queue.hpp"
#include "tests/bench/level.hpp"
#include "tests/bench/node_diary.hpp"
#include "tests/bench/orders.hpp"
#include "transport/io/event_loop.hpp"
#include "transport/node.hpp"

namespace hawser::bench {

/// What a HeavyMachine shares with other threads; all must outlive it.
struct HeavySurroundings {
  ApplicationQueue& queue;
  NodeDiary& diary;
  Level& in_control_view;  ///< how many members the control view has
  Level& in_group_view;    ///< how many the group's has
};

/// Threads: the event loop's, under its lock, but where it says otherwise.
class HeavyMachine final : public LoopMachine {
 public:
  /// `order`: of all that this node sends.
  HeavyMachine(const NodeConfig& config, Order order, HeavySurroundings surroundings);

  void start(Time now);
  /// Whatever the group delivers from now on. Before there is a group.
  void set_handler(std::function<void(ByteView)> on_message) { on_message_ = std::move(on_message); }
  [[nodiscard]] NodeCounters counters() const { return node_.counters(); }

  // Any thread; what they ask for is done at the end of the next round.
  /// Puts everybody who is in the control view into the group. One node only may do that, once.
  void ask_for_group(Sequencer sequencer);
  void ask_to_leave() { leave_asked_ = true; }

  // LoopMachine
  void on_datagram(Endpoint from, const Buffer& datagram, Time now) override;
  void on_unreachable(Endpoint endpoint, Time now) override;
  void on_process_exit(const NodeId& node, Time now) override;
  void on_timeout(Time now) override;
  void set_backlog(bool waiting, Time now) override { node_.set_backlog(waiting, now); }
  void on_unheard_group(GroupId group, const Error& why, bool by_unicast) override;
  [[nodiscard]] Time next_deadline() const override { return node_.next_deadline(); }
  void on_round_end(Time now) override;
  Outbox& outbox() override { return out_; }
  [[nodiscard]] bool has_input() const override { return !around_.queue.empty(); }
  [[nodiscard]] bool accepts_input() const override { return !is_blocked_; }
  [[nodiscard]] bool is_done() const override { return is_done_; }
  [[nodiscard]] std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() override {
    return node_.peers_on_this_host();
  }

 private:
  void form_group(Time now);
  void take_inputs(Time now);
  bool send_again(Time now);
  void hand_up();
  void on_event(const ViewInstalled& event);
  void on_event(const Delivered& event);
  void on_event(const MemberSlow& event);
  void on_event(const PeerFailed& event);
  // Nothing here depends on these.
  void on_event(const GroupLeft& /*event*/) {}
  void on_event(const GroupArranged& /*event*/) {}
  void on_event(const HoldRequested& /*event*/) {}
  void on_event(const HoldOverdue& /*event*/) {}
  void on_event(const PrimaryDecided& /*event*/) {}

  HeavySurroundings around_;
  const Order order_;
  Node node_;
  Outbox out_;
  std::function<void(ByteView)> on_message_ = [](ByteView) {};
  std::atomic<bool> group_asked_{false};
  std::atomic<bool> leave_asked_{false};
  Sequencer sequencer_ = Sequencer::sender;  // Written before group_asked_, read after it.
  std::deque<Slice> unsent_;                 // What a change of the control view has given back.
  std::vector<GroupEvent> events_;           // Kept for its memory.
  bool is_blocked_ = false;                  // The group takes no more messages for now.
  bool is_done_ = false;
};

}  // namespace hawser::bench
