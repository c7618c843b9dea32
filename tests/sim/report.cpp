#include "tests/sim/report.hpp"

#include <algorithm>
#include <cstdio>
#include <iomanip>

namespace hawser::sim {
namespace {

// A block has seen nothing of virtual synchrony where these never happened.
constexpr std::uint64_t RunCounts::* kMustHappen[] = {
    &RunCounts::cuts_differed,
    &RunCounts::repairs_for_others,
    &RunCounts::packets_ahead,
    &RunCounts::cuts_ahead,
    &RunCounts::primaries,
    &RunCounts::attempts_cut_short,
    &RunCounts::writes_failed,
    &RunCounts::writes_slow,
    &RunCounts::writes_lost,
    &RunCounts::stored_found,
    &RunCounts::differences,
    &RunCounts::stores_cut,
    &RunCounts::overtaken,
    &RunCounts::crashes_amid_change,
    &RunCounts::joins_amid_change,
    &RunCounts::merges,
    &RunCounts::completed,
    &RunCounts::bulk_overtaken,
    &RunCounts::matches,
    &RunCounts::publishers_held,
    &RunCounts::declared_otherwise,
    &RunCounts::light_ordered,
    &RunCounts::causal,
    &RunCounts::safe_as_total,
    &RunCounts::gbcast,
    &RunCounts::mass_starts,
    &RunCounts::mass_crashes,
    &RunCounts::held,
    &RunCounts::slowed,
    &RunCounts::evictions,
    &RunCounts::clock_jumps,
    &RunCounts::clock_drifts,
    &RunCounts::partitions_amid_flush,
    &RunCounts::partitions_amid_merge,
};
// At most so many in a thousand seeds may have any, in a smaller block one where any may: more of them would hide
// liveness bugs behind false alarms. Partings without a reason to be seen are not all bugs: who alone holds what a view
// ends with, and crashes when it has installed the next one, leaves the others parted: some 0.3 seeds of a thousand.
struct Bound {
  std::uint64_t RunCounts::* count;
  std::uint64_t seeds_permille;
};
constexpr Bound kMustBeRare[] = {
    {&RunCounts::exclusions_unprovoked, 10}, {&RunCounts::partings_unprovoked, 2}, {&RunCounts::fences_unprovoked, 0}};

std::string_view name_of(std::uint64_t RunCounts::* count) {
  const auto counts = named_counts();
  return std::find_if(counts.begin(), counts.end(), [&](const NamedCount& c) { return c.count == count; })->name;
}

}  // namespace

std::string seed_line(const RunResult& result) {
  std::string line = "seed " + std::to_string(result.seed);
  for (const NamedCount& named : named_counts()) {
    line += "  " + std::string{named.name} + " " + std::to_string(result.counts.*named.count);
  }
  char digest[17];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(result.digest));
  return line + "  digest " + digest;
}

void print_violations(const RunResult& result, const std::string& how_to_repeat, std::ostream& out) {
  for (const check::Violation& violation : result.violations) {
    out << "VIOLATION seed " << result.seed << ": " << violation.property << ": " << violation.what << "\n";
    for (const std::string& line : violation.around) out << "    " << line << "\n";
  }
  if (!result.violations.empty()) out << "repeat it by: " << how_to_repeat << "\n";
}

void BlockReport::add(const RunResult& result) {
  ++seeds_;
  if (!result.violations.empty()) ++broken_;
  total_.add(result.counts);
  for (const NamedCount& named : named_counts()) {
    if (result.counts.*named.count > 0) ++(seeds_with_.*named.count);
  }
  settle_ms_max_ = std::max(settle_ms_max_, result.counts.settle_ms);
  simulated_ += result.simulated;
}

std::vector<std::string> BlockReport::shortcomings() const {
  std::vector<std::string> found;
  if (seeds_ < kBlockMin) return found;
  for (const auto count : kMustHappen) {
    if (total_.*count == 0) found.push_back("never met: " + std::string{name_of(count)});
  }
  for (const Bound& bound : kMustBeRare) {
    const std::uint64_t with = seeds_with_.*bound.count;
    if (with <= (bound.seeds_permille * seeds_ + 999) / 1000) continue;
    found.push_back("too often: " + std::string{name_of(bound.count)} + " in " + std::to_string(with) + " seeds of " +
                    std::to_string(seeds_));
  }
  return found;
}

void BlockReport::print(std::chrono::duration<double> wall, std::chrono::duration<double> processor,
                        std::ostream& out) const {
  out << "in all:";
  for (const NamedCount& named : named_counts()) {
    if (named.count == &RunCounts::settle_ms) continue;
    out << "  " << named.name << " " << total_.*named.count << " (" << seeds_with_.*named.count << ")";
  }
  out << "\n(in brackets: in how many seeds)  settled within " << settle_ms_max_ << " ms\n";
  for (const std::string& shortcoming : shortcomings()) out << "SHORTCOMING " << shortcoming << "\n";
  const double simulated = std::chrono::duration<double>(simulated_).count();
  out << std::fixed << std::setprecision(1) << seeds_ << " seeds, " << broken_ << " with violations; simulated "
      << simulated / 3600 << " h in " << wall.count() << " s: " << std::setprecision(0) << simulated / wall.count()
      << " times real time, " << simulated / processor.count() << " on one core\n";
}

}  // namespace hawser::sim
