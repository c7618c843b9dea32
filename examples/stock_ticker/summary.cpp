#include "examples/stock_ticker/summary.hpp"

#include <algorithm>
#include <cstdio>

namespace ticker {
namespace {

using Phase = Participant::Phase;

// "0.4 ms", "4.2 ms", "17 ms".
std::string in_milliseconds(Clock::duration duration) {
  const double ms = std::chrono::duration<double, std::milli>(duration).count();
  char text[32];
  std::snprintf(text, sizeof text, ms < 10 ? "%.1f ms" : "%.0f ms", ms);
  return text;
}

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

// What has not come by the end will not come.
std::uint64_t lost_in_all(const Participant& ticker) {
  return ticker.counts.lost + (ticker.phase == Phase::killed ? 0 : ticker.outstanding);
}

std::string ticker_line(const Participant& ticker) {
  std::string line = ticker.title + "  delivered " + std::to_string(ticker.counts.delivered) + "  lost " +
                     std::to_string(lost_in_all(ticker)) + "  duplicated " + std::to_string(ticker.counts.duplicated) +
                     "  filtered " + std::to_string(ticker.filtered);
  if (ticker.phase == Phase::killed) line += "  (killed)";
  return line;
}

// Of all that the tickers were sent, what they had not asked for.
std::string groups_line(const DemoState& state) {
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
  for (const Participant& participant : state.participants) {
    if (&participant == &state.publisher()) continue;
    delivered += participant.counts.delivered;
    filtered += participant.filtered;
  }
  const std::uint64_t heard = delivered + filtered;
  const std::uint64_t percent = heard == 0 ? 0 : (100 * filtered + heard / 2) / heard;
  return "light-weight groups " + std::to_string(state.groups.light) + "  heavy-weight groups " +
         std::to_string(state.groups.heavy) + "  switches " + std::to_string(state.groups.switches) + "  filtered " +
         std::to_string(percent) + " %";
}

std::string late_line(const Participant& late) {
  return "late joiner: state of " + counted(late.counts.state_topics, "topic") + " at its cut, sent " +
         counted(late.received, "message") + ", lost " + std::to_string(lost_in_all(late)) + ", duplicated " +
         std::to_string(late.counts.duplicated);
}

std::string restart_line(const DemoState& state) {
  const Participant& restarted = state.participants[kRestarted];
  return "restart of " + state.participants[kKilled].title + ": state of " +
         counted(restarted.counts.state_topics, "topic") + " at its cut, sent " +
         counted(restarted.received, "message") + " and the others from its store, lost " +
         std::to_string(lost_in_all(restarted)) + ", duplicated " + std::to_string(restarted.counts.duplicated);
}

// Of each topic it is sent less than who has nothing.
bool was_sent_the_difference(const DemoState& state) {
  const Participant& restarted = state.participants[kRestarted];
  const Participant& late = state.participants[kLate];
  return restarted.received * late.topics.size() <= late.received * restarted.topics.size();
}

// The survivor that shared most topics with the killed ticker: as a rule the publisher, which shares all.
const CrashSeen& most_repaired(const DemoState& state) {
  const auto fewer = [](const Participant& a, const Participant& b) {
    return a.crash.topics_repaired < b.crash.topics_repaired;
  };
  return std::max_element(state.participants.begin(), state.participants.end(), fewer)->crash;
}

std::string crash_line(const DemoState& state) {
  const std::string start = "crash of " + state.participants[kKilled].title + ": ";
  if (!state.killed_at) return start + "did not happen";
  const auto times = crash_times(state);
  if (!times) return start + "not detected and repaired by every survivor";
  const CrashSeen& seen = most_repaired(state);
  return start + "detected in " + in_milliseconds(times->detected) + ", " + counted(seen.topics_repaired, "topic") +
         " repaired by " + counted(seen.view_changes, "view change") + " in " + in_milliseconds(times->repaired);
}

class Failures {
 public:
  void unless(bool holds, const Participant& who, const std::string& what) {
    if (!holds) found_.push_back(who.title + ": " + what);
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  std::vector<std::string> found_;
};

void check_stream(const Participant& ticker, Failures& failures) {
  const std::string first = ticker.fault.empty() ? "" : "; the first: " + ticker.fault;
  const StreamCounts& counts = ticker.counts;
  failures.unless(lost_in_all(ticker) == 0, ticker, "lost " + counted(lost_in_all(ticker), "message") + first);
  failures.unless(counts.duplicated == 0, ticker, "duplicated " + counted(counts.duplicated, "message") + first);
  failures.unless(counts.altered == 0, ticker, counted(counts.altered, "message") + " not as in the feed" + first);
  failures.unless(counts.wrong_state == 0, ticker, "state wrong " + counted(counts.wrong_state, "time") + first);
  failures.unless(ticker.gaps == 0, ticker, "was told of " + counted(ticker.gaps, "gap"));
}

void check_crash(const DemoState& state, Failures& failures) {
  const Participant& victim = state.participants[kKilled];
  failures.unless(victim.phase == Phase::killed, victim, "was not killed");
  for (std::size_t i = 0; i < kParticipants; ++i) {
    const Participant& survivor = state.participants[i];
    if (!is_survivor(i)) continue;
    const CrashSeen& crash = survivor.crash;
    failures.unless(crash.failed_at.has_value(), survivor, "did not notice the crash of " + victim.title);
    const bool may_share_more = i == kPublisher && crash.topics_repaired <= victim.topics.size();
    failures.unless(crash.topics_repaired == crash.topics_shared || (crash.is_repaired() && may_share_more), survivor,
                    "repaired " + std::to_string(crash.topics_repaired) + " of the " +
                        counted(crash.topics_shared, "topic") + " that it shared with " + victim.title);
  }
}

}  // namespace

std::optional<CrashTimes> crash_times(const DemoState& state) {
  if (!state.killed_at || !state.crash_is_repaired()) return std::nullopt;
  CrashTimes times;
  for (std::size_t i = 0; i < kParticipants; ++i) {
    const CrashSeen& crash = state.participants[i].crash;
    if (!is_survivor(i)) continue;
    times.detected = std::max(times.detected, *crash.failed_at - *state.killed_at);
    if (crash.repaired_at) times.repaired = std::max(times.repaired, *crash.repaired_at - *crash.failed_at);
  }
  return times;
}

std::vector<std::string> find_failures(const DemoState& state) {
  Failures failures;
  const Participant& publisher = state.publisher();
  failures.unless(state.given_up.empty(), publisher, "the demo gave up: " + state.given_up);
  failures.unless(publisher.messages == state.totals.rows, publisher,
                  "published " + std::to_string(publisher.messages) + " of " + counted(state.totals.rows, "row"));
  for (std::size_t i = 0; i < kParticipants; ++i) {
    const Participant& participant = state.participants[i];
    failures.unless(participant.error.empty(), participant, participant.error);
    failures.unless(participant.reported_final || i == kKilled, participant, "did not report its end");
    if (i != kPublisher) check_stream(participant, failures);
    // Whoever was there from the start needs no state: it would stand for rows that were not handed over.
    const bool has_missed_some = i == kLate || i == kRestarted;
    failures.unless(has_missed_some || participant.counts.state_topics == 0, participant, "has missed the first rows");
  }
  check_crash(state, failures);
  const Participant& restarted = state.participants[kRestarted];
  failures.unless(was_sent_the_difference(state), restarted,
                  "was sent " + counted(restarted.received, "message") + " although it had most of the state");
  return failures.take();
}

std::vector<std::string> summary_lines(const DemoState& state) {
  std::vector<std::string> lines;
  lines.push_back("published " + std::to_string(state.publisher().messages) + "  topics " +
                  std::to_string(state.totals.topics.size()) + "  views installed " + std::to_string(state.views));
  lines.push_back(groups_line(state));
  for (std::size_t i = 1; i < kParticipants; ++i) lines.push_back(ticker_line(state.participants[i]));
  lines.push_back(late_line(state.participants[kLate]));
  lines.push_back(crash_line(state));
  lines.push_back(restart_line(state));
  return lines;
}

}  // namespace ticker
