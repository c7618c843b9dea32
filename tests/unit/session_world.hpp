// Several nodes' sessions on light-weight groups on a MemoryCluster, under one test's control, with histories to
// compare and a trace of everything for the property checkers.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/trace/trace_group.hpp"
#include "tests/sim/topic_disk.hpp"
#include "tests/unit/memory_cluster.hpp"
#include "transport/core/rng.hpp"

namespace hawser::test {

/// Nodes are called 'A', 'B'…; their ids are in this order.
class SessionWorld {
 public:
  /// Scripted; with a seed, chance decides what the MemoryCluster leaves open.
  explicit SessionWorld(std::optional<std::uint64_t> seed = std::nullopt);

  static NodeId id_of(char name) { return {{static_cast<std::uint64_t>(name - 'A' + 1)}, {0x7f000001, 4000}}; }
  /// What a session's send queue holds, in bytes, of nodes added after it.
  void set_send_queue_bytes(std::size_t bytes) { send_queue_bytes_ = bytes; }
  void add(std::string_view nodes);
  /// A node with a store, which must outlive it: what another one has left, or an empty one.
  void add_with_store(char node, sim::TopicDisk& disk);
  /// From here on, or not any more, the node's store does nothing that it is asked.
  void stall_store(char node, bool stalls);
  void fail_store(char node);
  /// Nodes that are in one view, with everything done that follows from it.
  void start(std::string_view nodes);
  void crash(char node);
  /// Begins a change to these views, e.g. {"AB", "C"}: every live node in exactly one.
  void change(const std::vector<std::string>& components);

  // ---- What the application does ----
  SubscriberId subscribe(char node, const std::vector<std::string>& patterns, const Start& start = {});
  SubscriberId subscribe_to(char node, const Pattern& pattern);
  void unsubscribe(char node, SubscriberId subscriber);
  void set_paused(char node, SubscriberId subscriber, bool paused);
  /// The message's number; 0 where it was told to try again later.
  std::uint64_t publish(char node, const std::string& topic, std::string_view value, std::string_view key = {});
  void declare(char node, const std::string& topic, const TopicOptions& options);
  /// Withdraws from every topic.
  void leave(char node);

  // ---- What the network does ----
  /// Delivers everything that can be delivered to `nodes` (all live ones where empty), in a fixed order.
  void settle(std::string_view nodes = {});
  /// Delivers everything that can be delivered to `node`, but nothing that `sender` sent in FIFO order.
  void settle_but(char node, char sender);
  /// Delivers to all live nodes what goes through the control group, and nothing else: all have applied the changes and
  /// marked them, and nobody has installed them.
  void settle_directory();
  /// One step of what settle() does; false where there is nothing to deliver.
  bool step(char node);
  /// Delivers up to and including the next heavy view.
  void enter_view(char node);
  void pass(Duration time);
  /// One random step at a random node; false where nothing can happen. With a seed only.
  bool step_at_random();
  /// The node's groups below take no more messages until it is told otherwise.
  void refuse(char node, bool refuses);

  // ---- What can be seen ----
  [[nodiscard]] Session& session(char node) { return *nodes_.at(node)->session; }
  /// Milliseconds since 1970, as all nodes take it.
  [[nodiscard]] std::uint64_t wall_time() const;
  [[nodiscard]] std::string live() const;
  /// What the node's subscribers of a topic were handed since the last forget(), in order: "state A1:k=v" (retained),
  /// "synced 1", "A2:v" (live), "gap partition 3". For one subscriber only: "#2 synced 1".
  [[nodiscard]] std::vector<std::string> history(char node, const std::string& topic);
  /// The answers to declare(): "fifo", "total".
  [[nodiscard]] std::vector<std::string> answers(char node, const std::string& topic);
  /// What the topic was told, as the node's directory has it; nothing where the node is not in it.
  [[nodiscard]] std::optional<TopicOptions> options(char node, const std::string& topic);
  /// How many messages of the topic's states other nodes have sent to this one.
  [[nodiscard]] std::size_t received(char node, const std::string& topic) { return nodes_.at(node)->received[topic]; }
  /// What the node has found in its store so far.
  [[nodiscard]] const std::vector<StoredTopic>& found(char node) { return nodes_.at(node)->found; }
  void forget();
  void forget(char node, const std::string& topic) { nodes_.at(node)->history.erase(topic); }
  /// All live nodes that are in the topic have the same state of it.
  [[nodiscard]] bool same_state(const std::string& topic);
  /// The properties that the run has broken, in words. `settled`: everything is healed and delivered.
  [[nodiscard]] std::vector<std::string> violations(bool settled = true) const;
  [[nodiscard]] Rng& rng() { return rng_; }

 private:
  class Recorder : public TraceSink {
   public:
    void record(TraceEvent event) override { events.push_back(std::move(event)); }
    std::vector<TraceEvent> events;
  };
  struct Node {
    bool alive = true;
    Recorder recorder;
    MemoryHeavyGroups* heavy = nullptr;
    std::unique_ptr<TracedGroups> traced;
    std::unique_ptr<LightGroups> groups;
    std::unique_ptr<Session> session;
    std::map<std::string, std::vector<std::string>> history;
    std::map<std::string, std::vector<std::string>> answers;
    std::map<std::string, std::size_t> received;
    std::uint32_t component = 0;
    sim::TopicDisk* disk = nullptr;
    std::deque<TopicStoreRequest> store_requests;
    bool store_stalls = false;
    std::vector<StoredTopic> found;
  };

  static LightGroupsConfig config_of(std::optional<std::uint64_t> seed);
  template <typename Input>
  void feed(char name, Input&& input);
  void take(char name, const MemoryStep& step);
  void tick(std::string_view nodes);
  void note(Node& node, const SessionEvent& event);
  void serve_store(char name);

  LightGroupsConfig config_;
  Rng rng_;
  RandomChoices chance_{rng_};
  MemoryCluster cluster_;
  std::map<char, std::unique_ptr<Node>> nodes_;
  std::size_t send_queue_bytes_ = 1U << 20U;
  std::uint64_t subscribers_ = 0;
  Time now_{};
};

}  // namespace hawser::test
