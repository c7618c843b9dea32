// When what happens in the demo, by how much of the feed is published.
//
// The publisher is never let past a share of the feed before the event that belongs there has happened: so even with
// --max there is a live stream while the late ticker joins, after it has joined, after the crash, and after the
// restart.
#pragma once

#include <cstdint>

#include "examples/stock_ticker/demo_state.hpp"

namespace ticker {

/// The publisher and the first three tickers are ready and see each other.
bool may_begin(const DemoState& state);
/// A third of the feed is published.
bool late_ticker_is_due(const DemoState& state);
/// 60 % of the feed is published, and the late ticker has the state.
bool kill_is_due(const DemoState& state);
/// The crash is repaired.
bool restart_is_due(const DemoState& state);
/// How many rows may be published by now; at the end all of them.
std::uint64_t rows_allowed(const DemoState& state);
/// Each ticker that lives has every row of its topics.
bool all_have_all(const DemoState& state);

}  // namespace ticker
