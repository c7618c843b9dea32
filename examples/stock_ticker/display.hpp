// What the user sees while the demo runs.
#pragma once

#include <memory>

#include "examples/stock_ticker/demo_state.hpp"

namespace ticker {

class Display {
 public:
  Display() = default;
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;
  virtual ~Display() = default;

  /// Called many times a second; shows what is new.
  virtual void show(const DemoState& state, Clock::time_point now) = 0;
  /// Called once, after the last show().
  virtual void finish(const DemoState& state, Clock::time_point now) = 0;
};

/// A table redrawn in place where standard output is a terminal; otherwise a plain line from time to time.
std::unique_ptr<Display> make_display();

}  // namespace ticker
