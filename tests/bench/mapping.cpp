#include "tests/bench/mapping.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "tests/bench/mapping_run.hpp"
#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

constexpr double kNs_per_us = 1e3;

std::string_view name_of(MapperPolicy::Kind kind) {
  switch (kind) {
    case MapperPolicy::Kind::smallest_superset: return "smallest_superset";
    case MapperPolicy::Kind::exact: return "exact";
    case MapperPolicy::Kind::single: return "single";
  }
  return "unknown";
}

class Measurement {
 public:
  Measurement(const MappingPlan& plan, Output& output)
      : plan_(plan),
        output_(output),
        rng_(plan.seed),
        load_(plan.shape, rng_.fork()),
        run_(plan.policy, plan.shape.topics, rng_.next()) {
    set_zipf_rates();
  }

  // The nodes come more than a grace period apart.
  MappingFigure build() {
    std::vector<std::vector<std::uint32_t>> topics_of(load_.nodes());
    for (std::uint32_t topic = 0; topic < load_.topics(); ++topic) {
      for (const std::uint32_t node : load_.draw_members(topic)) topics_of[node].push_back(topic);
    }
    for (std::uint32_t node = 0; node < load_.nodes(); ++node) {
      output_.progress(format("mapping, node %u of %u joins", node + 1, load_.nodes()));
      for (const std::uint32_t topic : topics_of[node]) run_.join(topic, node, 0);
      run_.release_until(0);
    }
    return figure("build");
  }

  MappingFigure churn() {
    output_.progress(format("mapping, %u changes", plan_.changes));
    const double seconds_per_change = 60.0 / plan_.changes_per_minute;
    for (std::uint32_t change = 1; change <= plan_.changes; ++change) {
      const double now = change * seconds_per_change;
      run_.release_until(now - plan_.grace_seconds);
      change_one(now);
    }
    return figure("churn");
  }

 private:
  void change_one(double now) {
    const auto topic = static_cast<std::uint32_t>(rng_.below(load_.topics()));
    const std::size_t size = run_.size_of(topic);
    const bool is_due_to_leave = size > load_.size_of(topic) || (size == load_.size_of(topic) && rng_.one_in(2));
    if ((!is_due_to_leave || size == 1) && join_one(topic, now)) return;
    if (size > 1) run_.leave(topic, rng_.below(size), now);
  }
  // False where everyone whom the load has for this topic is in it, as far as a few draws show.
  bool join_one(std::uint32_t topic, double now) {
    for (int draw = 0; draw < 100; ++draw) {
      const std::uint32_t node = load_.draw_node(topic);
      if (run_.is_member(topic, node)) continue;
      run_.join(topic, node, now);
      return true;
    }
    return false;
  }

  void set_zipf_rates() {
    rates_.resize(load_.topics());
    for (std::size_t rank = 0; rank < rates_.size(); ++rank) rates_[rank] = 1.0 / static_cast<double>(rank + 1);
    for (std::size_t at = rates_.size(); at > 1; --at) std::swap(rates_[at - 1], rates_[rng_.below(at)]);
  }

  void add_state(MappingFigure& figure) const {
    double members = 0;
    double useful = 0;
    double filtered = 0;
    double useful_zipf = 0;
    double filtered_zipf = 0;
    for (std::uint32_t topic = 0; topic < load_.topics(); ++topic) {
      const auto explanation = run_.mapper().explain(light_group_of(topic));
      if (!explanation) continue;
      const auto others = static_cast<double>(explanation->size - 1);  // The sender has it already.
      const auto extras = static_cast<double>(explanation->heavy_size - explanation->size);
      members += others + 1;
      useful += others;
      filtered += extras;
      useful_zipf += others * rates_[topic];
      filtered_zipf += extras * rates_[topic];
    }
    figure.light_groups = run_.mapper().light_count();
    figure.members_mean = members / static_cast<double>(std::max<std::size_t>(figure.light_groups, 1));
    figure.filtered_per_useful = useful > 0 ? filtered / useful : 0;
    figure.filtered_per_useful_zipf = useful_zipf > 0 ? filtered_zipf / useful_zipf : 0;
  }
  void add_heavies(MappingFigure& figure) const {
    double members = 0;
    for (const GroupId heavy : run_.mapper().heavy_groups()) {
      members += static_cast<double>(run_.mapper().members_of(heavy).size());
    }
    figure.heavy_groups = run_.mapper().heavy_count();
    figure.heavy_members_mean = members / static_cast<double>(std::max<std::size_t>(figure.heavy_groups, 1));
    figure.heavy_groups_per_node = members / load_.nodes();
  }
  static void add_counts(MappingFigure& figure, MappingRun::Counts counts) {
    figure.changes = counts.times_ns.size();
    const auto per_1000 = [&](Placement::Kind kind) {
      return 1000.0 * static_cast<double>(counts.by_kind[static_cast<std::size_t>(kind)]) /
             static_cast<double>(std::max<std::uint64_t>(figure.changes, 1));
    };
    const auto percentile_us = [&](double percent) {
      return static_cast<double>(percentile(counts.times_ns, percent)) / kNs_per_us;
    };
    figure.switches_per_1000 = per_1000(Placement::Kind::switched);
    figure.grows_per_1000 = per_1000(Placement::Kind::grown);
    figure.creates_per_1000 = per_1000(Placement::Kind::created);
    figure.p50_us = percentile_us(50);
    figure.p99_us = percentile_us(99);
    figure.max_us = percentile_us(100);
  }
  MappingFigure figure(std::string_view phase) {
    MappingFigure figure{.phase = phase};
    add_counts(figure, run_.take_counts());
    add_state(figure);
    add_heavies(figure);
    return figure;
  }

  const MappingPlan& plan_;
  Output& output_;
  Rng rng_;
  MappingLoad load_;
  MappingRun run_;
  std::vector<double> rates_;  // by topic
};

void report(const MappingFigure& figure, const MappingPlan& plan, Output& output) {
  const double thousands_per_minute = plan.changes_per_minute / 1000.0;
  json line{{"figure", "mapping"},
            {"phase", figure.phase},
            {"load", name_of(plan.shape.kind)},
            {"nodes", plan.shape.nodes},
            {"topics", plan.shape.topics},
            {"policy", name_of(plan.policy.kind)},
            {"extras_cap", plan.policy.extras_cap},
            {"seed", plan.seed},
            {"changes", figure.changes},
            {"heavy_groups", figure.heavy_groups},
            {"light_groups", figure.light_groups},
            {"members_mean", figure.members_mean},
            {"heavy_members_mean", figure.heavy_members_mean},
            {"heavy_groups_per_node", figure.heavy_groups_per_node},
            {"filtered_per_useful", figure.filtered_per_useful},
            {"filtered_per_useful_zipf", figure.filtered_per_useful_zipf},
            {"switches_per_1000", figure.switches_per_1000},
            {"grows_per_1000", figure.grows_per_1000},
            {"creates_per_1000", figure.creates_per_1000},
            {"p50_us", figure.p50_us},
            {"p99_us", figure.p99_us},
            {"max_us", figure.max_us}};
  if (figure.phase == "churn") {
    line["changes_per_minute"] = plan.changes_per_minute;
    line["grace_seconds"] = plan.grace_seconds;
    line["switches_per_minute"] = figure.switches_per_1000 * thousands_per_minute;
    line["grows_per_minute"] = figure.grows_per_1000 * thousands_per_minute;
    line["creates_per_minute"] = figure.creates_per_1000 * thousands_per_minute;
  }
  output.figure(line);
  output.text(
      format("  %-6s %8llu %7zu %8.1f %8.1f %9.1f %9.2f %9.2f %8.1f "
             "%8.1f %8.1f %7.2f %7.2f %8.1f",
             std::string{figure.phase}.c_str(), static_cast<unsigned long long>(figure.changes), figure.heavy_groups,
             figure.members_mean, figure.heavy_members_mean, figure.heavy_groups_per_node, figure.filtered_per_useful,
             figure.filtered_per_useful_zipf, figure.switches_per_1000, figure.grows_per_1000, figure.creates_per_1000,
             figure.p50_us, figure.p99_us, figure.max_us));
}

}  // namespace

Result<std::vector<MappingFigure>> measure_mapping(const MappingPlan& plan, Output& output) {
  Measurement measurement{plan, output};
  std::vector<MappingFigure> figures{measurement.build()};
  if (plan.changes > 0) figures.push_back(measurement.churn());
  output.text(
      format("\nMapping of %u topics of %u nodes, load %s, policy %s "
             "with at most %zu extras; churn of %u a minute",
             plan.shape.topics, plan.shape.nodes, std::string{name_of(plan.shape.kind)}.c_str(),
             std::string{name_of(plan.policy.kind)}.c_str(), plan.policy.extras_cap, plan.changes_per_minute));
  output.text(
      "  HWGs: heavy-weight groups; filtered: bytes dropped for each "
      "useful one; the others: per 1,000 changes");
  output.text(
      "  phase   changes    HWGs  members of HWG  HWGs/node  filtered  "
      "by zipf switches    grows  creates  p50 µs"
      "     p99      max");
  for (const MappingFigure& figure : figures) report(figure, plan, output);
  return figures;
}

}  // namespace hawser::bench
