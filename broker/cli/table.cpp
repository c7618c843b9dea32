#include "broker/cli/table.hpp"

#include <algorithm>

namespace hawser::cli {
namespace {

constexpr std::string_view kGap = "  ";

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }

std::string padded(const std::string& cell, std::size_t width, bool to_the_right) {
  const std::string spaces(width - std::min(width, width_of(cell)), ' ');
  return to_the_right ? spaces + cell : cell + spaces;
}

std::string and_more(std::size_t count) { return "and " + std::to_string(count) + " more"; }

}  // namespace

std::vector<std::string> table_lines(const std::vector<Column>& columns,
                                     const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    titles.push_back(columns[i].title);
    widths.push_back(width_of(columns[i].title));
    for (const auto& row : rows) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const auto line_of = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += kGap;
      line += padded(cells[i], widths[i], columns[i].is_number);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  };
  std::vector<std::string> lines{line_of(titles)};
  for (const auto& row : rows) lines.push_back(line_of(row));
  return lines;
}

std::string joined_within(const std::vector<std::string>& items, std::size_t width) {
  std::size_t needed = 0;
  for (const std::string& item : items) needed += kGap.size() + width_of(item);
  const bool all_fit = needed <= width + kGap.size();
  std::string line;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string rest = and_more(items.size() - i);
    const std::size_t with_item = width_of(line) + 2 * kGap.size() + width_of(items[i]) + rest.size();
    if (!all_fit && i > 0 && with_item > width) return line.append(kGap).append(rest);
    if (i > 0) line += kGap;
    line += items[i];
  }
  return line;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string_view cut(std::string_view text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && characters++ == width) return text.substr(0, i);
  }
  return text;
}

}  // namespace hawser::cli
