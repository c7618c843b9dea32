#include "examples/stock_ticker/plain_lines.hpp"

#include <cstdio>

#include "examples/stock_ticker/write_all.hpp"

namespace ticker {
namespace {

std::string seconds_since_start(const DemoState& state, Clock::time_point at) {
  char text[32];
  std::snprintf(text, sizeof text, "%5.1f s", std::chrono::duration<double>(at - state.started_at).count());
  return text;
}

}  // namespace

std::string progress_line(const DemoState& state, Clock::time_point now) {
  std::string line = seconds_since_start(state, now) + "  published " + std::to_string(state.publisher().messages) +
                     " of " + std::to_string(state.totals.rows) + "  delivered:";
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  const char* comma = " ";
  for (std::size_t i = 1; i < kParticipants; ++i) {
    const Participant& ticker = state.participants[i];
    lost += ticker.counts.lost;
    duplicated += ticker.counts.duplicated;
    if (ticker.phase == Participant::Phase::not_started) continue;
    line += comma + ticker.title + " " + std::to_string(ticker.counts.delivered);
    comma = ", ";
  }
  return line + "  lost " + std::to_string(lost) + "  duplicated " + std::to_string(duplicated);
}

std::string event_line(const DemoState& state, const DemoEvent& event) {
  return seconds_since_start(state, event.at) + "  " + event.what;
}

void PlainLines::show(const DemoState& state, Clock::time_point now) {
  for (; events_shown_ < state.events.size(); ++events_shown_) {
    write_all(fd_, event_line(state, state.events[events_shown_]) + '\n');
  }
  if (now < next_progress_ || state.publisher().messages == 0) return;
  next_progress_ = now + kInterval;
  write_all(fd_, progress_line(state, now) + '\n');
}

void PlainLines::finish(const DemoState& state, Clock::time_point now) {
  next_progress_ = now;
  show(state, now);
}

}  // namespace ticker
