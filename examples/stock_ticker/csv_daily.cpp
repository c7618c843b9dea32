#include "examples/stock_ticker/csv_daily.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "examples/stock_ticker/csv_fields.hpp"

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Ok;
using hawser::Result;
using hawser::Status;

constexpr std::string_view kHeader = "date,open,high,low,close,volume,Name";
constexpr std::size_t kColumns = 7;
enum Column : std::size_t { kDate, kOpen, kHigh, kLow, kClose, kVolume, kName };

static_assert(GzipLines::kLineBytesMax <= std::numeric_limits<std::uint16_t>::max());

std::optional<std::uint32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_count(text.substr(0, 4));
  const auto month = parse_count(text.substr(5, 2));
  const auto day = parse_count(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::uint32_t>(*year * 10000 + *month * 100 + *day);
}

std::string_view empty_prices(bool open, bool high, bool low) {
  constexpr std::array<std::string_view, 8> kWords = {
      "",          "empty open",         "empty high",         "empty open and high",
      "empty low", "empty open and low", "empty high and low", "empty open, high and low"};
  return kWords[(open ? 1U : 0U) + (high ? 2U : 0U) + (low ? 4U : 0U)];
}

}  // namespace

std::variant<DailyPrice, std::string_view> parse_daily(std::string_view line) {
  const auto fields = split_fields<kColumns>(line);
  if (!fields) return "not 7 fields";
  const auto& f = *fields;
  const auto date = parse_date(f[kDate]);
  if (!date) return "date is not a YYYY-MM-DD that exists";
  for (const auto price : {f[kOpen], f[kHigh], f[kLow]}) {
    if (!price.empty() && !is_decimal(price)) return "open, high or low is not a number";
  }
  if (!is_decimal(f[kClose])) return "close is empty or not a number";
  if (!is_decimal(f[kVolume])) return "volume is empty or not a number";
  if (!is_symbol(f[kName])) return "Name is empty or has characters that no symbol has";
  return DailyPrice{*date, f[kName], f[kClose], empty_prices(f[kOpen].empty(), f[kHigh].empty(), f[kLow].empty())};
}

Result<std::unique_ptr<CsvDaily>> CsvDaily::open(const std::string& path) {
  auto lines = GzipLines::open(path);
  if (!lines) return lines.error();
  auto header = lines->next();
  if (!header) return header.error();
  if (header->value_or("") != kHeader) {
    return Error{Errc::bad_data, path + ":1: the header is not \"" + std::string(kHeader) + "\": is it a daily file?"};
  }
  std::unique_ptr<CsvDaily> feed(new CsvDaily(path));
  const Status read = feed->read_all(*lines);
  if (!read) return read.error();
  return feed;
}

Status CsvDaily::read_all(GzipLines& lines) {
  while (true) {
    const auto line = lines.next();
    if (!line) return line.error();
    if (!line->has_value()) break;
    if (text_.size() + (*line)->size() > std::numeric_limits<std::uint32_t>::max()) {
      return Error{Errc::bad_data, lines.path() + ": more than 4 GiB of text: split the file"};
    }
    accept(**line, lines.line_number());
  }
  std::sort(lines_.begin(), lines_.end(),
            [](const Line& a, const Line& b) { return std::tie(a.date, a.begin) < std::tie(b.date, b.begin); });
  return Ok{};
}

void CsvDaily::accept(std::string_view line, std::size_t line_number) {
  const auto parsed = parse_daily(line);
  if (const auto* why = std::get_if<std::string_view>(&parsed)) return problems_.skipped(line_number, *why);
  const DailyPrice& price = std::get<DailyPrice>(parsed);
  if (!price.empty_prices.empty()) problems_.kept(line_number, price.empty_prices);
  lines_.push_back({price.date, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint16_t>(line.size()),
                    static_cast<std::uint16_t>(price.symbol.data() - line.data())});
  text_.append(line);
}

Result<std::optional<Row>> CsvDaily::next() {
  if (next_ == lines_.size()) return std::optional<Row>();
  const Line& line = lines_[next_];
  if (next_ > 0 && lines_[next_ - 1].date != line.date) ++day_;
  ++next_;
  const std::string_view text = std::string_view(text_).substr(line.begin, line.bytes);
  return std::optional(Row{text.substr(line.symbol_begin), text, kTradingDay * day_});
}

std::string_view CsvDaily::price_of(std::string_view text) const {
  const auto parsed = parse_daily(text);
  const auto* price = std::get_if<DailyPrice>(&parsed);
  return price == nullptr ? std::string_view() : price->close;
}

}  // namespace ticker
