#include "tests/bench/slow.hpp"

#include <map>
#include <utility>

#include "tests/bench/orders.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_cases.hpp"
#include "tests/bench/wrong_messages.hpp"

namespace hawser::bench {
namespace {

/// What the others should keep of their rate from the warning on.
constexpr double kKeptAim = 0.95;

/// Of all rounds; ratios are to the same round's run without a slow member.
struct SlowRounds {
  std::vector<double> before;
  std::vector<double> waiting;
  std::vector<double> kept;
  std::vector<double> after;
  std::vector<double> all;
  std::vector<double> all_to_one_less;
  std::vector<double> messages_per_second;
  std::vector<double> warned_ms;
  std::vector<double> flowing_ms;
  std::vector<double> evicted_ms;
  std::map<std::string, int> causes;
  StreamCounts sum;

  void add(const SlowRun& run, const SlowRates& well, const SlowRates& one_less) {
    before.push_back(run.rates.before / well.before);
    waiting.push_back(run.rates.waiting / well.all);
    kept.push_back(run.rates.kept / well.all);
    after.push_back(run.rates.after / well.all);
    all.push_back(run.rates.all / well.all);
    all_to_one_less.push_back(run.rates.all / one_less.all);
    messages_per_second.push_back(run.rates.all);
    if (run.times.warned_ms) warned_ms.push_back(*run.times.warned_ms);
    if (run.times.flowing_ms) flowing_ms.push_back(*run.times.flowing_ms);
    if (run.times.evicted_ms) evicted_ms.push_back(*run.times.evicted_ms);
    if (!run.times.cause.empty()) ++causes[run.times.cause];
    sum += run.counts;
  }
};

std::string causes_in_words(const std::map<std::string, int>& causes) {
  std::string words;
  for (const auto& [cause, times] : causes) words += (words.empty() ? "" : ", ") + cause;
  return words.empty() ? "–" : words;
}

void report_json(Slowness how, const SlowRounds& rounds, const SlowPlan& plan, Output& output) {
  output.figure({{"figure", "slow member"},
                 {"how", to_string(how)},
                 {"members", plan.members},
                 {"order", plan.order},
                 {"hosts", plan.hosts},
                 {"payload_bytes", plan.payload_bytes},
                 {"rounds", plan.rounds},
                 {"seconds", plan.seconds},
                 {"messages_per_second", median(rounds.messages_per_second)},
                 {"before_ratio", median(rounds.before)},
                 {"waiting_ratio", median(rounds.waiting)},
                 {"kept_ratio", median(rounds.kept)},
                 {"kept_aim", kKeptAim},
                 {"after_ratio", median(rounds.after)},
                 {"all_ratio", median(rounds.all)},
                 {"all_ratio_min", least(rounds.all)},
                 {"all_ratio_max", greatest(rounds.all)},
                 {"all_ratio_to_one_less", median(rounds.all_to_one_less)},
                 {"warned", rounds.warned_ms.size()},
                 {"warned_ms", median(rounds.warned_ms)},
                 {"flowing_ms", median(rounds.flowing_ms)},
                 {"evicted", rounds.evicted_ms.size()},
                 {"evicted_ms", median(rounds.evicted_ms)},
                 {"causes", rounds.causes},
                 {"lost", rounds.sum.lost},
                 {"wrong", rounds.sum.wrong()}});
}

// Nothing of a part of the run that there was not.
std::string ratio_in_words(const std::vector<double>& ratios) {
  const double ratio = median(ratios);
  return ratio == 0 ? "–" : format("%.2f", ratio);
}

// Nothing of a time that no round had.
std::string ms_in_words(const std::vector<double>& ms) { return ms.empty() ? "–" : format("%.0f", median(ms)); }

void report(Slowness how, const SlowRounds& rounds, const SlowPlan& plan, Output& output) {
  report_json(how, rounds, plan, output);
  output.text(format("  %-8s %6.0f k/s %6s %7s %6s %6s %6s %9s   %6s %7s %7s  %s", std::string{to_string(how)}.c_str(),
                     median(rounds.messages_per_second) / 1e3, ratio_in_words(rounds.before).c_str(),
                     ratio_in_words(rounds.waiting).c_str(), ratio_in_words(rounds.kept).c_str(),
                     ratio_in_words(rounds.after).c_str(), ratio_in_words(rounds.all).c_str(),
                     ratio_in_words(rounds.all_to_one_less).c_str(), ms_in_words(rounds.warned_ms).c_str(),
                     ms_in_words(rounds.flowing_ms).c_str(), ms_in_words(rounds.evicted_ms).c_str(),
                     causes_in_words(rounds.causes).c_str()));
}

// Of a part of the run that there was.
void report_aim(Slowness how, const SlowRounds& rounds, Output& output) {
  const double kept = median(rounds.kept);
  if (kept == 0) return;
  output.text(format("  %-4s %8.2f  %s, kept: %.2f or more", kept >= kKeptAim ? "met" : "NOT", kept,
                     std::string{to_string(how)}.c_str(), kKeptAim));
}

void report_head(const SlowPlan& plan, Output& output) {
  output.text(format("\nA slow member of %u, heavy-weight group, %s, %zu B%s, %u rounds of %g and %g s", plan.members,
                     std::string{name_of(plan.order)}.c_str(), plan.payload_bytes, place_in_words(plan.hosts).c_str(),
                     plan.rounds, plan.seconds_before, plan.seconds));
  output.text(
      "  how      others' rate ÷ nobody slow: before, waiting, kept, after, all   ÷ one less   ms to warning, "
      "flowing, evicted");
}

Result<SlowRun> run(const SlowPlan& plan, Slowness how, std::uint32_t round, const hosts::Lab* lab, Output& output) {
  output.progress(format("slow member, round %u of %u: %s", round, plan.rounds, std::string{to_string(how)}.c_str()));
  return run_slow(plan, how, lab);
}

}  // namespace

std::string_view to_string(Slowness slowness) {
  switch (slowness) {
    case Slowness::none: return "none";
    case Slowness::absent: return "absent";
    case Slowness::stopped: return "stopped";
    case Slowness::duty: return "duty";
  }
  return "?";
}

Status measure_slow(const SlowPlan& plan, Output& output) {
  const auto lab = place_for(plan.hosts, plan.members);
  if (!lab) return lab.error();
  std::vector<Slowness> kinds{Slowness::absent};
  kinds.insert(kinds.end(), plan.how.begin(), plan.how.end());
  std::map<Slowness, SlowRounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    const auto well = run(plan, Slowness::none, round, lab->get(), output);
    if (!well) return well.error();
    SlowRates one_less;
    for (const Slowness how : kinds) {
      const auto one = run(plan, how, round, lab->get(), output);
      if (!one) return one.error();
      if (how == Slowness::absent) one_less = one->rates;
      rounds[how].add(one.value(), well->rates, one_less);
    }
    rounds[Slowness::none].add(well.value(), well->rates, one_less);
  }
  report_head(plan, output);
  std::uint64_t wrong = 0;
  for (const auto& [how, sums] : rounds) {
    report(how, sums, plan, output);
    wrong += sums.sum.wrong();
  }
  for (const Slowness how : plan.how) report_aim(how, rounds.at(how), output);
  return nothing_is_wrong(wrong);
}

}  // namespace hawser::bench
