#include "broker/cli/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "broker/cli/table.hpp"

namespace hawser::cli {
namespace {

constexpr std::size_t kDefaultColumns = 100;
constexpr std::size_t kDefaultRows = 24;

// Control sequences of every terminal since the VT100 (ECMA-48), but for the second screen, which is xterm's.
constexpr std::string_view kSecondScreen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kFirstScreen = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

winsize size_of_terminal() {
  winsize size{};
  static_cast<void>(ioctl(STDOUT_FILENO, TIOCGWINSZ, &size));
  return size;
}

// As many as fit; the last says how many do not.
std::string drawn(const std::vector<std::string>& lines, std::size_t rows, std::size_t columns) {
  const bool fits = lines.size() <= rows;
  const std::size_t shown = fits ? lines.size() : rows - 1;
  std::string text{kHome};
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += "\r\n";
    text.append(cut(lines[i], columns)).append(kClearLine);
  }
  if (!fits) text += "\r\n… and " + std::to_string(lines.size() - shown) + " more lines" + std::string{kClearLine};
  return text.append(kClearBelow);
}

}  // namespace

Screen::Screen(bool in_place) : in_place_(in_place && output_.is_terminal()) {
  if (in_place_) static_cast<void>(write(kSecondScreen));
}

Screen::~Screen() {
  if (in_place_) static_cast<void>(write(kFirstScreen));
}

std::size_t Screen::width() const {
  const std::size_t columns = size_of_terminal().ws_col;
  return columns == 0 ? kDefaultColumns : columns;
}

Status Screen::show(const std::vector<std::string>& lines) {
  if (in_place_) {
    const std::size_t rows = size_of_terminal().ws_row;
    return write(drawn(lines, rows == 0 ? kDefaultRows : rows, width()));
  }
  std::string text = is_first_ ? "" : "\n";
  is_first_ = false;
  for (const std::string& line : lines) text.append(line).append("\n");
  return write(text);
}

Status Screen::write(std::string_view text) {
  if (auto written = output_.write(text); !written) return written;
  return output_.flush();  // A file would get it only at the end.
}

}  // namespace hawser::cli
