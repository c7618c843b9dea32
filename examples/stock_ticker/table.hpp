// The live table: progress, one line per ticker with its last prices under it, and what happened.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "examples/stock_ticker/display.hpp"

namespace ticker {

struct TableSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// The table as lines of at most `size.columns` visible characters, fewer lines than `size.rows`.
std::vector<std::string> table_lines(const DemoState& state, Clock::time_point now, TableSize size, bool colours);

/// Redraws in place: each time it goes up by as many lines as it wrote before.
class Table : public Display {
 public:
  Table(int fd, bool colours) : fd_(fd), colours_(colours) {}

  void show(const DemoState& state, Clock::time_point now) override;
  void finish(const DemoState& state, Clock::time_point now) override;

 private:
  static constexpr std::chrono::milliseconds kInterval{100};

  void draw(const DemoState& state, Clock::time_point now);

  int fd_;
  bool colours_;
  std::size_t lines_drawn_ = 0;
  Clock::time_point next_draw_;
};

}  // namespace ticker
