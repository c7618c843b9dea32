#include "examples/stock_ticker/report.hpp"

#include <charconv>
#include <utility>

namespace ticker {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Line ends, blanks and the percent sign itself are written as %xx.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && c != '%') {
      escaped += c;
    } else {
      escaped += {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
  }
  return escaped;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const std::size_t high = kHexDigits.find(text[i + 1]);
    const std::size_t low = kHexDigits.find(text[i + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

// Cuts the text up to the next blank off `rest`.
std::string_view take_token(std::string_view& rest) {
  const std::string_view token = rest.substr(0, rest.find(' '));
  rest.remove_prefix(token.size() < rest.size() ? token.size() + 1 : token.size());
  return token;
}

}  // namespace

Report& Report::with(const std::string& name, std::uint64_t value) {
  values_[name] = std::to_string(value);
  return *this;
}

Report& Report::with(const std::string& name, std::string_view value) {
  values_[name] = value;
  return *this;
}

std::uint64_t Report::number(const std::string& name) const {
  const std::string value = text(name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() ? number : 0;
}

std::string Report::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::string Report::line() const {
  std::string line = word_;
  for (const auto& [name, value] : values_) line += ' ' + name + '=' + escape(value);
  return line + '\n';
}

std::optional<Report> Report::parse(std::string_view line) {
  const std::string_view word = take_token(line);
  if (word.empty()) return std::nullopt;
  Report report{std::string(word)};
  while (!line.empty()) {
    const std::string_view pair = take_token(line);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    auto value = unescape(pair.substr(equals + 1));
    if (!value) return std::nullopt;
    report.values_[std::string(pair.substr(0, equals))] = *std::move(value);
  }
  return report;
}

}  // namespace ticker
