// All that the orchestrator knows: what the children have reported, and when it killed one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "examples/stock_ticker/comparer.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "examples/stock_ticker/report.hpp"
#include "examples/stock_ticker/shares.hpp"

namespace ticker {

using Clock = std::chrono::steady_clock;

/// What one survivor noticed of the crash. It repairs the topics that it shared with the killed ticker.
struct CrashSeen {
  std::optional<Clock::time_point> failed_at;    ///< when it knew that the node had failed
  std::optional<Clock::time_point> repaired_at;  ///< when the last of the shared topics was repaired
  std::uint64_t topics_shared = 0;  ///< for the publisher the least: those of which the killed ticker had a row
  std::uint64_t topics_repaired = 0;
  std::uint64_t view_changes = 0;

  [[nodiscard]] bool is_repaired() const { return failed_at && topics_repaired >= topics_shared; }
};

struct Quote {
  std::string topic;
  std::string price;
  int direction = 0;  ///< 1 up, -1 down since an earlier price; 0 not known
};

/// The publisher or a ticker.
struct Participant {
  enum class Phase { not_started, starting, joining, live, killed, ended };
  std::string title;
  Phase phase = Phase::not_started;
  std::string name;  ///< on the bus
  std::vector<std::string> topics;
  std::uint64_t view_members = 0;        ///< in the newest view that it has told of
  std::uint64_t reports_since_view = 0;  ///< since then, or since a merge
  std::uint64_t messages = 0;            ///< published or delivered
  double messages_per_second = 0;
  StreamCounts counts;
  std::uint64_t outstanding = 0;
  std::uint64_t received = 0;  ///< messages of its topics' states that another node has sent it
  std::uint64_t filtered = 0;
  std::uint64_t gaps = 0;
  std::string fault;
  std::vector<Quote> quotes;
  CrashSeen crash;
  bool reported_final = false;
  std::string error;  ///< why it failed; empty where it did not

  /// In a view with so many members, with the state of its topics, and this has not changed for two reports: right
  /// after a view that merged two sides, the topics of one are still to be joined anew.
  [[nodiscard]] bool is_ready(std::uint64_t members) const;

  // For messages_per_second.
  Clock::time_point rate_since;
  std::uint64_t rate_messages = 0;
};

/// Participants are counted from 0: the publisher, the tickers, and the killed one once more.
constexpr std::size_t kPublisher = 0;
constexpr std::size_t kKilled = 1 + kKilledTicker;
constexpr std::size_t kLate = 1 + kLateTicker;
constexpr std::size_t kRestarted = 1 + kTickers;
constexpr std::size_t kParticipants = kRestarted + 1;
constexpr std::uint64_t kMembers = 1 + kTickers;  ///< of the full view: with the killed ticker, or the restarted one
constexpr bool is_survivor(std::size_t participant) { return participant != kKilled && participant != kRestarted; }

struct DemoEvent {
  Clock::time_point at;
  std::string what;
};

class DemoState {
 public:
  DemoState(FeedTotals feed_totals, std::string title, Clock::time_point now);

  /// Takes in one report of a child.
  void apply(std::size_t participant, const Report& report, Clock::time_point now);
  void started(std::size_t participant) { participants.at(participant).phase = Participant::Phase::starting; }
  void killed(std::size_t participant, Clock::time_point now);
  /// A child has ended; `how` only where it should not have.
  void ended(std::size_t participant, const std::string& how, Clock::time_point now);
  void note(Clock::time_point now, std::string what) { events.push_back({now, std::move(what)}); }

  [[nodiscard]] Participant& publisher() { return participants[kPublisher]; }
  [[nodiscard]] const Participant& publisher() const { return participants[kPublisher]; }
  /// Every survivor knows of the crash, and the topics that it shared with the killed ticker are repaired there.
  [[nodiscard]] bool crash_is_repaired() const;

  FeedTotals totals;
  std::string feed_title;
  Clock::time_point started_at;
  std::array<Participant, kParticipants> participants;
  std::uint64_t views = 0;  ///< that the publisher installed
  /// What the publisher knows of the groups below the topics, as long as the tickers are there.
  struct Groups {
    std::uint64_t light = 0;
    std::uint64_t heavy = 0;
    std::uint64_t switches = 0;
  };
  Groups groups;
  bool publisher_waits_for_clock = false;
  bool flushed = false;
  std::optional<Clock::time_point> killed_at;
  std::vector<DemoEvent> events;
  std::string given_up;  ///< why the demo ended early; empty where it did not

 private:
  void apply_progress(std::size_t participant, const Report& report, Clock::time_point now);
  void apply_bus_event(std::size_t participant, const Report& report, Clock::time_point now);
  [[nodiscard]] std::uint64_t topics_shared_with_killed(std::size_t participant) const;
};

}  // namespace ticker
