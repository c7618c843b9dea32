// Trades and quotes replayed by their receive times: a gzip CSV with the columns
// recv_ns,exch_ms,symbol,type,price,size,side,bid,bid_size,ask,ask_size.
//
// Which lines are good:
//   T (trade): price, size and side (B or S) set, the last four columns empty;
//   Q (quote): bid, bid_size, ask and ask_size set; price, size and side empty.
//   exch_ms may be empty in the quotes of spot markets, which carry none. Elsewhere an empty one is reported, and the
//   line is published as it is.
//   recv_ns must not go back: it is the replay's clock.
// Every other line is reported and skipped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/gzip_lines.hpp"

namespace ticker {

/// A good line; the views point into it.
struct Tick {
  std::int64_t recv_ns = 0;
  std::string_view symbol;
  std::string_view price;              ///< a trade's price, a quote's bid
  bool exchange_time_missing = false;  ///< where there should be one
};

/// The line's tick, or why it is none.
std::variant<Tick, std::string_view> parse_tick(std::string_view line);

class CsvTicks : public Feed {
 public:
  /// Errors: as GzipLines::open; bad_data where the first line is not the header.
  static hawser::Result<std::unique_ptr<CsvTicks>> open(const std::string& path);

  hawser::Result<std::optional<Row>> next() override;
  [[nodiscard]] std::string_view price_of(std::string_view text) const override;
  [[nodiscard]] const FeedProblems* problems() const override { return &problems_; }

 private:
  explicit CsvTicks(GzipLines lines);
  std::optional<Row> accept(std::string_view line);

  GzipLines lines_;
  FeedProblems problems_;
  std::optional<std::int64_t> first_recv_ns_;
  std::int64_t last_recv_ns_ = 0;
};

}  // namespace ticker
