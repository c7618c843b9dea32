// What the notes of a run with a slow member come to.
#include <algorithm>

#include "tests/bench/slow.hpp"

namespace hawser::bench {
namespace {

constexpr std::int64_t kNs_per_ms = 1'000'000;
/// Its first part finds empty queues and cold caches.
constexpr std::int64_t kWarmUp_ns = 500 * kNs_per_ms;
constexpr std::int64_t kWindow_ns = 20 * kNs_per_ms;
constexpr double kFlowingShare = 0.5;

double slowest(const std::vector<Progress>& others, std::int64_t from_ns, std::int64_t to_ns) {
  double least = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const double rate = others[i].messages_per_second(from_ns, to_ns);
    least = i == 0 ? rate : std::min(least, rate);
  }
  return least;
}

std::int64_t began_ns(const std::vector<Progress>& others) {
  std::int64_t began = 0;
  for (const Progress& one : others) began = std::max(began, one.began_ns());
  return began + kWarmUp_ns;
}

std::int64_t ended_ns(const std::vector<Progress>& others) {
  std::int64_t ended = others.empty() ? 0 : others.front().ended_ns();
  for (const Progress& one : others) ended = std::min(ended, one.ended_ns());
  return ended;
}

std::optional<std::int64_t> first_after(const std::vector<DiaryEntry>& diary, std::int64_t since_ns, auto is_it) {
  for (const DiaryEntry& entry : diary) {
    if (entry.at_ns >= since_ns && is_it(entry)) return entry.at_ns;
  }
  return std::nullopt;
}

// At the last of the others; nothing where one of them never had it.
std::optional<std::int64_t> evicted_ns(const std::vector<std::vector<DiaryEntry>>& diaries, std::uint32_t members,
                                       std::int64_t struck_ns) {
  std::optional<std::int64_t> last;
  for (const auto& diary : diaries) {
    const auto at_ns = first_after(diary, struck_ns, [&](const DiaryEntry& entry) {
      return entry.what == "view" && entry.members == members - 1;
    });
    if (!at_ns) return std::nullopt;
    last = std::max(last.value_or(0), *at_ns);
  }
  return last;
}

// Who follows the others into a view is told nothing of why: so all are asked.
std::string first_cause(const std::vector<DiaryEntry>& sender, const std::vector<std::vector<DiaryEntry>>& diaries,
                        std::int64_t struck_ns, std::int64_t evicted_ns) {
  static constexpr std::string_view kPrefix = "failed: ";
  std::string cause;
  std::int64_t at_ns = evicted_ns + 1;
  const auto look = [&](const std::vector<DiaryEntry>& diary) {
    for (const DiaryEntry& entry : diary) {
      if (!entry.what.starts_with(kPrefix) || entry.at_ns < struck_ns || entry.at_ns >= at_ns) continue;
      cause = entry.what.substr(kPrefix.size());
      at_ns = entry.at_ns;
    }
  };
  look(sender);
  for (const auto& diary : diaries) look(diary);
  return cause;
}

// Of the first window in which one of them has less than its share; nothing where all flows on.
std::optional<std::int64_t> stalled_ns(const std::vector<Progress>& others, double rate, std::int64_t struck_ns) {
  for (std::int64_t from_ns = struck_ns; from_ns + kWindow_ns <= ended_ns(others); from_ns += kWindow_ns / 2) {
    if (slowest(others, from_ns, from_ns + kWindow_ns) < rate) return from_ns;
  }
  return std::nullopt;
}

std::optional<std::int64_t> flowing_ns(const std::vector<Progress>& others, std::int64_t struck_ns) {
  const double rate = slowest(others, began_ns(others), struck_ns) * kFlowingShare;
  const auto stalled = stalled_ns(others, rate, struck_ns);
  if (!stalled) return struck_ns;
  std::int64_t last = 0;
  for (const Progress& one : others) {
    const auto at_ns = one.first_at_rate(rate, *stalled, kWindow_ns);
    if (!at_ns) return std::nullopt;
    last = std::max(last, *at_ns);
  }
  return last;
}

std::optional<double> ms_since(std::int64_t struck_ns, std::optional<std::int64_t> at_ns) {
  if (!at_ns) return std::nullopt;
  return static_cast<double>(*at_ns - struck_ns) / kNs_per_ms;
}

}  // namespace

SlowTimes slow_times(const std::vector<Progress>& others, const std::vector<DiaryEntry>& sender,
                     const std::vector<std::vector<DiaryEntry>>& diaries, std::uint32_t members,
                     std::int64_t struck_ns) {
  SlowTimes times;
  const auto warned = first_after(sender, struck_ns, [](const DiaryEntry& entry) { return entry.what == "slow"; });
  times.warned_ms = ms_since(struck_ns, warned);
  times.flowing_ms = ms_since(struck_ns, flowing_ns(others, struck_ns));
  const auto evicted = evicted_ns(diaries, members, struck_ns);
  times.evicted_ms = ms_since(struck_ns, evicted);
  if (evicted) times.cause = first_cause(sender, diaries, struck_ns, *evicted);
  return times;
}

SlowRates slow_rates(const std::vector<Progress>& others, const SlowTimes& times, std::int64_t struck_ns) {
  const std::int64_t end_ns = ended_ns(others);
  const auto at_ns = [&](std::optional<double> ms) {
    return ms ? struck_ns + static_cast<std::int64_t>(*ms * kNs_per_ms) : end_ns;
  };
  const std::int64_t evicted_ns = at_ns(times.evicted_ms);
  const std::int64_t warned_ns = std::min(at_ns(times.warned_ms), evicted_ns);
  return {.before = slowest(others, began_ns(others), struck_ns),
          .waiting = slowest(others, struck_ns, warned_ns),
          .kept = slowest(others, warned_ns, evicted_ns),
          .after = slowest(others, evicted_ns, end_ns),
          .all = slowest(others, struck_ns, end_ns)};
}

}  // namespace hawser::bench
