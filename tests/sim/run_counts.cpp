#include "tests/sim/run_counts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tests/sim/partings.hpp"

namespace hawser::sim {
namespace {

constexpr std::size_t kCompanionsMin = 3;
constexpr std::size_t kMassMin = 3;
constexpr std::uint64_t kOvertakenStartIds = 2;

constexpr std::array kNamedCounts{
    NamedCount{"published", &RunCounts::published},
    NamedCount{"delivered", &RunCounts::delivered},
    NamedCount{"retained", &RunCounts::retained},
    NamedCount{"gaps", &RunCounts::gaps},
    NamedCount{"starts", &RunCounts::starts},
    NamedCount{"crashes", &RunCounts::crashes},
    NamedCount{"leaves", &RunCounts::leaves},
    NamedCount{"pauses", &RunCounts::pauses},
    NamedCount{"cuts", &RunCounts::cuts},
    NamedCount{"partitions", &RunCounts::partitions},
    NamedCount{"mass-starts", &RunCounts::mass_starts},
    NamedCount{"mass-crashes", &RunCounts::mass_crashes},
    NamedCount{"clogs", &RunCounts::clogs},
    NamedCount{"held", &RunCounts::held},
    NamedCount{"slowed", &RunCounts::slowed},
    NamedCount{"clock-jumps", &RunCounts::clock_jumps},
    NamedCount{"clock-drifts", &RunCounts::clock_drifts},
    NamedCount{"partitions-amid-flush", &RunCounts::partitions_amid_flush},
    NamedCount{"partitions-amid-merge", &RunCounts::partitions_amid_merge},
    NamedCount{"writes-failed", &RunCounts::writes_failed},
    NamedCount{"writes-slow", &RunCounts::writes_slow},
    NamedCount{"writes-lost", &RunCounts::writes_lost},
    NamedCount{"stored-found", &RunCounts::stored_found},
    NamedCount{"differences", &RunCounts::differences},
    NamedCount{"stores-cut", &RunCounts::stores_cut},
    NamedCount{"datagrams", &RunCounts::datagrams},
    NamedCount{"lost", &RunCounts::lost},
    NamedCount{"overflowed", &RunCounts::overflowed},
    NamedCount{"views", &RunCounts::views},
    NamedCount{"matches", &RunCounts::matches},
    NamedCount{"publishers-held", &RunCounts::publishers_held},
    NamedCount{"declared", &RunCounts::declared},
    NamedCount{"declared-otherwise", &RunCounts::declared_otherwise},
    NamedCount{"moves-of-3", &RunCounts::moves_of_three},
    NamedCount{"cuts-differed", &RunCounts::cuts_differed},
    NamedCount{"joins", &RunCounts::joins},
    NamedCount{"merges", &RunCounts::merges},
    NamedCount{"splits", &RunCounts::splits},
    NamedCount{"group-views", &RunCounts::group_views},
    NamedCount{"switches", &RunCounts::switches},
    NamedCount{"switches-amid-loss", &RunCounts::switches_amid_loss},
    NamedCount{"switches-amid-newcomers", &RunCounts::switches_amid_newcomers},
    NamedCount{"bulk-overtaken", &RunCounts::bulk_overtaken},
    NamedCount{"causal", &RunCounts::causal},
    NamedCount{"light-ordered", &RunCounts::light_ordered},
    NamedCount{"safe", &RunCounts::safe},
    NamedCount{"safe-as-total", &RunCounts::safe_as_total},
    NamedCount{"gbcast", &RunCounts::gbcast},
    NamedCount{"lineages-lost", &RunCounts::lineages_lost},
    NamedCount{"overtaken", &RunCounts::overtaken},
    NamedCount{"completed", &RunCounts::completed},
    NamedCount{"skipped", &RunCounts::skipped},
    NamedCount{"crashes-amid", &RunCounts::crashes_amid_change},
    NamedCount{"joins-amid", &RunCounts::joins_amid_change},
    NamedCount{"repairs", &RunCounts::repairs},
    NamedCount{"primaries", &RunCounts::primaries},
    NamedCount{"attempts-cut-short", &RunCounts::attempts_cut_short},
    NamedCount{"slow", &RunCounts::slow_members},
    NamedCount{"ahead", &RunCounts::packets_ahead},
    NamedCount{"cuts-ahead", &RunCounts::cuts_ahead},
    NamedCount{"for-others", &RunCounts::repairs_for_others},
    NamedCount{"evictions", &RunCounts::evictions},
    NamedCount{"exclusions", &RunCounts::exclusions},
    NamedCount{"unprovoked", &RunCounts::exclusions_unprovoked},
    NamedCount{"parted-unprovoked", &RunCounts::partings_unprovoked},
    NamedCount{"fences", &RunCounts::fences},
    NamedCount{"fences-unprovoked", &RunCounts::fences_unprovoked},
    NamedCount{"settle-ms", &RunCounts::settle_ms},
};

// Views whose change was overtaken before it let a new node in, while three or more came along.
std::uint64_t joins_amid_change(const World& world) {
  std::set<ViewId> overtaken;
  std::set<ViewId> with_fresh;
  for (const auto& process : world.processes()) {
    const View* before = nullptr;
    for (const TraceEvent& event : process->events) {
      const auto* seen = std::get_if<trace::HeavyView>(&event.what);
      if (seen == nullptr || seen->group != kControlGroup) continue;
      const auto start_id = [&](const View& view) { return view.start_ids[view.rank_of(process->node).value()].value; };
      if (before == nullptr) {
        with_fresh.insert(seen->view.id);
      } else if (start_id(seen->view) >= start_id(*before) + kOvertakenStartIds &&
                 seen->transitional.size() >= kCompanionsMin) {
        overtaken.insert(seen->view.id);
      }
      before = &seen->view;
    }
  }
  return static_cast<std::uint64_t>(
      std::count_if(overtaken.begin(), overtaken.end(), [&](const ViewId& view) { return with_fresh.contains(view); }));
}

// Instants at which so many struck that it is a mass; the begin of a run is none.
std::uint64_t count_masses(const FaultDriver& faults, Fault::Kind kind) {
  std::map<Instant, std::size_t> at;
  for (const FaultDriver::Struck& struck : faults.log()) {
    if (struck.fault.kind == kind && struck.at > Instant{}) ++at[struck.at];
  }
  return static_cast<std::uint64_t>(
      std::count_if(at.begin(), at.end(), [](const auto& entry) { return entry.second >= kMassMin; }));
}

void count_faults(const FaultDriver& faults, RunCounts& counts) {
  counts.starts = faults.struck(Fault::Kind::start);
  counts.leaves = faults.struck(Fault::Kind::leave);
  counts.pauses = faults.struck(Fault::Kind::pause);
  counts.cuts = faults.struck(Fault::Kind::cut);
  counts.partitions = faults.struck(Fault::Kind::partition);
  counts.mass_starts = count_masses(faults, Fault::Kind::start);
  counts.mass_crashes = count_masses(faults, Fault::Kind::crash);
  counts.clogs = faults.struck(Fault::Kind::clog);
  counts.slowed = faults.struck(Fault::Kind::slow);
  counts.clock_jumps = faults.struck(Fault::Kind::jump);
  counts.clock_drifts = faults.struck(Fault::Kind::drift);
  counts.partitions_amid_flush = faults.partitions_amid(Fault::Amid::flush);
  counts.partitions_amid_merge = faults.partitions_amid(Fault::Amid::merge);
}

bool has_ended(const World& world, const NodeId& node, Instant at) {
  const auto& processes = world.processes();
  const auto found = std::find_if(processes.begin(), processes.end(), [&](const auto& p) { return p->node == node; });
  return found != processes.end() && (*found)->ended <= at;
}

void count_machines(const NodeCounters& counters, RunCounts& counts) {
  counts.views += counters.views_installed;
  counts.group_views += counters.group_views_installed;
  counts.overtaken += counters.start_changes_overtaken;
  counts.completed += counters.views_completed;
  counts.skipped += counters.views_skipped;
  counts.repairs += counters.packets_repaired;
  counts.slow_members += counters.slow_members;
  counts.repairs_for_others += counters.repairs_for_others;
  counts.primaries += counters.primaries;
  counts.attempts_cut_short += counters.attempts_cut_short;
  counts.packets_ahead += counters.packets_ahead;
  counts.cuts_ahead += counters.cuts_ahead;
  counts.fences += counters.self_fences;
}

void count_site(const SimNode& site, RunCounts& counts) {
  counts.overflowed += site.datagrams_overflowed();
  counts.writes_failed += site.disk_counts().failed;
  counts.writes_slow += site.disk_counts().slow;
  counts.writes_lost += site.disk_counts().restarts_lost;
  counts.stored_found += site.store().counts().found;
  counts.stores_cut += site.store().counts().cut;
}

void count_application(const Application::Counts& application, RunCounts& counts) {
  counts.delivered += application.delivered;
  counts.retained += application.retained;
  counts.gaps += application.gaps;
  counts.lineages_lost += application.lineages_lost;
  counts.matches += application.matches;
  counts.publishers_held += application.holds;
  counts.declared += application.declared;
  counts.differences += application.differences;
  counts.declared_otherwise += application.conflicts;
}

}  // namespace

void RunCounts::add(const RunCounts& other) {
  for (const NamedCount& named : kNamedCounts) this->*named.count += other.*named.count;
}

std::span<const NamedCount> named_counts() { return kNamedCounts; }

RunCounts count_run(const World& world, const FaultDriver& faults) {
  RunCounts counts;
  counts.published = world.ledger().total();
  count_faults(faults, counts);
  counts.held = world.network().held();
  counts.datagrams = world.network().sent();
  counts.lost = world.network().lost();
  for (const auto& process : world.processes()) {
    if (process->end == Process::End::crashed) ++counts.crashes;
    counts.crashes_amid_change += process->changes_joined_by_crash;
    count_application(process->application->counts(), counts);
    for (const Process::Failure& failure : process->failures) {
      if (failure.what.cause == PeerFailed::Cause::slow) ++counts.evictions;
      if (failure.what.cause != PeerFailed::Cause::silence || has_ended(world, failure.what.node, failure.at)) continue;
      ++counts.exclusions;
      if (!faults.provoked(failure.at)) ++counts.exclusions_unprovoked;
    }
  }
  for (Site site = 0; site < world.size(); ++site) count_site(world.at(site), counts);
  for (const auto& process : world.processes()) count_machines(process->counters, counts);
  counts.fences_unprovoked = counts.fences - std::min(counts.fences, counts.pauses + faults.clocks_jumped());
  counts.joins_amid_change = joins_amid_change(world);
  counts.partings_unprovoked = count_unprovoked_partings(world, faults);
  return counts;
}

void add_coverage(const check::CoverageCounts& coverage, RunCounts& counts) {
  counts.moves_of_three += coverage.moves_of_three;
  counts.cuts_differed += coverage.cuts_differed_of_three;
  counts.joins += coverage.joins_of_three;
  counts.merges += coverage.merges;
  counts.splits += coverage.splits;
  counts.bulk_overtaken += coverage.bulk_overtaken;
  counts.causal += coverage.causal;
  counts.light_ordered += coverage.light_ordered;
  counts.safe += coverage.safe;
  counts.safe_as_total += coverage.safe_as_total;
  counts.gbcast += coverage.gbcast;
  counts.switches += coverage.light_switches;
  counts.switches_amid_loss += coverage.switches_amid_loss;
  counts.switches_amid_newcomers += coverage.switches_amid_newcomers;
}

}  // namespace hawser::sim
