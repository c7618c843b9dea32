#include "examples/stock_ticker/orchestrator.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "examples/stock_ticker/child_process.hpp"
#include "examples/stock_ticker/demo_state.hpp"
#include "examples/stock_ticker/display.hpp"
#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "examples/stock_ticker/script.hpp"
#include "examples/stock_ticker/summary.hpp"
#include "examples/stock_ticker/temporary_folder.hpp"

namespace ticker {
namespace {

using hawser::Result;
using Phase = Participant::Phase;

/// With no news for so long the demo gives up.
constexpr std::chrono::seconds kStallMax{20};
/// What was flushed and is not reported so long after is lost.
constexpr std::chrono::seconds kAfterFlushMax{5};
constexpr std::chrono::milliseconds kPollInterval{20};
constexpr int kFeedUnusable = 3;

// A demo that is interrupted ends its children, and removes what it has written.
volatile std::sig_atomic_t interrupted = 0;

void end_when_interrupted() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int /*signal*/) { interrupted = 1; });
}

class Orchestrator {
 public:
  /// `stores` is the folder of the tickers' stores.
  Orchestrator(const DemoOptions& options, std::filesystem::path stores, DemoState& state)
      : options_(options), stores_(std::move(stores)), state_(state) {}

  /// Until every child has ended, or the demo has given up.
  void run(Display& display);

 private:
  void start(std::size_t participant);
  [[nodiscard]] DemoOptions options_of(std::size_t participant) const;
  void wait_for_reports();
  void take_reports(std::size_t participant);
  void on_end(std::size_t participant);
  void advance(Clock::time_point now);
  void start_first_tickers();
  void begin_and_go_on();
  void kill_ticker();
  void wind_up(Clock::time_point now);
  void finish(std::size_t participant);
  void watch_for_stall(Clock::time_point now);
  [[nodiscard]] bool all_ended() const;
  [[nodiscard]] bool tickers_ended() const;

  const DemoOptions& options_;
  const std::filesystem::path stores_;
  DemoState& state_;
  std::array<std::optional<ChildProcess>, kParticipants> children_;
  std::array<bool, kParticipants> told_to_finish_{};
  bool begun_ = false;
  std::uint64_t rows_allowed_ = 0;
  bool told_to_flush_ = false;
  std::optional<Clock::time_point> flushed_at_;
  std::uint64_t last_news_ = 0;
  Clock::time_point last_news_at_ = Clock::now();
};

void Orchestrator::run(Display& display) {
  start(kPublisher);
  while (state_.given_up.empty() && !all_ended()) {
    wait_for_reports();
    if (interrupted != 0) state_.given_up = "it was interrupted";
    const auto now = Clock::now();
    advance(now);
    watch_for_stall(now);
    display.show(state_, now);
  }
}

void Orchestrator::start(std::size_t participant) {
  const bool is_publisher = participant == kPublisher;
  const auto role = is_publisher ? DemoOptions::Role::publisher : DemoOptions::Role::ticker;
  auto child = ChildProcess::start(child_arguments(options_of(participant), role));
  if (!child) {
    state_.given_up = child.error().message;
    return;
  }
  children_[participant].emplace(std::move(child).value());
  state_.started(participant);
  if (is_publisher) return;
  std::string topics;
  for (const auto& topic : state_.participants[participant].topics) topics += topic + ',';
  children_[participant]->send(Report("listen").with("topics", topics));
}

// Who is started again finds what the killed one has left.
DemoOptions Orchestrator::options_of(std::size_t participant) const {
  DemoOptions options = options_;
  const std::size_t owner = participant == kRestarted ? kKilled : participant;
  if (owner != kPublisher) options.store = stores_ / state_.participants[owner].title;
  return options;
}

void Orchestrator::wait_for_reports() {
  std::vector<pollfd> descriptors;
  for (auto& child : children_) {
    if (child && !child->reports().at_end()) descriptors.push_back({child->reports().fd(), POLLIN, 0});
  }
  poll(descriptors.data(), descriptors.size(), static_cast<int>(kPollInterval.count()));
  for (std::size_t i = 0; i < kParticipants; ++i) take_reports(i);
}

void Orchestrator::take_reports(std::size_t participant) {
  auto& child = children_[participant];
  if (!child || child->reports().at_end()) return;
  const auto reports = child->reports().read(std::chrono::milliseconds{0});
  for (const Report& report : reports) state_.apply(participant, report, Clock::now());
  if (child->reports().at_end()) on_end(participant);
}

void Orchestrator::on_end(std::size_t participant) {
  const std::string how = children_[participant]->wait_for_end();
  const Participant& ended = state_.participants[participant];
  const bool expected = ended.phase == Phase::killed || (children_[participant]->succeeded() && ended.reported_final);
  state_.ended(participant, expected ? "" : how, Clock::now());
  if (!expected) state_.given_up = ended.title + " " + ended.error;
}

void Orchestrator::advance(Clock::time_point now) {
  start_first_tickers();
  begin_and_go_on();
  if (begun_ && late_ticker_is_due(state_)) start(kLate);
  if (kill_is_due(state_)) kill_ticker();
  if (restart_is_due(state_)) start(kRestarted);
  wind_up(now);
}

// After the publisher, so that there is a bus to join.
void Orchestrator::start_first_tickers() {
  if (state_.publisher().phase != Phase::live || state_.participants[1].phase != Phase::not_started) return;
  for (std::size_t i = 1; i < kLate; ++i) start(i);
}

void Orchestrator::begin_and_go_on() {
  begun_ = begun_ || may_begin(state_);
  const std::uint64_t allowed = begun_ ? rows_allowed(state_) : 0;
  if (allowed <= rows_allowed_) return;
  rows_allowed_ = allowed;
  children_[kPublisher]->send(Report("until").with("rows", allowed));
}

void Orchestrator::kill_ticker() {
  // First the time, so that what is told as the delay is not less than it was.
  state_.killed(kKilled, Clock::now());
  children_[kKilled]->kill_now();
}

void Orchestrator::wind_up(Clock::time_point now) {
  if (state_.publisher().messages == state_.totals.rows && !told_to_flush_) {
    told_to_flush_ = children_[kPublisher]->send(Report("flush"));
  }
  if (!state_.flushed) return;
  if (!flushed_at_) flushed_at_ = now;
  if (all_have_all(state_) || now - *flushed_at_ > kAfterFlushMax) {
    for (std::size_t i = 1; i < kParticipants; ++i) finish(i);
  }
  if (tickers_ended()) finish(kPublisher);
}

void Orchestrator::finish(std::size_t participant) {
  if (told_to_finish_[participant] || participant == kKilled) return;
  told_to_finish_[participant] = children_[participant]->send(Report("finish"));
}

void Orchestrator::watch_for_stall(Clock::time_point now) {
  std::uint64_t news = state_.events.size();
  for (const Participant& participant : state_.participants) {
    news += participant.messages + static_cast<std::uint64_t>(participant.phase) + participant.reported_final;
  }
  // Between two rows the feed itself may be silent for long.
  if (news != last_news_ || state_.publisher_waits_for_clock) last_news_at_ = now;
  last_news_ = news;
  if (now - last_news_at_ > kStallMax) {
    state_.given_up = "nothing has moved for " + std::to_string(kStallMax.count()) + " seconds";
  }
}

bool Orchestrator::all_ended() const { return tickers_ended() && state_.publisher().phase == Phase::ended; }

bool Orchestrator::tickers_ended() const {
  return std::all_of(state_.participants.begin() + 1, state_.participants.end(), [](const Participant& ticker) {
    return ticker.phase == Phase::ended || ticker.phase == Phase::killed;
  });
}

std::string title_of(const FeedChoice& choice) {
  if (choice.kind == FeedChoice::Kind::random_walk) return "built-in market";
  const std::size_t slash = choice.path.rfind('/');
  return slash == std::string::npos ? choice.path : choice.path.substr(slash + 1);
}

// The whole feed is read once before anything starts: a file that cannot be used is refused before a row is published.
Result<FeedTotals> examine_feed(const FeedChoice& choice) {
  auto feed = open_feed(choice);
  if (!feed) return feed.error();
  auto totals = count_feed(**feed);
  const FeedProblems* problems = (*feed)->problems();
  if (problems != nullptr) {
    for (const auto& words : problems->words()) std::fprintf(stderr, "%s\n", words.c_str());
  }
  return totals;
}

int report_outcome(const DemoState& state) {
  const auto failures = find_failures(state);
  for (const auto& failure : failures) std::printf("FAILED  %s\n", failure.c_str());
  for (const auto& line : summary_lines(state)) std::printf("%s\n", line.c_str());
  if (std::fflush(stdout) != 0) {
    std::perror("stock_ticker: cannot write the summary");
    return 1;
  }
  return failures.empty() ? 0 : 1;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  auto totals = examine_feed(options.feed);
  if (!totals) {
    std::fprintf(stderr, "stock_ticker: %s\n", totals.error().message.c_str());
    return kFeedUnusable;
  }
  DemoState state(std::move(totals).value(), title_of(options.feed), Clock::now());
  const auto display = make_display();
  const auto stores = TemporaryFolder::make("stock-ticker");
  if (!stores) {
    std::fprintf(stderr, "stock_ticker: %s\n", stores.error().message.c_str());
    return 1;
  }
  end_when_interrupted();
  Orchestrator(options, stores->path(), state).run(*display);
  display->finish(state, Clock::now());
  return report_outcome(state);
}

}  // namespace ticker
