#include "examples/stock_ticker/demo_state.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ticker {
namespace {

using Phase = Participant::Phase;

Clock::time_point time_of(const Report& report) {
  return Clock::time_point(std::chrono::nanoseconds(report.number("at_ns")));
}

StreamCounts counts_of(const Report& report) {
  return {.delivered = report.number("delivered"),
          .state_topics = report.number("state_topics"),
          .topics_synced = report.number("topics_synced"),
          .topics_heard = report.number("topics_heard"),
          .lost = report.number("lost"),
          .duplicated = report.number("duplicated"),
          .altered = report.number("altered"),
          .wrong_state = report.number("wrong_state")};
}

int direction_of(const std::string& before, const std::string& after) {
  double old_price = 0;
  double new_price = 0;
  std::from_chars(before.data(), before.data() + before.size(), old_price);
  std::from_chars(after.data(), after.data() + after.size(), new_price);
  return new_price > old_price ? 1 : new_price < old_price ? -1 : 0;
}

// "A:1.5,B:2," as the ticker wrote it.
std::vector<Quote> quotes_of(const std::string& list, const std::vector<Quote>& before) {
  std::vector<Quote> quotes;
  std::size_t begin = 0;
  for (std::size_t end = list.find(','); end != std::string::npos; end = list.find(',', begin)) {
    const std::size_t colon = list.find(':', begin);
    if (colon > end) break;
    Quote quote{list.substr(begin, colon - begin), list.substr(colon + 1, end - colon - 1)};
    const auto old = std::find_if(before.begin(), before.end(), [&](const Quote& q) { return q.topic == quote.topic; });
    if (old != before.end()) {
      quote.direction = quote.price == old->price ? old->direction : direction_of(old->price, quote.price);
    }
    quotes.push_back(std::move(quote));
    begin = end + 1;
  }
  return quotes;
}

void update_rate(Participant& participant, Clock::time_point now) {
  constexpr std::chrono::milliseconds kWindow{500};
  if (participant.rate_since == Clock::time_point()) participant.rate_since = now;
  const std::chrono::duration<double> passed = now - participant.rate_since;
  if (passed < kWindow) return;
  participant.messages_per_second =
      static_cast<double>(participant.messages - participant.rate_messages) / passed.count();
  participant.rate_since = now;
  participant.rate_messages = participant.messages;
}

}  // namespace

DemoState::DemoState(FeedTotals feed_totals, std::string title, Clock::time_point now)
    : totals(std::move(feed_totals)), feed_title(std::move(title)), started_at(now) {
  publisher().title = "publisher";
  publisher().topics = totals.topics;
  for (std::size_t i = 0; i < kTickers; ++i) {
    participants[1 + i].title = "ticker " + std::to_string(1 + i);
    participants[1 + i].topics = topics_of_ticker(i, totals.topics);
  }
  participants[kRestarted].title = participants[kKilled].title + "b";
  participants[kRestarted].topics = participants[kKilled].topics;
}

void DemoState::apply(std::size_t index, const Report& report, Clock::time_point now) {
  Participant& participant = participants.at(index);
  if (report.word() == "ready" || report.word() == "synced") {
    participant.phase = Phase::live;
    participant.name = report.text("name");
    note(now, participant.title + (index == kPublisher ? " is on the bus" : " has the state of its topics"));
  } else if (report.word() == "joining") {
    participant.phase = Phase::joining;
  } else if (report.word() == "error") {
    participant.error = report.text("what");
    note(now, participant.title + ": " + participant.error);
  } else if (report.word() == "progress" || report.word() == "flushed" || report.word() == "final") {
    apply_progress(index, report, now);
  } else {
    apply_bus_event(index, report, now);
  }
}

void DemoState::apply_progress(std::size_t index, const Report& report, Clock::time_point now) {
  Participant& participant = participants.at(index);
  ++participant.reports_since_view;
  participant.reported_final = participant.reported_final || report.word() == "final";
  if (index == kPublisher) {
    participant.messages = report.number("published");
    views = report.number("views");
    groups = {std::max(groups.light, report.number("light")), std::max(groups.heavy, report.number("heavy")),
              report.number("switches")};
    publisher_waits_for_clock = report.number("pacing") > 0;
    flushed = flushed || report.word() == "flushed";
  } else {
    participant.counts = counts_of(report);
    participant.messages = participant.counts.delivered;
    participant.outstanding = report.number("outstanding");
    participant.received = report.number("received");
    participant.filtered = report.number("filtered");
    participant.gaps = report.number("gaps");
    participant.quotes = quotes_of(report.text("quotes"), participant.quotes);
    if (participant.fault.empty() && !report.text("fault").empty()) {
      participant.fault = report.text("fault");
      note(now, participant.title + ": " + participant.fault);
    }
  }
  update_rate(participant, now);
}

void DemoState::apply_bus_event(std::size_t index, const Report& report, Clock::time_point now) {
  Participant& participant = participants.at(index);
  CrashSeen& crash = participant.crash;
  const bool was_repaired = crash_is_repaired();
  if (report.word() == "failed" && killed_at && report.text("node") == participants[kKilled].name) {
    crash.failed_at = time_of(report);
  } else if (report.word() == "failed") {
    note(now, participant.title + " takes " + report.text("node") + " for crashed");
  } else if (report.word() == "repaired" && killed_at && !was_repaired) {
    crash.repaired_at = time_of(report);
    crash.topics_repaired += report.number("topics");
    ++crash.view_changes;
  } else if (report.word() == "view") {
    participant.view_members = report.number("members");
    participant.reports_since_view = 0;
  } else if (report.word() == "merged") {
    participant.reports_since_view = 0;
    note(now, participant.title + " joins anew: it was on the smaller side of a partition");
  }
  if (!was_repaired && crash_is_repaired()) {
    note(now, "all survivors have repaired the topics of " + participants[kKilled].title);
  }
}

void DemoState::killed(std::size_t index, Clock::time_point now) {
  killed_at = now;
  for (std::size_t i = 0; i < kParticipants; ++i) participants[i].crash.topics_shared = topics_shared_with_killed(i);
  participants.at(index).phase = Phase::killed;
  participants.at(index).messages_per_second = 0;
  note(now, participants.at(index).title + " is killed with kill -9");
}

void DemoState::ended(std::size_t index, const std::string& how, Clock::time_point now) {
  Participant& participant = participants.at(index);
  if (participant.phase != Phase::killed) participant.phase = Phase::ended;
  participant.messages_per_second = 0;
  if (how.empty() || !participant.error.empty()) return;
  participant.error = "ended unexpectedly with " + how;
  note(now, participant.title + " " + participant.error);
}

bool Participant::is_ready(std::uint64_t members) const {
  const bool has_state = counts.topics_synced == topics.size() || title == "publisher";
  return phase == Phase::live && view_members == members && reports_since_view >= 2 && has_state;
}

bool DemoState::crash_is_repaired() const {
  for (std::size_t i = 0; i < kParticipants; ++i) {
    if (is_survivor(i) && !participants[i].crash.is_repaired()) return false;
  }
  return killed_at.has_value();
}

std::uint64_t DemoState::topics_shared_with_killed(std::size_t index) const {
  const auto& own = participants[index].topics;
  const auto& lost = participants[kKilled].topics;
  // The publisher joins a topic with its first row there.
  if (index == kPublisher) return participants[kKilled].counts.topics_heard;
  return static_cast<std::uint64_t>(std::count_if(lost.begin(), lost.end(), [&own](const std::string& topic) {
    return std::find(own.begin(), own.end(), topic) != own.end();
  }));
}

}  // namespace ticker
