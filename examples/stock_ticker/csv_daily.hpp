// Daily prices of many symbols, replayed in date order: a gzip CSV with the columns
// date,open,high,low,close,volume,Name, sorted in any way.
//
// Rows of one date keep the file's order. One trading day takes kTradingDay of feed time, and all its rows are due at
// its start: 1,259 days are over in 20 seconds.
//
// Which lines are good: date is YYYY-MM-DD and exists, close and volume are numbers, Name is a symbol; open, high and
// low are numbers or empty. Empty ones are reported, and the line is published as it is. Every other line is reported
// and skipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/gzip_lines.hpp"

namespace ticker {

/// A good line; the views point into it.
struct DailyPrice {
  std::uint32_t date = 0;  ///< 20130208: sorts as the date does
  std::string_view symbol;
  std::string_view close;
  std::string_view empty_prices;  ///< which of open, high and low are empty, in words; "" where none is
};

/// The line's prices, or why it has none.
std::variant<DailyPrice, std::string_view> parse_daily(std::string_view line);

/// The whole file is held in memory, since it is not sorted by date.
class CsvDaily : public Feed {
 public:
  static constexpr std::chrono::milliseconds kTradingDay{16};

  /// Errors: as GzipLines; bad_data where the first line is not the header, or the file has more than 4 GiB of text.
  static hawser::Result<std::unique_ptr<CsvDaily>> open(const std::string& path);

  hawser::Result<std::optional<Row>> next() override;
  [[nodiscard]] std::string_view price_of(std::string_view text) const override;
  [[nodiscard]] const FeedProblems* problems() const override { return &problems_; }

 private:
  struct Line {
    std::uint32_t date;
    std::uint32_t begin;  // in text_
    std::uint16_t bytes;
    std::uint16_t symbol_begin;  // in the line; the symbol is its end
  };

  explicit CsvDaily(std::string path) : problems_(std::move(path)) {}
  hawser::Status read_all(GzipLines& lines);
  void accept(std::string_view line, std::size_t line_number);

  FeedProblems problems_;
  std::string text_;
  std::vector<Line> lines_;
  std::size_t next_ = 0;
  std::int64_t day_ = 0;  // trading days before the line returned last
};

}  // namespace ticker
