// One node of the bus without its sockets, clock and threads: transport, light-weight groups and topics, wired
// together. The event loop drives it on a real network, the simulator in virtual time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/trace/trace.hpp"
#include "transport/node.hpp"

namespace hawser {

struct BusNodeConfig {
  NodeConfig node;
  LightGroupsConfig groups;
  TraceSink* trace = nullptr;  ///< must outlive the BusNode
  bool has_store = false;      ///< BusNodeOutbox::store is carried out and answered
};

/// What the bus as a whole went through.
struct NodeFailed {
  NodeId node;
  PeerFailed::Cause cause = PeerFailed::Cause::silence;
};
struct ControlView {
  View view;
  std::size_t transitional = 0;  ///< how many came along
};
/// This many topics of this node have other members than before, by one input.
struct TopicsChanged {
  std::size_t topics = 0;
};
using BusNodeEvent =
    std::variant<NodeFailed, ControlView, LightGroupsRepaired, TopicsChanged, LineageLost, MemberSlow, PrimaryDecided>;

/// Datagrams for the network and events for the application; emptied by the driver after every input.
struct BusNodeOutbox {
  Outbox transport;                      ///< its `events` are always empty after an input: they have been handled
  std::vector<SessionEvent> session;     ///< what topics' subscribers are handed, in order
  std::vector<BusNodeEvent> events;      ///< what the bus as a whole went through, in order
  std::vector<TopicStoreRequest> store;  ///< for the node's store, in order
};

/// How far a node has sent.
struct SentMark {
  StableMark sent;
  std::uint64_t ordered = 0;  ///< messages in total order
};

/// Threads: single-threaded. Drive it as Node says; flush() after each burst of inputs.
class BusNode {
 public:
  BusNode(const BusNodeConfig& config, Rng rng);
  ~BusNode();
  BusNode(const BusNode&) = delete;
  BusNode& operator=(const BusNode&) = delete;

  void on_start(Time now, BusNodeOutbox& out);
  void on_datagram(Endpoint from, const Buffer& datagram, Time now, BusNodeOutbox& out);
  void on_process_exit(const NodeId& node, Time now, BusNodeOutbox& out);
  void on_unreachable(Endpoint endpoint, Time now, BusNodeOutbox& out);
  void on_stored(std::uint64_t ticket, Time now, BusNodeOutbox& out);
  void on_store_failed(Time now, BusNodeOutbox& out);
  /// The store's answers, in the order of BusNodeOutbox::store; or its last word.
  void on_topics_written(Time now, BusNodeOutbox& out);
  void on_topics_read(std::vector<StoredTopic> topics, Time now, BusNodeOutbox& out);
  void on_topic_store_failed(Time now, BusNodeOutbox& out);
  void on_timeout(Time now, BusNodeOutbox& out);
  void set_backlog(bool waiting, Time now);
  void flush(Time now, BusNodeOutbox& out);
  [[nodiscard]] Time next_deadline() const;

  /// As Session::topic.
  TopicHandle topic(std::string_view name);
  /// Returns the message's number on the topic. Errors: would_block.
  Result<std::uint64_t> publish(TopicHandle topic, std::string_view key, const Payload& payload, Time now,
                                BusNodeOutbox& out);
  /// As Session::declare.
  void declare(TopicHandle topic, const TopicOptions& options, Time now, BusNodeOutbox& out);
  void subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, Time now, BusNodeOutbox& out,
                 const Start& start = {});
  void unsubscribe(SubscriberId subscriber, Time now, BusNodeOutbox& out);
  /// As Session::set_paused.
  void set_paused(SubscriberId subscriber, bool paused, Time now, BusNodeOutbox& out);
  /// Step one of leaving: withdraws from all topics. When left_all() and all_stable(), call depart().
  void leave_topics(Time now, BusNodeOutbox& out);
  /// Step two: tells the others. The driver sends what is in `out` and stops.
  void depart(Time now, BusNodeOutbox& out);

  /// True when nothing that publish() accepted waits here any more.
  [[nodiscard]] bool all_sent() const;
  /// How far this node has sent in each group; void when the control view changes.
  [[nodiscard]] SentMark mark() const;
  /// True when every member has received what was sent up to the mark, and it has its place where there is one order.
  [[nodiscard]] bool is_stable(const SentMark& mark) const;
  /// True when everything published so far was received by every member of its topic.
  [[nodiscard]] bool all_stable() const;
  [[nodiscard]] bool left_all() const;
  [[nodiscard]] bool in_view() const;  ///< a first control view is installed and the directory is there
  [[nodiscard]] const View& control_view() const;

  [[nodiscard]] const NodeId& self() const;
  [[nodiscard]] Session& session();
  [[nodiscard]] LightGroups& groups();
  [[nodiscard]] Node& node();
  /// The groups below, put on record like the node's own traffic where there is a trace: for tests that send there,
  /// too. Events are dealt with at the next input.
  [[nodiscard]] HeavyGroups& heavy_groups();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
