// A whole feed by topic: what the orchestrator counts with, and what a ticker compares its stream with.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "examples/stock_ticker/feed.hpp"

namespace ticker {

/// One topic's rows in publishing order, packed together.
class TopicRows {
 public:
  void append(std::string_view row);
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  /// Counted from 0.
  [[nodiscard]] std::string_view operator[](std::size_t index) const;

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// The rows of some topics.
using FeedIndex = std::map<std::string, TopicRows, std::less<>>;

/// Reads the feed to its end and keeps the rows of `topics`; each of them has an entry, be it empty.
/// Errors: as Feed::next.
hawser::Result<FeedIndex> index_feed(Feed& feed, const std::vector<std::string>& topics);

/// How much there is to publish.
struct FeedTotals {
  std::vector<std::string> topics;  ///< sorted
  std::uint64_t rows = 0;
  std::chrono::nanoseconds duration{0};  ///< at speed 1
};

/// Reads the feed to its end and counts.
/// Errors: as Feed::next; bad_data where there is not one good row.
hawser::Result<FeedTotals> count_feed(Feed& feed);

}  // namespace ticker
