#include "examples/stock_ticker/csv_ticks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "examples/stock_ticker/csv_fields.hpp"

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Result;

constexpr std::string_view kHeader = "recv_ns,exch_ms,symbol,type,price,size,side,bid,bid_size,ask,ask_size";
constexpr std::size_t kColumns = 11;
enum Column : std::size_t { kRecvNs, kExchMs, kSymbol, kType, kPrice, kSize, kSide, kBid };
using Fields = std::array<std::string_view, kColumns>;

bool is_trade(const Fields& fields) {
  const bool quote_is_empty = std::all_of(fields.begin() + kBid, fields.end(), [](auto f) { return f.empty(); });
  return is_decimal(fields[kPrice]) && is_decimal(fields[kSize]) && (fields[kSide] == "B" || fields[kSide] == "S") &&
         quote_is_empty;
}

bool is_quote(const Fields& fields) {
  const bool trade_is_empty =
      std::all_of(fields.begin() + kPrice, fields.begin() + kBid, [](auto f) { return f.empty(); });
  return trade_is_empty && std::all_of(fields.begin() + kBid, fields.end(), is_decimal);
}

bool may_lack_exchange_time(const Fields& fields) {
  return fields[kType] == "Q" && fields[kSymbol].substr(0, 5) == "spot.";
}

}  // namespace

std::variant<Tick, std::string_view> parse_tick(std::string_view line) {
  const auto fields = split_fields<kColumns>(line);
  if (!fields) return "not 11 fields";
  const Fields& f = *fields;
  const auto recv_ns = parse_count(f[kRecvNs]);
  if (!recv_ns) return "recv_ns is not a number";
  if (!f[kExchMs].empty() && !parse_count(f[kExchMs])) return "exch_ms is not a number";
  if (!is_symbol(f[kSymbol])) return "symbol is empty or has characters that no symbol has";
  if (f[kType] != "T" && f[kType] != "Q") return "type is neither T nor Q";
  const bool trade = f[kType] == "T";
  if (trade && !is_trade(f)) return "a trade needs price, size and side, and nothing after them";
  if (!trade && !is_quote(f)) return "a quote needs bid, bid_size, ask and ask_size, and no trade before them";
  return Tick{*recv_ns, f[kSymbol], trade ? f[kPrice] : f[kBid], f[kExchMs].empty() && !may_lack_exchange_time(f)};
}

CsvTicks::CsvTicks(GzipLines lines) : lines_(std::move(lines)), problems_(lines_.path()) {}

Result<std::unique_ptr<CsvTicks>> CsvTicks::open(const std::string& path) {
  auto lines = GzipLines::open(path);
  if (!lines) return lines.error();
  auto header = lines->next();
  if (!header) return header.error();
  if (header->value_or("") != kHeader) {
    return Error{Errc::bad_data, path + ":1: the header is not \"" + std::string(kHeader) + "\": is it a ticks file?"};
  }
  return std::unique_ptr<CsvTicks>(new CsvTicks(std::move(lines).value()));
}

Result<std::optional<Row>> CsvTicks::next() {
  while (true) {
    const auto line = lines_.next();
    if (!line) return line.error();
    if (!line->has_value()) return std::optional<Row>();
    const auto row = accept(**line);
    if (row) return row;
  }
}

std::optional<Row> CsvTicks::accept(std::string_view line) {
  const auto parsed = parse_tick(line);
  if (const auto* why = std::get_if<std::string_view>(&parsed)) {
    problems_.skipped(lines_.line_number(), *why);
    return std::nullopt;
  }
  const Tick& tick = std::get<Tick>(parsed);
  if (tick.recv_ns < last_recv_ns_) {
    problems_.skipped(lines_.line_number(), "recv_ns goes back");
    return std::nullopt;
  }
  if (tick.exchange_time_missing) problems_.kept(lines_.line_number(), "empty exch_ms");
  last_recv_ns_ = tick.recv_ns;
  if (!first_recv_ns_) first_recv_ns_ = tick.recv_ns;
  return Row{tick.symbol, line, std::chrono::nanoseconds(tick.recv_ns - *first_recv_ns_)};
}

std::string_view CsvTicks::price_of(std::string_view text) const {
  const auto parsed = parse_tick(text);
  const auto* tick = std::get_if<Tick>(&parsed);
  return tick == nullptr ? std::string_view() : tick->price;
}

}  // namespace ticker
