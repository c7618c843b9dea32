// One node's heavy-weight groups, driven as transport/node.cpp drives them, but for membership: whom it is to have in
// its view is an input here. So no heartbeats are in a world, and no silence.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "pubsub-api/src/trace/trace_group.hpp"
#include "tests/heavy_world/datagrams.hpp"
#include "transport/membership/view_agreement.hpp"
#include "transport/native_groups.hpp"
#include "transport/wire/packer.hpp"

namespace hawser::heavy {

struct Input {
  struct Arrival {
    NodeId from;
    DatagramNumber datagram = 0;
  };
  /// Membership wants these from here on; whoever was wanted and is not any more has gone.
  struct Target {
    std::vector<NodeId> members;
    std::vector<NodeId> gone;
  };
  struct Send {
    GroupId group;
    Order order = Order::fifo;
    std::string text;
  };
  struct Arrange {
    GroupId group;
    std::vector<NodeId> old_members;
    std::vector<NodeId> members;
  };
  /// Its next deadline has come.
  struct Timeout {};
  /// It says with a heartbeat what it has.
  struct Beat {};

  std::variant<Timeout, Arrival, Target, Send, Arrange, Beat> what;
};

/// What a node wants sent.
struct Outbound {
  Destination to;
  DatagramNumber datagram = 0;
};

/// What came of an input.
struct Effect {
  std::uint32_t next = 0;  ///< the number of the state after it
  std::vector<Outbound> sent;
  std::vector<TraceRecord> records;
  bool refused = false;  ///< where Input::Send
};

/// The application sends again in every control view what the view before has given back. `datagrams` must outlive it.
class Machine {
 public:
  Machine(const NodeId& node, Datagrams& datagrams);

  /// All but Effect::next.
  Effect take(const Input& input);
  [[nodiscard]] std::uint64_t digest() const;
  /// Whether it waits for a time to come.
  [[nodiscard]] bool has_deadline() const { return groups_.next_deadline() != kNever; }
  /// Whether it is in the group, and so could send there.
  [[nodiscard]] bool may_send(GroupId group) { return groups_.find(group) != nullptr; }

 private:
  struct Trace : TraceSink {
    void record(TraceEvent event) override { records.push_back(std::move(event.what)); }
    std::vector<TraceRecord> records;
  };
  void give(const Input::Arrival& arrival);
  void give(const Input::Target& target);
  void give(const Input::Send& send);
  void give(const Input::Arrange& arrange);
  void give(const Input::Timeout& timeout);
  void give(const Input::Beat& beat);
  void give_proposal(const NodeId& from, wire::Proposal proposal);
  void give_frame(const NodeId& from, const wire::RawFrame& raw, const Buffer& datagram);
  void end_step(Effect& effect);
  void send_anew();

  Datagrams& datagrams_;
  wire::Packer packer_;
  ViewAgreement agreement_;
  NativeGroups groups_;
  Trace trace_;
  TracedGroups traced_;
  Time now_{std::chrono::hours{1}};
  Outbox out_;
  ViewId resumed_;
  bool refused_ = false;
};

}  // namespace hawser::heavy
