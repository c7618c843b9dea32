// What the strikes and the members' diaries of a detection run come to.
#include <algorithm>
#include <optional>

#include "tests/bench/detection.hpp"

namespace hawser::bench {
namespace {

constexpr std::string_view kFailed = "failed: ";

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::int64_t> first_ns(const Watch& watch, std::int64_t since_ns, auto is_it) {
  for (const DiaryEntry& entry : watch.diary) {
    if (entry.at_ns >= since_ns && is_it(entry)) return entry.at_ns - since_ns;
  }
  return std::nullopt;
}

// When it had been told of the last of them; nothing where of one it was told nothing.
std::optional<std::int64_t> told_ns(const Watch& survivor, const Strike& strike) {
  std::optional<std::int64_t> last;
  for (const std::string& node : strike.struck) {
    const auto told = first_ns(survivor, strike.at_ns, [&](const DiaryEntry& entry) {
      return entry.node == node && entry.what.starts_with(kFailed);
    });
    if (!told) return std::nullopt;
    last = std::max(last.value_or(0), *told);
  }
  return last;
}

std::optional<std::int64_t> view_ns(const Watch& survivor, const Strike& strike) {
  return first_ns(survivor, strike.at_ns, [&](const DiaryEntry& entry) {
    return entry.what == "view" && entry.members == strike.survivors.size();
  });
}

void add_last(const std::vector<std::int64_t>& all, std::size_t wanted, std::vector<std::int64_t>& to) {
  if (!all.empty() && all.size() == wanted) to.push_back(*std::max_element(all.begin(), all.end()));
}

void add(const Strike& strike, const std::vector<Watch>& watches, DetectionTimes& times) {
  std::vector<std::int64_t> told;
  std::vector<std::int64_t> views;
  for (const Watch& watch : watches) {
    if (!contains(strike.survivors, watch.node)) continue;
    const auto told_here_ns = told_ns(watch, strike);
    const auto view_here_ns = view_ns(watch, strike);
    if (told_here_ns) told.push_back(*told_here_ns);
    if (told_here_ns && watch.node == strike.same_host) times.same_host_ns.push_back(*told_here_ns);
    if (view_here_ns) views.push_back(*view_here_ns);
    if (!told_here_ns || !view_here_ns) ++times.missed;
  }
  times.each_ns.insert(times.each_ns.end(), told.begin(), told.end());
  if (!told.empty()) times.first_ns.push_back(*std::min_element(told.begin(), told.end()));
  add_last(told, strike.survivors.size(), times.last_ns);
  add_last(views, strike.survivors.size(), times.last_view_ns);
}

bool is_true(const std::vector<Strike>& strikes, const Suspicion& suspicion) {
  return std::any_of(strikes.begin(), strikes.end(), [&](const Strike& strike) {
    if (suspicion.at_ns < strike.at_ns) return false;
    const bool is_struck = contains(strike.struck, suspicion.of);
    if (strike.kind != StrikeKind::silent) return is_struck;
    return suspicion.at_ns <= strike.healed_ns && is_struck != contains(strike.struck, suspicion.by);
  });
}

}  // namespace

double heartbeat_ms_of(const DetectionPlan& plan) {
  return plan.heartbeat_ms > 0 ? plan.heartbeat_ms : plan.silence_ms / 16.0;
}

std::string_view to_string(StrikeKind kind) {
  switch (kind) {
    case StrikeKind::silent: return "silent host";
    case StrikeKind::killed: return "killed process";
    case StrikeKind::alone: break;
  }
  return "killed process that was alone";
}

DetectionTimes detection_times(StrikeKind kind, const std::vector<Strike>& strikes, const std::vector<Watch>& watches) {
  DetectionTimes times;
  for (const Strike& strike : strikes) {
    if (strike.kind != kind) continue;
    ++times.strikes;
    add(strike, watches, times);
  }
  return times;
}

std::vector<Suspicion> false_suspicions(const std::vector<Strike>& strikes, const std::vector<Watch>& watches,
                                        std::int64_t since_ns) {
  std::vector<Suspicion> wrong;
  for (const Watch& watch : watches) {
    for (const DiaryEntry& entry : watch.diary) {
      if (entry.at_ns < since_ns || !entry.what.starts_with(kFailed)) continue;
      Suspicion suspicion{watch.node, entry.node, entry.what.substr(kFailed.size()), entry.at_ns};
      if (!is_true(strikes, suspicion)) wrong.push_back(std::move(suspicion));
    }
  }
  std::sort(wrong.begin(), wrong.end(), [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
  return wrong;
}

}  // namespace hawser::bench
