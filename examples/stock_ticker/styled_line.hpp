// One terminal line that knows its width, so that it can be cut at the terminal's edge whatever its colours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ticker {

enum class Style { plain, bold, dim, green, red };

class StyledLine {
 public:
  StyledLine(std::size_t columns, bool colours) : columns_(columns), colours_(colours) {}

  /// Appends printable ASCII; what passes the last column is cut off.
  StyledLine& add(std::string_view text, Style style = Style::plain);
  /// Blanks up to a column, counted from 0.
  StyledLine& skip_to(std::size_t column);
  /// Appends flush right in a field of `width`.
  StyledLine& right(std::string_view text, std::size_t width, Style style = Style::plain);

  [[nodiscard]] std::size_t room() const { return columns_ - width_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t columns_;
  bool colours_;
  std::size_t width_ = 0;
  std::string text_;
};

}  // namespace ticker
