// A demo's state as it is near the end of a good run, for the tests of what is made of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "examples/stock_ticker/demo_state.hpp"

namespace ticker::testing {

inline Clock::time_point at_ms(int ms) {
  return Clock::time_point(std::chrono::hours{1}) + std::chrono::milliseconds{ms};
}

inline std::uint64_t ns(Clock::time_point time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

/// Twelve topics A to L, 1,000 rows in ten seconds; nobody is started.
inline DemoState new_demo() {
  FeedTotals totals;
  for (char c = 'A'; c <= 'L'; ++c) totals.topics.emplace_back(1, c);
  totals.rows = 1000;
  totals.duration = std::chrono::seconds{10};
  return {totals, "test market", at_ms(0)};
}

inline void make_live(DemoState& state, std::size_t participant, int ms) {
  state.started(participant);
  state.apply(participant, Report("joining"), at_ms(ms));
  state.apply(participant, Report("synced").with("name", "node" + std::to_string(participant)), at_ms(ms));
}

inline void published(DemoState& state, std::uint64_t rows, int ms) {
  state.apply(kPublisher, Report("progress").with("published", rows).with("views", 6), at_ms(ms));
}

/// One report of progress; a ticker has the state of all its topics and a row of each.
inline void report_progress(DemoState& state, std::size_t participant) {
  if (participant == kPublisher) return published(state, state.publisher().messages, 0);
  const auto topics = state.participants[participant].topics.size();
  state.apply(participant, Report("progress").with("topics_synced", topics).with("topics_heard", topics), at_ms(0));
}

/// Those who are live have a view of so many members, and have had it for some reports.
inline void see_each_other(DemoState& state, std::uint64_t members) {
  for (std::size_t i = 0; i < kParticipants; ++i) {
    state.apply(i, Report("view").with("members", members), at_ms(0));
    report_progress(state, i);
    report_progress(state, i);
  }
}

/// The survivor knows of ticker 3's crash and has repaired the topics that it shared with it.
inline void crash_seen(DemoState& state, std::size_t participant, int failed_ms, int repaired_ms) {
  const auto topics = state.participants[participant].crash.topics_shared;
  state.apply(participant, Report("failed").with("at_ns", ns(at_ms(failed_ms))).with("node", "node3"),
              at_ms(failed_ms));
  if (topics == 0) return;
  state.apply(participant, Report("repaired").with("at_ns", ns(at_ms(repaired_ms))).with("topics", topics),
              at_ms(repaired_ms));
}

/// All rows published and delivered, ticker 3 killed at 6 s, noticed after 3 to 7 ms, repaired 2 ms later, and started
/// again.
inline DemoState good_demo() {
  DemoState state = new_demo();
  for (std::size_t i = 0; i < kRestarted; ++i) make_live(state, i, 100);
  see_each_other(state, kMembers);
  published(state, 600, 6000);
  state.killed(kKilled, at_ms(6000));
  for (const std::size_t i : {0, 1, 2, 4}) crash_seen(state, i, 6003 + static_cast<int>(i), 6005 + static_cast<int>(i));
  make_live(state, kRestarted, 6500);
  state.apply(
      kPublisher,
      Report("final").with("published", 1000).with("views", 6).with("light", 12).with("heavy", 5).with("switches", 7),
      at_ms(11000));
  for (std::size_t i = 1; i < kParticipants; ++i) {
    Report report(i == kKilled ? "progress" : "final");
    report.with("delivered", 100 * i).with("filtered", 10 * i).with("quotes", "A:1.50,B:20.00,");
    if (i == kLate) report.with("state_topics", 5).with("received", 50);
    if (i == kRestarted) report.with("state_topics", 7).with("received", 21);
    state.apply(i, report, at_ms(11000));
  }
  for (std::size_t i = 0; i < kParticipants; ++i) state.ended(i, "", at_ms(11100));
  return state;
}

}  // namespace ticker::testing
