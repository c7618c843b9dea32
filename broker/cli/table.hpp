// Text in aligned columns, for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::cli {

struct Column {
  std::string title;
  bool is_number = false;  ///< aligned to the right
};

/// A line of titles and a line for each row, two spaces between columns, nothing after the last. Rows have as many
/// cells as there are columns.
[[nodiscard]] std::vector<std::string> table_lines(const std::vector<Column>& columns,
                                                   const std::vector<std::vector<std::string>>& rows);

/// As many of `items` as fit into `width` characters, two spaces between them; then "and 7 more", where some are left.
/// The first is there in any case.
[[nodiscard]] std::string joined_within(const std::vector<std::string>& items, std::size_t width);

/// Characters of UTF-8 text, each of which a terminal is taken to give one column.
[[nodiscard]] std::size_t width_of(std::string_view text);
/// The first `width` characters.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t width);

}  // namespace hawser::cli
