// The small parts both CSV feeds are read with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ticker {

/// Splits at each comma (the feeds have no quoting); nothing unless there are exactly N fields.
template <std::size_t N>
std::optional<std::array<std::string_view, N>> split_fields(std::string_view line) {
  std::array<std::string_view, N> fields;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    fields[i] = line.substr(0, comma);
    line.remove_prefix(comma + 1);
  }
  if (line.find(',') != std::string_view::npos) return std::nullopt;
  fields[N - 1] = line;
  return fields;
}

/// Whether `text` is digits, or digits with one point between them. No sign, no exponent: the feeds have none.
[[nodiscard]] bool is_decimal(std::string_view text);

/// Whether `text` can be a symbol, and so a topic: 1 to 64 letters, digits, points, dashes or underscores.
[[nodiscard]] bool is_symbol(std::string_view text);

/// The whole of `text` as a number without a sign; nothing where it is none or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text);

}  // namespace ticker
