#include "examples/stock_ticker/table.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "examples/stock_ticker/plain_lines.hpp"
#include "examples/stock_ticker/styled_line.hpp"
#include "examples/stock_ticker/write_all.hpp"

namespace ticker {
namespace {

using Phase = Participant::Phase;

constexpr std::size_t kEventsMin = 4;  // Lines kept for events, so that the table does not grow while it runs.
constexpr std::size_t kEventsMax = 8;

TableSize terminal_size(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

std::string_view phase_words(const Participant& participant, const DemoState& state) {
  switch (participant.phase) {
    case Phase::not_started:
      return &participant == &state.participants[kLate]        ? "joins late"
             : &participant == &state.participants[kRestarted] ? "restarts"
                                                               : "";
    case Phase::starting: return "starting";
    case Phase::joining: return "joining";
    case Phase::live: return "live";
    case Phase::killed: return "killed";
    case Phase::ended: return participant.error.empty() ? "done" : "failed";
  }
  return {};
}

Style phase_style(const Participant& participant) {
  if (participant.phase == Phase::killed || !participant.error.empty()) return Style::red;
  if (participant.phase == Phase::live) return Style::green;
  return Style::dim;
}

// Without the noughts after the second decimal: recorded ticks have eight decimals.
std::string shown_price(std::string price) {
  const std::size_t point = price.find('.');
  if (point == std::string::npos) return price;
  while (price.size() > point + 3 && price.back() == '0') price.pop_back();
  return price;
}

class TableWriter {
 public:
  TableWriter(const DemoState& state, Clock::time_point now, TableSize size, bool colours)
      : state_(state), now_(now), size_(size), colours_(colours) {}

  std::vector<std::string> lines() {
    title();
    progress();
    blank();
    headings();
    for (std::size_t i = 1; i < kParticipants; ++i) {
      figures(state_.participants[i]);
      quotes(state_.participants[i]);
    }
    blank();
    events();
    // One taller than the terminal could not be redrawn in place.
    if (lines_.size() >= size_.rows) lines_.resize(std::max<std::size_t>(size_.rows, 2) - 1);
    return std::move(lines_);
  }

 private:
  [[nodiscard]] StyledLine line() const { return {size_.columns, colours_}; }
  void end(const StyledLine& line) { lines_.push_back(line.text()); }
  void blank() { lines_.emplace_back(); }

  void title() {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f s", std::chrono::duration<double>(now_ - state_.started_at).count());
    auto line = this->line();
    line.add("Hawser stock ticker", Style::bold).add("  " + state_.feed_title + ", ");
    line.add(std::to_string(state_.totals.topics.size()) + " topics, " + std::to_string(state_.views) + " views");
    end(line.right(seconds, line.room()));
  }

  void progress() {
    const std::uint64_t done = state_.publisher().messages;
    const std::string figures = "  " + std::to_string(done) + " of " + std::to_string(state_.totals.rows) + " rows, " +
                                std::to_string(std::llround(state_.publisher().messages_per_second)) + " per second";
    auto line = this->line();
    line.add("publisher ");
    const std::size_t width = line.room() > figures.size() + 2 ? line.room() - figures.size() - 2 : 0;
    const std::size_t filled = width * done / std::max<std::uint64_t>(state_.totals.rows, 1);
    line.add("[").add(std::string(filled, '#'), Style::green).add(std::string(width - filled, '.'), Style::dim);
    end(line.add("]").add(figures));
  }

  void headings() {
    auto line = this->line();
    line.add("            topics  delivered  per second   lost  duplicated   filtered  state", Style::dim);
    end(line);
  }

  void figures(const Participant& ticker) {
    const auto wrong = [](std::uint64_t count) { return count > 0 ? Style::red : Style::plain; };
    auto line = this->line();
    line.add(ticker.title, Style::bold).skip_to(12);
    line.right(std::to_string(ticker.topics.size()), 6);
    line.right(std::to_string(ticker.counts.delivered), 11);
    line.right(std::to_string(std::llround(ticker.messages_per_second)), 12);
    line.right(std::to_string(ticker.counts.lost), 7, wrong(ticker.counts.lost));
    line.right(std::to_string(ticker.counts.duplicated), 12, wrong(ticker.counts.duplicated));
    line.right(std::to_string(ticker.filtered), 11);
    end(line.add("  ").add(phase_words(ticker, state_), phase_style(ticker)));
  }

  void quotes(const Participant& ticker) {
    auto line = this->line();
    line.add("  ");
    for (const Quote& quote : ticker.quotes) {
      const std::string price = shown_price(quote.price);
      const std::string text = quote.topic + ' ' + price;
      if (text.size() + 3 > line.room()) break;  // A price that is cut off would be a wrong one.
      if (ticker.phase == Phase::killed) {
        line.add(text + "   ", Style::dim);
        continue;
      }
      line.add(quote.topic + ' ');
      line.add(price + (quote.direction > 0   ? "+"
                        : quote.direction < 0 ? "-"
                                              : " "),
               quote.direction > 0   ? Style::green
               : quote.direction < 0 ? Style::red
                                     : Style::plain);
      line.add("  ");
    }
    end(line);
  }

  void events() {
    const std::size_t taken = lines_.size() + 1;
    const std::size_t room = size_.rows > taken ? std::min(size_.rows - taken, kEventsMax) : 0;
    const std::size_t shown = std::min(state_.events.size(), room);
    for (std::size_t i = state_.events.size() - shown; i < state_.events.size(); ++i) {
      end(line().add(event_line(state_, state_.events[i])));
    }
    for (std::size_t i = shown; i < std::min(room, kEventsMin); ++i) blank();
  }

  const DemoState& state_;
  Clock::time_point now_;
  TableSize size_;
  bool colours_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> table_lines(const DemoState& state, Clock::time_point now, TableSize size, bool colours) {
  return TableWriter(state, now, size, colours).lines();
}

void Table::show(const DemoState& state, Clock::time_point now) {
  if (now < next_draw_) return;
  next_draw_ = now + kInterval;
  draw(state, now);
}

void Table::finish(const DemoState& state, Clock::time_point now) {
  draw(state, now);
  write_all(fd_, "\n");
}

void Table::draw(const DemoState& state, Clock::time_point now) {
  const auto lines = table_lines(state, now, terminal_size(fd_), colours_);
  std::string screen;
  if (lines_drawn_ > 0) screen += "\x1b[" + std::to_string(lines_drawn_) + "A";
  for (const auto& line : lines) screen += "\r" + line + "\x1b[K\n";
  screen += "\x1b[J";  // What a taller table left behind.
  lines_drawn_ = lines.size();
  write_all(fd_, screen);
}

}  // namespace ticker
