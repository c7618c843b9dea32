#include "tests/bench/patterns.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "lwg/pattern_index.hpp"
#include "pubsub-api/src/session/pattern_subscriptions.hpp"
#include "tests/bench/statistics.hpp"
#include "transport/core/rng.hpp"

namespace hawser::bench {
namespace {

using Nanoseconds = std::vector<std::int64_t>;

constexpr std::size_t kTopicsMatched = 10'000;

template <typename Work>
std::int64_t time_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return (std::chrono::steady_clock::now() - start) / std::chrono::nanoseconds{1};
}

/// Names as of a market: "market.depth.S1234.bid".
class Subjects {
 public:
  Subjects(std::uint32_t count, std::uint64_t seed) : symbols_(std::max(count / 8, 1U)), rng_(seed) {}

  std::string topic() {
    static const char* const kKinds[] = {"depth", "trade", "quote", "news"};
    static const char* const kSides[] = {"bid", "ask"};
    return std::string{"market."} + kKinds[rng_.below(4)] + ".S" + std::to_string(rng_.below(symbols_)) + "." +
           kSides[rng_.below(2)];
  }
  /// Half of them with one star, the others with two, with all the rest, and beginnings.
  Pattern pattern() {
    const std::string symbol = "S" + std::to_string(rng_.below(symbols_));
    switch (rng_.below(6)) {
      case 0:
      case 1: return Pattern::parse("market.*." + symbol + ".bid").value();
      case 2: return Pattern::parse("market.trade." + symbol + ".*").value();
      case 3: return Pattern::parse("market.*." + symbol + ".*").value();
      case 4: return Pattern::parse("market.depth." + symbol + ".>").value();
      default: return Pattern::prefix("market.quote." + symbol).value();
    }
  }

 private:
  std::uint64_t symbols_;
  Rng rng_;
};

struct Figure {
  std::int64_t p50_ns = 0;
  std::int64_t p99_ns = 0;
  std::size_t matches = 0;
};

Figure figure_of(Nanoseconds& times, std::size_t matches) {
  return {percentile(times, 50), percentile(times, 99), matches};
}

// Every owner has one pattern.
Figure topic_against(std::uint32_t patterns, std::uint64_t seed) {
  Subjects subjects{patterns, seed};
  PatternIndex<SubscriberId> index;
  for (std::uint64_t i = 1; i <= patterns; ++i) index.add(subjects.pattern(), SubscriberId{i});
  Nanoseconds times;
  std::size_t matches = 0;
  for (std::size_t i = 0; i < kTopicsMatched; ++i) {
    const std::string topic = subjects.topic();
    times.push_back(time_of([&] { matches += index.match(topic).size(); }));
  }
  return figure_of(times, matches / kTopicsMatched);
}

// As a node does when a pattern is in force: all names of its directory, in steps; the time is that of all steps.
Figure pattern_against(std::uint32_t topics, std::uint64_t seed) {
  constexpr std::size_t kPatterns = 20;
  Subjects subjects{topics, seed};
  Directory directory;
  const LightMembers members{{NodeId{{1}, {}}, Role::subscriber}};
  for (std::uint64_t i = 1; i <= topics; ++i) {
    std::string name = subjects.topic() + "." + std::to_string(i);
    if (!directory.restore(LightGroupId{i}, {std::move(name), GroupId{1}, {}, members})) return {};
  }
  Nanoseconds times;
  std::size_t matches = 0;
  for (std::uint64_t i = 1; i <= kPatterns; ++i) {
    PatternSubscriptions patterns;
    const Pattern pattern = subjects.pattern();
    patterns.add(SubscriberId{i}, {pattern});
    patterns.on_watched(pattern);
    times.push_back(time_of([&] {
      while (patterns.is_scanning()) matches += patterns.scan(directory).size();
    }));
  }
  return figure_of(times, matches / kPatterns);
}

void report(const char* what, std::uint32_t count, const std::vector<Figure>& rounds, Output& output) {
  std::vector<double> p50;
  std::vector<double> p99;
  for (const Figure& figure : rounds) {
    p50.push_back(static_cast<double>(figure.p50_ns) / 1e3);
    p99.push_back(static_cast<double>(figure.p99_ns) / 1e3);
  }
  const std::size_t matches = rounds.front().matches;
  output.figure(
      {{"figure", what}, {"count", count}, {"p50_us", median(p50)}, {"p99_us", median(p99)}, {"matches", matches}});
  output.text(format("  %-24s %8u %10.2f %10.2f %9zu", what, count, median(p50), median(p99), matches));
}

}  // namespace

void add_patterns_options(CLI::App& command, PatternsPlan& plan) {
  command.add_option("--counts", plan.counts, "of patterns, and of topics")
      ->delimiter(',')
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  command.add_option("--rounds", plan.rounds, "of which the median counts")
      ->check(CLI::Range(1U, 1000U))
      ->capture_default_str();
  command.add_option("--seed", plan.seed, "of names and patterns")->capture_default_str();
}

Status measure_patterns(const PatternsPlan& plan, Output& output) {
  output.text(format("\nMatching, %u rounds\n  %-24s %8s %10s %10s %9s", plan.rounds, "", "count", "us: p50", "p99",
                     "matches"));
  for (const std::uint32_t count : plan.counts) {
    std::vector<Figure> topic_rounds;
    std::vector<Figure> pattern_rounds;
    for (std::uint32_t round = 0; round < plan.rounds; ++round) {
      output.progress(format("%u, round %u", count, round + 1));
      topic_rounds.push_back(topic_against(count, plan.seed + round));
      pattern_rounds.push_back(pattern_against(count, plan.seed + round));
    }
    report("topic against patterns", count, topic_rounds, output);
    report("pattern against topics", count, pattern_rounds, output);
  }
  return Ok{};
}

}  // namespace hawser::bench
