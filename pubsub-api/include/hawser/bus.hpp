// A process's place on the bus: join, publish, subscribe, declare, flush, leave.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/message.hpp"
#include "hawser/options.hpp"
#include "hawser/result.hpp"
#include "hawser/subject.hpp"
#include "hawser/subscription.hpp"
#include "hawser/topic.hpp"

namespace hawser {

/// What one topic did on this node since the join.
struct TopicStatistics {
  std::string topic;
  std::uint64_t published = 0;  ///< messages accepted by publish()
  std::uint64_t delivered = 0;  ///< messages of others and own ones handed to local subscriptions
  std::uint64_t filtered = 0;   ///< messages heard on the shared group that nobody here asked for
  std::uint64_t dropped = 0;    ///< messages whose sender had left the topic's view before their turn
};

/// What the whole node did since the join. Counts only grow.
struct Statistics {
  std::uint64_t published = 0;
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t views_installed = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_repaired = 0;   ///< sent again because somebody missed them
  std::uint64_t datagrams_sent = 0;     ///< all that went out: data, repairs, heartbeats, agreement on views
  std::uint64_t bytes_sent = 0;         ///< the UDP payloads of these
  std::uint64_t light_groups = 0;       ///< topics that anybody in the domain is in
  std::uint64_t heavy_groups = 0;       ///< multicast groups that these ride on
  std::uint64_t moves = 0;              ///< of this node's topics from one of these to another
  std::vector<TopicStatistics> topics;  ///< by name; of those that were only filtered, the ones that exist
};

/// One node of a domain, embedded in this process.
/// Threads:   any thread may call any method.
/// Ownership: move-only; destruction leaves at once, without flush(). Subscriptions should go first; one that outlives
///            its Bus is silent.
class Bus {
 public:
  /// Starts a node and waits until it is in a view (of its own, where nobody else is there).
  /// Errors: invalid_argument  an option makes no sense: the message names it;
  ///         system            a socket or thread was refused;
  ///         timeout           no view within Options::join_timeout.
  static Result<Bus> join(Options options = {});

  /// Copies `payload` into the send queue and returns its number on this topic: 1, 2, 3… without a gap. Never blocks.
  /// The first publish on a topic makes this node a send-only member of it. With a `key`, the topic retains the last
  /// value of each key; without, the last value.
  /// Errors: invalid_argument  no name for a topic (check_topic() says why), or a key longer than 256 bytes;
  ///         too_large         more than Options::payload_bytes_max bytes;
  ///         would_block       Options::send_queue_bytes_max is reached, or a subscriber of the topic asks publishers
  ///                           to wait (WhenFull::block): try again later;
  ///         closed            the Bus has left.
  Result<std::uint64_t> publish(std::string_view topic, std::span<const std::byte> payload, std::string_view key = {});
  Result<std::uint64_t> publish(std::string_view topic, std::string_view payload, std::string_view key = {});

  /// Calls `on_message` for the topic's retained messages and then for every message, in each publisher's order. With
  /// wildcards ("market.*.BTC", "market.>"; see Pattern) for those of every topic that fits: those that there are, and
  /// those that come. Returns at once; on_synced tells of each topic when its state is in.
  /// Errors: invalid_argument  no name or pattern (Pattern::parse() says why), no handler, or too small a queue;
  ///         closed.
  Result<Subscription> subscribe(std::string_view pattern, std::function<void(const Message&)> on_message);
  Result<Subscription> subscribe(std::span<const std::string> patterns, Handlers handlers,
                                 const SubscribeOptions& options = {});
  Result<Subscription> subscribe(std::span<const Pattern> patterns, Handlers handlers,
                                 const SubscribeOptions& options = {});

  /// Tells the topic in which order its messages come, and what of its past it keeps. The first to do so decides,
  /// for all nodes, until nobody is in the topic any more; until then a topic is as TopicOptions says by default.
  /// Makes this node a member of the topic, as publish() does, and waits until the topic has been told; from then on
  /// it is so for what this node publishes, and what was published before is delivered before. Where a partition
  /// ends, what the side that goes on was told counts; where it was told nothing, this node tells it anew.
  /// Errors: invalid_argument  no name for a topic (check_topic() says why), or an age below 0 or above 200 years;
  ///         conflict          it was told otherwise before: the message says what;
  ///         timeout           no answer yet; the wish stays;
  ///         closed.
  Status declare(std::string_view topic, const TopicOptions& options,
                 std::chrono::milliseconds timeout = std::chrono::milliseconds{5000});

  /// Waits until all that was published before the call has been received by every member of its topic.
  /// Errors: timeout, closed.
  Status flush(std::chrono::milliseconds timeout);

  /// Withdraws from all topics, waits until the others have what was sent, and tells them. The Bus is closed after it.
  /// Errors: timeout (the Bus is closed all the same).
  Status leave(std::chrono::milliseconds timeout = std::chrono::milliseconds{2000});

  [[nodiscard]] Statistics statistics() const;
  /// This node's own name, as in Message::publisher.
  [[nodiscard]] std::string name() const;

  Bus(Bus&&) noexcept;
  Bus& operator=(Bus&&) noexcept;
  ~Bus();

 private:
  class Impl;
  explicit Bus(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
