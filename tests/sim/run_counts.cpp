#include "tests/sim/run_counts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace hawser::sim {
namespace {

constexpr std::size_t kCompanionsMin = 3;
constexpr std::uint64_t kOvertakenStartIds = 2;

constexpr std::array kNamedCounts{
    NamedCount{"published", &RunCounts::published},
    NamedCount{"refused", &RunCounts::refused},
    NamedCount{"delivered", &RunCounts::delivered},
    NamedCount{"retained", &RunCounts::retained},
    NamedCount{"gaps", &RunCounts::gaps},
    NamedCount{"starts", &RunCounts::starts},
    NamedCount{"crashes", &RunCounts::crashes},
    NamedCount{"leaves", &RunCounts::leaves},
    NamedCount{"pauses", &RunCounts::pauses},
    NamedCount{"cuts", &RunCounts::cuts},
    NamedCount{"partitions", &RunCounts::partitions},
    NamedCount{"datagrams", &RunCounts::datagrams},
    NamedCount{"lost", &RunCounts::lost},
    NamedCount{"overflowed", &RunCounts::overflowed},
    NamedCount{"views", &RunCounts::views},
    NamedCount{"cuts-differed", &RunCounts::cuts_differed},
    NamedCount{"merges", &RunCounts::merges},
    NamedCount{"lineages-lost", &RunCounts::lineages_lost},
    NamedCount{"overtaken", &RunCounts::overtaken},
    NamedCount{"completed", &RunCounts::completed},
    NamedCount{"skipped", &RunCounts::skipped},
    NamedCount{"crashes-amid", &RunCounts::crashes_amid_change},
    NamedCount{"joins-amid", &RunCounts::joins_amid_change},
    NamedCount{"repairs", &RunCounts::repairs},
    NamedCount{"for-others", &RunCounts::repairs_for_others},
    NamedCount{"exclusions", &RunCounts::exclusions},
    NamedCount{"unprovoked", &RunCounts::exclusions_unprovoked},
    NamedCount{"fences", &RunCounts::fences},
    NamedCount{"fences-unprovoked", &RunCounts::fences_unprovoked},
    NamedCount{"settle-ms", &RunCounts::settle_ms},
};

// What became of one view over all processes that installed it.
struct ViewStory {
  std::set<ViewId> former;  // views that members came from
  std::set<NodeId> fresh;   // members whose first view it is
  bool overtaken_with_companions = false;
};

std::map<ViewId, ViewStory> tell_views(const World& world) {
  std::map<ViewId, ViewStory> stories;
  for (const auto& process : world.processes()) {
    const View* before = nullptr;
    for (const TraceEvent& event : process->events) {
      const auto* seen = std::get_if<trace::HeavyView>(&event.what);
      if (seen == nullptr) continue;
      ViewStory& story = stories[seen->view.id];
      const auto rank = seen->view.rank_of(process->node);
      if (before == nullptr) {
        story.fresh.insert(process->node);
      } else if (rank.has_value()) {
        story.former.insert(before->id);
        const std::uint64_t started = seen->view.start_ids[*rank].value;
        const std::uint64_t started_before = before->start_ids[*before->rank_of(process->node)].value;
        const bool overtaken = started >= started_before + kOvertakenStartIds;
        story.overtaken_with_companions |= overtaken && seen->transitional.size() >= kCompanionsMin;
      }
      before = &seen->view;
    }
  }
  return stories;
}

void count_views(const World& world, RunCounts& counts) {
  for (const auto& [view, story] : tell_views(world)) {
    if (story.former.size() > 1) ++counts.merges;
    if (story.overtaken_with_companions && !story.fresh.empty()) ++counts.joins_amid_change;
  }
}

bool has_ended(const World& world, const NodeId& node, Instant at) {
  const auto& processes = world.processes();
  const auto found = std::find_if(processes.begin(), processes.end(), [&](const auto& p) { return p->node == node; });
  return found != processes.end() && (*found)->ended <= at;
}

void count_machines(const NodeCounters& counters, RunCounts& counts) {
  counts.views += counters.views_installed;
  counts.cuts_differed += counters.cuts_differed;
  counts.overtaken += counters.start_changes_overtaken;
  counts.completed += counters.views_completed;
  counts.skipped += counters.views_skipped;
  counts.repairs += counters.packets_repaired;
  counts.repairs_for_others += counters.repairs_for_others;
  counts.fences += counters.self_fences;
}

void count_application(const Application::Counts& application, RunCounts& counts) {
  counts.refused += application.refused;
  counts.delivered += application.delivered;
  counts.retained += application.retained;
  counts.gaps += application.gaps;
  counts.lineages_lost += application.lineages_lost;
}

}  // namespace

void RunCounts::add(const RunCounts& other) {
  for (const NamedCount& named : kNamedCounts) this->*named.count += other.*named.count;
}

std::span<const NamedCount> named_counts() { return kNamedCounts; }

RunCounts count_run(const World& world, const FaultDriver& faults) {
  RunCounts counts;
  counts.published = world.ledger().total();
  counts.starts = faults.struck(Fault::Kind::start);
  counts.leaves = faults.struck(Fault::Kind::leave);
  counts.pauses = faults.struck(Fault::Kind::pause);
  counts.cuts = faults.struck(Fault::Kind::cut);
  counts.partitions = faults.struck(Fault::Kind::partition);
  counts.datagrams = world.network().sent();
  counts.lost = world.network().lost();
  for (const auto& process : world.processes()) {
    if (process->end == Process::End::crashed) ++counts.crashes;
    counts.crashes_amid_change += process->changes_joined_by_crash;
    count_application(process->application->counts(), counts);
    for (const Process::Failure& failure : process->failures) {
      if (failure.what.cause != PeerFailed::Cause::silence || has_ended(world, failure.what.node, failure.at)) continue;
      ++counts.exclusions;
      if (!faults.provoked(failure.at)) ++counts.exclusions_unprovoked;
    }
  }
  for (Site site = 0; site < world.size(); ++site) counts.overflowed += world.at(site).datagrams_overflowed();
  for (const auto& process : world.processes()) count_machines(process->counters, counts);
  counts.fences_unprovoked = counts.fences - std::min(counts.fences, counts.pauses);
  count_views(world, counts);
  return counts;
}

}  // namespace hawser::sim
