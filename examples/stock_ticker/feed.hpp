// A source of market rows: what is published, on which topic, and when.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "examples/stock_ticker/feed_problems.hpp"
#include "hawser/result.hpp"

namespace ticker {

/// One message to publish. The views are valid until the feed's next call.
struct Row {
  std::string_view topic;          ///< the symbol
  std::string_view text;           ///< the row's own bytes, as they stand in the file
  std::chrono::nanoseconds at{0};  ///< since the feed's start, at speed 1; never decreases
};

/// Rows in the order in which they are published. Reading the same feed again gives the same rows.
class Feed {
 public:
  Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  virtual ~Feed() = default;

  /// The next row; nothing at the end.
  /// Errors: bad_data, system: the file cannot be used further. Bad lines are no errors: they are skipped and counted.
  virtual hawser::Result<std::optional<Row>> next() = 0;

  /// The price to show for one of this feed's rows: a part of `text`.
  [[nodiscard]] virtual std::string_view price_of(std::string_view text) const = 0;

  /// What was wrong in the lines read so far; null for a feed without a file.
  [[nodiscard]] virtual const FeedProblems* problems() const { return nullptr; }
};

/// Which feed, and how much of it. Every process of the demo opens the same choice and so has the same rows.
struct FeedChoice {
  enum class Kind { random_walk, ticks, daily };
  Kind kind = Kind::random_walk;
  std::string path;            ///< of the file; empty for the random walk
  std::uint64_t seed = 1;      ///< of the random walk
  std::uint64_t rows_max = 0;  ///< stop after so many rows; 0 = no limit
};

/// Errors: system, bad_data, with the file and line in the message.
hawser::Result<std::unique_ptr<Feed>> open_feed(const FeedChoice& choice);

}  // namespace ticker
