#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "examples/stock_ticker/comparer.hpp"
#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "examples/stock_ticker/line_pipe.hpp"
#include "examples/stock_ticker/role_bus.hpp"
#include "examples/stock_ticker/roles.hpp"
#include "hawser/bus.hpp"

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Result;
using hawser::Status;

constexpr std::size_t kQuotesMax = 8;  // More would not fit the table's line.
// Of each topic so many rows outlive whoever has a store: far more than a ticker misses that is started again.
constexpr hawser::TopicOptions kKept{.history = {.messages = 500}, .durability = hawser::Durability::retained};

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

class Ticker {
 public:
  Ticker(const Feed& feed, const FeedIndex& rows, std::vector<std::string> topics)
      : feed_(feed), topics_(std::move(topics)), comparer_(rows) {}

  Status run(hawser::Bus bus, ReportReader& orders);

 private:
  Status declare_topics(hawser::Bus& bus);
  hawser::Handlers handlers();
  void tell_once_synced(const hawser::Bus& bus);
  void tell_progress(const char* word, const hawser::Bus& bus);
  [[nodiscard]] std::string quotes() const;

  const Feed& feed_;
  const std::vector<std::string> topics_;
  bool told_synced_ = false;

  mutable std::mutex mutex_;  // guards what follows: the handlers run on a thread of the bus
  StreamComparer comparer_;
  std::uint64_t gaps_ = 0;
  std::uint64_t received_ = 0;  // of the topics' states
};

Status Ticker::run(hawser::Bus bus, ReportReader& orders) {
  auto subscription = bus.subscribe(topics_, handlers());
  if (!subscription) return subscription.error();
  if (Status declared = declare_topics(bus); !declared) return declared;
  while (true) {
    for (const Report& order : orders.read(kReportInterval)) {
      if (order.word() != "finish") continue;
      tell_progress("final", bus);
      return bus.leave(kPatience);
    }
    if (orders.at_end()) return Error{Errc::closed, "the orchestrator is gone"};
    tell_once_synced(bus);
    tell_progress("progress", bus);
  }
}

Status Ticker::declare_topics(hawser::Bus& bus) {
  for (const std::string& topic : topics_) {
    if (Status declared = bus.declare(topic, kKept, kPatience); !declared) return declared;
  }
  return hawser::Ok{};
}

hawser::Handlers Ticker::handlers() {
  return {.on_message =
              [this](const hawser::Message& message) {
                const std::lock_guard lock(mutex_);
                comparer_.on_message(message.topic, message.number, message.text(), message.retained);
              },
          .on_synced =
              [this](const hawser::Synced& synced) {
                const std::lock_guard lock(mutex_);
                comparer_.on_synced(synced.topic, synced.retained_messages, synced.state_lost);
                received_ += synced.received_messages;
              },
          .on_gap =
              [this](const hawser::Gap& gap) {
                const std::lock_guard lock(mutex_);
                if (gap.cause != hawser::Gap::Cause::partition) ++gaps_;
                // What a partition cost shows in the stream. Without a number the topic is joined anew.
                if (gap.messages == 0) comparer_.on_joining_anew(gap.topic);
              }};
}

void Ticker::tell_once_synced(const hawser::Bus& bus) {
  const std::lock_guard lock(mutex_);
  if (told_synced_ || comparer_.counts().topics_synced < topics_.size()) return;
  told_synced_ = true;
  tell(Report("synced").with("name", bus.name()));
}

void Ticker::tell_progress(const char* word, const hawser::Bus& bus) {
  const std::uint64_t filtered = bus.statistics().filtered;
  const std::lock_guard lock(mutex_);
  const StreamCounts& counts = comparer_.counts();
  tell(Report(word)
           .with("delivered", counts.delivered)
           .with("state_topics", counts.state_topics)
           .with("topics_synced", counts.topics_synced)
           .with("topics_heard", counts.topics_heard)
           .with("lost", counts.lost)
           .with("duplicated", counts.duplicated)
           .with("altered", counts.altered)
           .with("wrong_state", counts.wrong_state)
           .with("outstanding", comparer_.outstanding())
           .with("received", received_)
           .with("filtered", filtered)
           .with("gaps", gaps_)
           .with("fault", comparer_.first_fault())
           .with("quotes", quotes()));
}

std::string Ticker::quotes() const {
  std::string list;
  for (std::size_t i = 0; i < topics_.size() && i < kQuotesMax; ++i) {
    const auto price = feed_.price_of(comparer_.newest_row(topics_[i]));
    if (!price.empty()) list += topics_[i] + ':' + std::string(price) + ',';
  }
  return list;
}

Result<std::vector<std::string>> wait_for_topics(ReportReader& orders) {
  while (!orders.at_end()) {
    for (const Report& order : orders.read(kPatience)) {
      if (order.word() == "listen") return split_at_commas(order.text("topics"));
    }
  }
  return Error{Errc::closed, "the orchestrator is gone"};
}

Status run_ticker_checked(const DemoOptions& options) {
  ReportReader orders(STDIN_FILENO);
  auto topics = wait_for_topics(orders);
  if (!topics) return topics.error();
  auto feed = open_feed(options.feed);
  if (!feed) return feed.error();
  const auto rows = index_feed(**feed, *topics);
  if (!rows) return rows.error();
  tell(Report("joining"));
  // Before the bus, so that it outlives the handlers.
  Ticker ticker(**feed, *rows, *std::move(topics));
  auto bus = hawser::Bus::join(bus_options(options));
  if (!bus) return bus.error();
  return ticker.run(std::move(bus).value(), orders);
}

}  // namespace

int run_ticker(const DemoOptions& options) {
  const Status done = run_ticker_checked(options);
  return done ? 0 : tell_failure(done.error().message);
}

}  // namespace ticker
