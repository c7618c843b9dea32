// Compares what one ticker is handed with the feed: every row of its topics from its cut on, in order, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "examples/stock_ticker/feed_index.hpp"

namespace ticker {

/// What a stream was like. The last four should stay 0.
struct StreamCounts {
  std::uint64_t delivered = 0;      ///< messages handed over, the state's included
  std::uint64_t state_topics = 0;   ///< topics that began with a retained message
  std::uint64_t topics_synced = 0;  ///< topics whose state is in
  std::uint64_t topics_heard = 0;   ///< topics of which something was handed over
  std::uint64_t lost = 0;           ///< rows of the feed that were passed over
  std::uint64_t duplicated = 0;     ///< rows that came again, or after a later one
  std::uint64_t altered = 0;        ///< messages that are not the feed's row of that number and topic, byte for byte
  std::uint64_t wrong_state = 0;    ///< state that is not the topic's last row at the cut, or came at the wrong time
};

/// The feed's n-th row of a topic is the publisher's n-th message on it. A retained message says with its number where
/// the cut is; it must be that very row, and the live stream must go on with the next. Where no state was handed over,
/// the live stream must begin with row 1.
/// A ticker that joins a topic anew after a partition (nodes that start at the same time may find each other only by a
/// merge) gets state again: it must not be older than what was there, and rows that it skips are lost.
/// Threads: one at a time.
class StreamComparer {
 public:
  explicit StreamComparer(const FeedIndex& feed);  ///< `feed` must outlive *this; its topics are the subscribed ones.

  void on_message(std::string_view topic, std::uint64_t number, std::string_view text, bool retained);
  void on_synced(std::string_view topic, std::size_t retained_messages, bool state_lost);
  void on_joining_anew(std::string_view topic);

  [[nodiscard]] const StreamCounts& counts() const { return counts_; }
  /// Rows that have not come yet; lost ones where nothing more will come.
  [[nodiscard]] std::uint64_t outstanding() const { return outstanding_; }
  /// The first thing that was wrong, in words; empty where all is well.
  [[nodiscard]] const std::string& first_fault() const { return first_fault_; }
  /// The topic's newest row so far; empty where there is none.
  [[nodiscard]] std::string_view newest_row(std::string_view topic) const;

 private:
  struct Progress {
    const TopicRows* rows = nullptr;
    std::uint64_t newest = 0;  // number of the newest row so far
    std::uint64_t retained = 0;
    bool synced = false;
  };
  using Topics = std::map<std::string_view, Progress>;

  void on_state(Topics::value_type& topic, std::uint64_t number, bool is_row);
  void on_live(Topics::value_type& topic, std::uint64_t number, bool is_row);
  void move_on(Progress& progress, std::uint64_t number);
  void fault(std::uint64_t& count, std::uint64_t by, std::string_view topic, const std::string& what);

  Topics topics_;
  StreamCounts counts_;
  std::uint64_t outstanding_ = 0;
  std::string first_fault_;
};

}  // namespace ticker
