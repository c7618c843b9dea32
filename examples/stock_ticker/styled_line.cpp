#include "examples/stock_ticker/styled_line.hpp"

namespace ticker {
namespace {

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::bold: return "\x1b[1m";
    case Style::dim: return "\x1b[2m";
    case Style::green: return "\x1b[32m";
    case Style::red: return "\x1b[31m";
    case Style::plain: break;
  }
  return {};
}

}  // namespace

StyledLine& StyledLine::add(std::string_view text, Style style) {
  text = text.substr(0, room());
  width_ += text.size();
  const std::string_view escape = colours_ ? escape_of(style) : std::string_view();
  text_.append(escape).append(text);
  if (!escape.empty()) text_.append("\x1b[0m");
  return *this;
}

StyledLine& StyledLine::skip_to(std::size_t column) {
  if (column > width_) add(std::string(column - width_, ' '));
  return *this;
}

StyledLine& StyledLine::right(std::string_view text, std::size_t width, Style style) {
  if (text.size() < width) add(std::string(width - text.size(), ' '));
  return add(text, style);
}

}  // namespace ticker
