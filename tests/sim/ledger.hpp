// Everything that was published in a run, as the harness itself wrote it down: what deliveries are compared with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser::sim {

/// A digest of a message's key and payload by the harness's own function, not the product's.
std::uint64_t content_digest(std::string_view key, ByteView payload);

/// A topic's number in this run.
using TopicNumber = std::uint32_t;

class Ledger {
 public:
  TopicNumber topic_number(std::string_view topic);
  [[nodiscard]] const std::string& topic_name(TopicNumber topic) const { return topics_[topic]; }

  /// publish() of `publisher` accepted this as its `number`-th message on the topic. False where the number is not the
  /// one that comes next.
  bool record(const NodeId& publisher, TopicNumber topic, std::uint64_t number, std::uint64_t digest);
  /// Nothing where `publisher` never published that.
  [[nodiscard]] std::optional<std::uint64_t> find(const NodeId& publisher, TopicNumber topic,
                                                  std::uint64_t number) const;
  /// How many messages `publisher` has published on the topic.
  [[nodiscard]] std::uint64_t count(const NodeId& publisher, TopicNumber topic) const;
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// How many topics have a number.
  [[nodiscard]] std::size_t topics() const { return topics_.size(); }

 private:
  using Digests = std::vector<std::uint64_t>;  // by number - 1
  [[nodiscard]] const Digests* digests(const NodeId& publisher, TopicNumber topic) const;

  std::vector<std::string> topics_;
  std::map<std::string, TopicNumber, std::less<>> numbers_;
  std::map<NodeId, std::vector<Digests>> published_;  // by topic
  std::uint64_t total_ = 0;
};

}  // namespace hawser::sim
