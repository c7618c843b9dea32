// What the application on one node does and sees: the harness's own record at the surface of the bus, checked as it
// grows against the Ledger.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pubsub-api/src/session/bus_node.hpp"
#include "tests/sim/ledger.hpp"

namespace hawser::sim {

/// One way in which the bus broke its word to the application.
struct Complaint {
  std::string property;
  std::string what;
};

/// What one local subscription of one topic has been handed.
class TopicStream {
 public:
  explicit TopicStream(const Start& start = {}) : from_(start.from()) {}

  /// Each returns an empty text, or what is wrong.
  std::string on_retained(const NodeId& publisher, std::uint64_t number, std::string_view key);
  std::string on_live(const NodeId& publisher, std::uint64_t number);
  void on_synced();
  void on_gap();

  [[nodiscard]] bool synced() const { return synced_; }
  /// The last live message's number from `publisher`; 0 where there was none.
  [[nodiscard]] std::uint64_t last_live(const NodeId& publisher) const;

 private:
  struct FromPublisher {
    std::uint64_t last_live = 0;
    std::uint64_t last_retained = 0;
    bool may_jump = true;  ///< a hand-over or a gap event came since the last live message
  };
  std::map<NodeId, FromPublisher> publishers_;
  [[nodiscard]] std::string wrong_in_state(const NodeId& publisher, std::uint64_t number, std::string_view key);

  Start::From from_;
  // Since the hand-over began.
  std::set<std::string, std::less<>> keys_handed_over_;
  std::set<std::pair<NodeId, std::uint64_t>> handed_over_;
  bool synced_ = false;
};

/// Each text must be a topic or a pattern.
std::vector<Pattern> patterns_of(const std::vector<std::string>& texts);

/// One node life's application. `ledger` must outlive it.
class Application {
 public:
  /// `keep_texts`: remembers what came as text, for scenarios.
  Application(NodeId self, Ledger& ledger, bool keep_texts) : self_(self), ledger_(ledger), keep_texts_(keep_texts) {}

  SubscriberId subscribe(BusNode& bus, std::vector<Pattern> patterns, Time now, BusNodeOutbox& out,
                         const Start& start = {});
  void unsubscribe(BusNode& bus, SubscriberId subscriber, Time now, BusNodeOutbox& out);
  /// Its publishers are to wait, or need not any more.
  void set_paused(BusNode& bus, SubscriberId subscriber, bool paused, Time now, BusNodeOutbox& out);
  void declare(BusNode& bus, std::string_view topic, const TopicOptions& options, Time now, BusNodeOutbox& out);
  /// False where the bus refused, which is a complaint too.
  bool publish(BusNode& bus, std::string_view topic, std::string_view key, ByteView payload, Time now,
               BusNodeOutbox& out);
  void on_event(const SessionEvent& event, const Session& session);
  void on_event(const BusNodeEvent& event);

  /// Subscriptions that are on, and what each has been handed by topic.
  using Streams = std::map<TopicNumber, TopicStream>;
  [[nodiscard]] const std::map<SubscriberId, Streams>& subscriptions() const { return subscriptions_; }
  /// Whether every subscription has the topic, now that there is one of this name, where a pattern of its fits it.
  [[nodiscard]] bool has_what_matches(std::string_view topic) const;
  /// Whether a subscription of the topic is paused.
  [[nodiscard]] bool pauses(TopicNumber topic) const;
  [[nodiscard]] bool is_paused(SubscriberId subscriber) const { return paused_.contains(subscriber); }
  /// The topics whose declaration has not been answered.
  [[nodiscard]] const std::map<TopicNumber, TopicOptions>& declaring() const { return declaring_; }
  [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }

  struct Counts {
    std::uint64_t delivered = 0;  ///< live messages, once for each subscription
    std::uint64_t retained = 0;
    std::uint64_t gaps = 0;
    std::uint64_t states_lost = 0;
    std::uint64_t differences = 0;  ///< states of which only a part was sent
    std::uint64_t lineages_lost = 0;
    std::uint64_t topics_repaired = 0;
    std::uint64_t views = 0;
    std::uint64_t matches = 0;    ///< topics that came to a subscription by a pattern
    std::uint64_t holds = 0;      ///< times that publishers of a topic were asked to wait
    std::uint64_t declared = 0;   ///< answers to declare()
    std::uint64_t conflicts = 0;  ///< … that a topic was told otherwise
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

  /// With keep_texts: live and retained payloads, gaps and hand-overs in order, as "topic: text", "topic: +text" where
  /// retained, "topic: synced", "topic: gap".
  [[nodiscard]] const std::vector<std::string>& history() const { return history_; }

 private:
  void on_subscribed(SubscriberId subscriber, TopicNumber topic);
  void on_declared(const TopicDeclared& declared, TopicNumber topic);
  void hand_over(TopicStream& stream, TopicNumber topic, const SessionEvent& event);
  void on_message(TopicStream& stream, TopicNumber topic, const TopicMessage& message);
  void check_content(TopicNumber topic, const TopicMessage& message);
  void remember(TopicNumber topic, const SessionEvent& event);
  void complain(std::string_view property, TopicNumber topic, std::string_view what);

  NodeId self_;
  Ledger& ledger_;
  bool keep_texts_;
  std::uint64_t next_subscriber_ = 1;
  std::map<SubscriberId, Streams> subscriptions_;
  std::map<SubscriberId, std::vector<Pattern>> patterns_;  // as asked for
  std::map<SubscriberId, Start> starts_;
  std::set<SubscriberId> paused_;
  std::map<TopicNumber, TopicOptions> declaring_;  // not answered yet: the first that was asked for
  std::vector<TopicNumber> topic_of_handle_;       // by TopicHandle; kUnknown where it was not seen yet
  Counts counts_;
  std::vector<std::string> history_;
  std::vector<Complaint> complaints_;
};

}  // namespace hawser::sim
