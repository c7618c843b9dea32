#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/line_pipe.hpp"
#include "examples/stock_ticker/role_bus.hpp"
#include "examples/stock_ticker/roles.hpp"
#include "hawser/bus.hpp"

namespace ticker {
namespace {

using Clock = std::chrono::steady_clock;
using hawser::Errc;
using hawser::Error;
using hawser::Ok;
using hawser::Result;
using hawser::Status;
using std::chrono::milliseconds;

class Publisher {
 public:
  Publisher(hawser::Bus bus, std::unique_ptr<Feed> feed, Pace pace)
      : bus_(std::move(bus)), feed_(std::move(feed)), pace_(pace) {}

  Status run();

 private:
  // So many rows between two looks at the orchestrator's orders.
  static constexpr int kRowsAtOnce = 256;

  Status obey(const Report& order);
  Status publish_due_rows();
  Result<bool> publish_one();
  Result<bool> wait_for_room();
  [[nodiscard]] bool is_waiting_for_clock() const;
  [[nodiscard]] milliseconds time_to_next() const;
  [[nodiscard]] Clock::time_point due(const Row& row) const;
  void tell_progress(const char* word);

  hawser::Bus bus_;
  std::unique_ptr<Feed> feed_;
  Pace pace_;
  std::optional<Row> pending_;
  std::uint64_t published_ = 0;
  std::uint64_t limit_ = 0;
  Clock::time_point started_;
  std::optional<Clock::time_point> blocked_since_;
  Clock::time_point next_report_;
  bool finished_ = false;
};

Status Publisher::run() {
  tell(Report("ready").with("name", bus_.name()));
  ReportReader orders(STDIN_FILENO);
  while (!finished_) {
    for (const Report& order : orders.read(time_to_next())) {
      if (auto obeyed = obey(order); !obeyed) return obeyed;
    }
    if (orders.at_end()) return Error{Errc::closed, "the orchestrator is gone"};
    if (auto published = publish_due_rows(); !published) return published;
    if (Clock::now() >= next_report_) tell_progress("progress");
  }
  tell_progress("final");
  return bus_.leave(kPatience);
}

Status Publisher::obey(const Report& order) {
  if (order.word() == "until") {
    if (limit_ == 0) started_ = Clock::now();
    limit_ = order.number("rows");
  } else if (order.word() == "flush") {
    if (auto flushed = bus_.flush(kPatience); !flushed) return flushed;
    tell_progress("flushed");
  } else if (order.word() == "finish") {
    finished_ = true;
  }
  return Ok{};
}

Status Publisher::publish_due_rows() {
  for (int i = 0; i < kRowsAtOnce && published_ < limit_; ++i) {
    const auto published = publish_one();
    if (!published) return published.error();
    if (!*published) break;
  }
  return Ok{};
}

// True where the next row is out; false where it is not due yet, or there is no room for it.
Result<bool> Publisher::publish_one() {
  if (!pending_) {
    auto row = feed_->next();
    if (!row) return row.error();
    if (!row->has_value()) return Error{Errc::bad_data, "the feed has fewer rows than a moment ago"};
    pending_ = **row;
  }
  if (is_waiting_for_clock()) return false;
  const auto number = bus_.publish(pending_->topic, pending_->text);
  if (!number && number.error().code == Errc::would_block) return wait_for_room();
  if (!number) return number.error();
  blocked_since_.reset();
  pending_.reset();
  ++published_;
  return true;
}

Result<bool> Publisher::wait_for_room() {
  const auto now = Clock::now();
  if (!blocked_since_) blocked_since_ = now;
  if (now - *blocked_since_ > kPatience) return Error{Errc::timeout, "the bus had no room for a row for 10 seconds"};
  return false;
}

bool Publisher::is_waiting_for_clock() const { return !pace_.max && pending_ && Clock::now() < due(*pending_); }

Clock::time_point Publisher::due(const Row& row) const {
  const std::chrono::duration<double, std::nano> scaled(static_cast<double>(row.at.count()) / pace_.speed);
  return started_ + std::chrono::duration_cast<Clock::duration>(scaled);
}

milliseconds Publisher::time_to_next() const {
  if (published_ == limit_) return kReportInterval;
  if (blocked_since_) return milliseconds{1};
  if (!is_waiting_for_clock()) return milliseconds{0};
  const auto wait = std::chrono::ceil<milliseconds>(due(*pending_) - Clock::now());
  return std::clamp(wait, milliseconds{0}, kReportInterval);
}

void Publisher::tell_progress(const char* word) {
  next_report_ = Clock::now() + kReportInterval;
  const hawser::Statistics statistics = bus_.statistics();
  tell(Report(word)
           .with("published", published_)
           .with("views", statistics.views_installed)
           .with("light", statistics.light_groups)
           .with("heavy", statistics.heavy_groups)
           .with("switches", statistics.moves)
           .with("pacing", published_ < limit_ && is_waiting_for_clock()));
}

}  // namespace

int run_publisher(const DemoOptions& options) {
  auto feed = open_feed(options.feed);
  if (!feed) return tell_failure(feed.error().message);
  auto bus = hawser::Bus::join(bus_options(options));
  if (!bus) return tell_failure(bus.error().message);
  const Status done = Publisher(std::move(bus).value(), std::move(feed).value(), options.pace).run();
  return done ? 0 : tell_failure(done.error().message);
}

}  // namespace ticker
