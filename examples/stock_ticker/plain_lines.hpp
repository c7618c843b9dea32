// The demo's progress as plain lines: for a log, a pipe, a test.
#pragma once

#include <cstddef>
#include <string>

#include "examples/stock_ticker/display.hpp"

namespace ticker {

/// "7.2 s  published 7210 of 20000  delivered: ticker 1 3004, ticker 2 3560, …  lost 0  duplicated 0"
std::string progress_line(const DemoState& state, Clock::time_point now);

/// "12.0 s  ticker 3 is killed with kill -9"
std::string event_line(const DemoState& state, const DemoEvent& event);

/// Writes each event as it happens, and a progress line every two seconds.
class PlainLines : public Display {
 public:
  explicit PlainLines(int fd) : fd_(fd) {}

  void show(const DemoState& state, Clock::time_point now) override;
  void finish(const DemoState& state, Clock::time_point now) override;

 private:
  static constexpr std::chrono::seconds kInterval{2};

  int fd_;
  std::size_t events_shown_ = 0;
  Clock::time_point next_progress_;
};

}  // namespace ticker
