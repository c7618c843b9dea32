// The groups of several nodes on a network inside the test, without a node around them: membership is whatever the test
// puts there.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pubsub-api/src/trace/trace_group.hpp"
#include "tests/check/check_all.hpp"
#include "tests/check/history.hpp"
#include "tests/unit/transport_helpers.hpp"
#include "transport/membership/membership_service.hpp"
#include "transport/native_groups.hpp"

namespace hawser::transport_test {

/// Nodes that hear each other at once, in virtual time that moves only when the test says so. Histories are as those of
/// transport_mesh.hpp, of the control group only.
class GroupsWorld : public testing::Test {
 protected:
  void add(char name, std::unique_ptr<MembershipService> membership) {
    members_[name] = std::make_unique<Member>(name, std::move(membership));
  }
  /// A peer's word on views has come.
  virtual void on_proposal(char /*to*/, const NodeId& /*from*/, wire::Proposal /*proposal*/) {}

  NativeGroups& group(char name) { return members_.at(name)->group; }
  Outbox& out(char name) { return members_.at(name)->out; }
  const std::vector<std::string>& history(char name) { return members_.at(name)->history; }
  [[nodiscard]] const GroupCounters& counters(char name) { return group(name).counters(); }

  void multicast(char name, std::string_view text, Order order = Order::fifo) {
    const ByteView part = bytes_of(text);
    EXPECT_TRUE(members_.at(name)->traced->control().multicast(order, std::span{&part, 1}, now_, out(name)));
    flush(name);
  }
  void flush(char name) { group(name).flush(now_, out(name)); }

  /// Everything that is said reaches everybody it is for, until nobody has anything to say.
  void exchange() {
    for (bool quiet = false; !quiet;) {
      quiet = true;
      for (auto& [name, member] : members_) send(name, *member);
      for (auto& [name, member] : members_) {
        while (!member->inbox.empty()) {
          quiet = false;
          const auto [from, datagram] = member->inbox.front();
          member->inbox.pop_front();
          receive(name, from, datagram);
        }
        if (flushes_) flush(name);
      }
    }
  }
  void run_for(Duration time) {
    const Time until = now_ + time;
    for (;;) {
      exchange();
      Time next = kNever;
      for (auto& [name, member] : members_) next = std::min(next, member->group.next_deadline());
      if (next > until) break;
      now_ = std::max(now_, next);
      for (auto& [name, member] : members_) member->group.on_timeout(now_, member->out);
    }
    now_ = until;
  }
  void forget_history() {
    for (auto& [name, member] : members_) member->history.clear();
  }
  /// For the property checkers.
  [[nodiscard]] check::History history_of_all(bool settled) const {
    check::History history{.settled = settled};
    for (const auto& [name, member] : members_) {
      history.nodes.push_back({.node = node_id(name), .events = member->trace.events, .crashed = false});
    }
    return history;
  }

  Time now_ = kStart;
  bool flushes_ = true;
  /// What is lost: from, to, the datagram.
  std::function<bool(char, char, ByteView)> lost_ = [](char, char, ByteView) { return false; };

 private:
  struct Trace : TraceSink {
    void record(TraceEvent event) override { events.push_back(std::move(event)); }
    std::vector<TraceEvent> events;
  };
  struct Member {
    Member(char name, std::unique_ptr<MembershipService> its_membership)
        : packer(0xd0, node_id(name).incarnation, 1472),
          membership(std::move(its_membership)),
          group(node_id(name), {}, packer, *membership, Rng{static_cast<std::uint64_t>(name)}),
          traced(std::make_unique<TracedGroups>(group, trace)) {}
    wire::Packer packer;
    std::unique_ptr<MembershipService> membership;
    NativeGroups group;
    Trace trace;
    std::unique_ptr<TracedGroups> traced;
    Outbox out;
    std::deque<std::pair<char, Buffer>> inbox;
    std::vector<std::string> history;
    View view;
  };

  void send(char from, Member& member) {
    for (const auto* list : {&member.out.control, &member.out.data}) {
      for (const OutboundDatagram& datagram : *list) {
        for (auto& [to, other] : members_) {
          const bool meant =
              datagram.destination.multicast ? to != from : datagram.destination.endpoint == node_id(to).endpoint;
          if (meant && !lost_(from, to, datagram.bytes.bytes())) other->inbox.emplace_back(from, datagram.bytes);
        }
      }
    }
    const std::vector<GroupEvent> events = std::exchange(member.out.events, {});
    member.out = {};
    for (const GroupEvent& event : events) {
      member.traced->record_event(event, now_);
      note(member, event);
    }
    for (const UnsentMessage& message : member.traced->resume(member.view.id)) {
      const ByteView part = message.payload.bytes();
      EXPECT_TRUE(member.traced->control().multicast(message.order, std::span{&part, 1}, now_, member.out));
    }
  }
  static void note(Member& member, const GroupEvent& event) {
    if (const auto* installed = std::get_if<ViewInstalled>(&event)) {
      member.view = installed->view;
      member.history.push_back("view " + names_of(installed->view.members) + " from " +
                               names_of(installed->transitional));
    } else if (const auto* message = std::get_if<Delivered>(&event)) {
      member.history.push_back(names_of({member.view.members.at(message->sender)}) + ": " + text_of(message->payload));
    }
  }
  void receive(char to, char from, const Buffer& datagram) {
    Reader reader{datagram.bytes().subspan(wire::kHeaderBytes)};
    while (const auto raw = wire::next_frame(reader)) on_frame(to, node_id(from), *raw, datagram);
  }
  void on_frame(char to, const NodeId& sender, const wire::RawFrame& raw, const Buffer& datagram) {
    NativeGroups& group = members_.at(to)->group;
    Outbox& out = members_.at(to)->out;
    const auto is = [&](wire::FrameType type) { return raw.type == type; };
    if (is(wire::FrameType::proposal)) on_proposal(to, sender, wire::decode_body<wire::Proposal>(raw.body).value());
    if (is(wire::FrameType::sync)) group.on_sync(sender, wire::decode_body<wire::Sync>(raw.body).value(), now_, out);
    if (is(wire::FrameType::completion)) {
      group.on_completion(sender, wire::decode_body<wire::Completion>(raw.body).value());
    }
    if (is(wire::FrameType::relayed_sync)) {
      group.on_relayed_sync(wire::decode_body<wire::RelayedSync>(raw.body).value(), now_, out);
    }
    if (is(wire::FrameType::data)) {
      const auto data = wire::decode_body<wire::Data>(raw.body).value();
      group.on_data(data, Slice{datagram, data.records}, now_, out);
    }
    if (is(wire::FrameType::nak)) group.on_nak(sender, wire::decode_body<wire::Nak>(raw.body).value(), now_, out);
    if (is(wire::FrameType::ack)) group.on_ack(sender, wire::decode_body<wire::Ack>(raw.body).value(), now_, out);
  }

  std::map<char, std::unique_ptr<Member>> members_;
};

}  // namespace hawser::transport_test
