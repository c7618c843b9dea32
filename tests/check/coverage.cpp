#include "coverage.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "index.hpp"

namespace hawser::check {

namespace {

using Field = std::pair<const char*, std::uint64_t CoverageCounts::*>;
constexpr std::array<Field, 26> kFields{{
    {"views", &CoverageCounts::views},
    {"moves_of_three", &CoverageCounts::moves_of_three},
    {"cuts_differed", &CoverageCounts::cuts_differed},
    {"cuts_differed_of_three", &CoverageCounts::cuts_differed_of_three},
    {"merges", &CoverageCounts::merges},
    {"joins", &CoverageCounts::joins},
    {"joins_of_three", &CoverageCounts::joins_of_three},
    {"splits", &CoverageCounts::splits},
    {"crashes", &CoverageCounts::crashes},
    {"crashes_of_three", &CoverageCounts::crashes_of_three},
    {"leaves", &CoverageCounts::leaves},
    {"light_views", &CoverageCounts::light_views},
    {"light_joins", &CoverageCounts::light_joins},
    {"light_repairs", &CoverageCounts::light_repairs},
    {"light_switches", &CoverageCounts::light_switches},
    {"switches_amid_loss", &CoverageCounts::switches_amid_loss},
    {"switches_amid_newcomers", &CoverageCounts::switches_amid_newcomers},
    {"light_rejoins", &CoverageCounts::light_rejoins},
    {"bulk_overtaken", &CoverageCounts::bulk_overtaken},
    {"causal", &CoverageCounts::causal},
    {"light_ordered", &CoverageCounts::light_ordered},
    {"safe", &CoverageCounts::safe},
    {"safe_as_total", &CoverageCounts::safe_as_total},
    {"gbcast", &CoverageCounts::gbcast},
    {"states_handed_over", &CoverageCounts::states_handed_over},
    {"gaps", &CoverageCounts::gaps},
}};

/// Nodes that went from one heavy view to the next together.
struct Move {
  ViewIndex from = kNone;  ///< kNone: they are new
  ViewIndex to = kNone;
  std::uint32_t nodes = 0;
  std::uint32_t least = kNone;  ///< how many messages of the old view they had delivered just before, at least…
  std::uint32_t most = 0;       ///< …and at most
};

/// How many messages of its old view a node had before the step in which it installed the next. What it delivers in
/// that very step, at that very time, was missing until the cut was known.
std::uint32_t delivered_before(const Index& index, const Stay& stay) {
  const auto& events = index.history.nodes[stay.node].events;
  const std::uint64_t group = index.heavy_groups[index.heavy.views[stay.view].group];
  std::uint32_t late = 0;
  for (EventIndex at = stay.end - 1; at > stay.begin && events[at].at == events[stay.end].at; --at) {
    const auto* delivered = std::get_if<trace::HeavyDelivered>(&events[at].what);
    if (delivered != nullptr && delivered->group.value == group) ++late;
  }
  return stay.delivered - std::min(late, stay.delivered);
}

std::vector<Move> moves_of(const Index& index) {
  const Layer& layer = index.heavy;
  NumberTable keys;
  std::vector<Move> moves;
  const std::uint32_t control = index.heavy_groups.find(kControlGroup.value);
  for (const Stay& stay : layer.stays) {
    if (layer.views[stay.view].group != control) continue;
    const ViewIndex from = stay.previous == kNone ? kNone : layer.stays[stay.previous].view;
    const std::uint32_t key = keys.add(pair_key(from, stay.view));
    if (key == moves.size()) moves.push_back({from, stay.view});
    Move& move = moves[key];
    ++move.nodes;
    if (from == kNone) continue;
    const std::uint32_t delivered = delivered_before(index, layer.stays[stay.previous]);
    move.least = std::min(move.least, delivered);
    move.most = std::max(move.most, delivered);
  }
  return moves;
}

/// What led into a view and out of it.
struct Crossing {
  std::uint32_t moves_in = 0;
  std::uint32_t nodes_in_most = 0;
  bool has_new = false;
  std::uint32_t moves_out = 0;
  bool has_crash = false;  ///< a node's trace ends here by a crash
};

std::vector<Crossing> crossings_of(const Index& index, const std::vector<Move>& moves) {
  std::vector<Crossing> crossings(index.heavy.views.size());
  for (const Move& move : moves) {
    Crossing& to = crossings[move.to];
    if (move.from == kNone) {
      to.has_new = true;
      continue;
    }
    ++to.moves_in;
    to.nodes_in_most = std::max(to.nodes_in_most, move.nodes);
    ++crossings[move.from].moves_out;
  }
  for (const Stay& stay : index.heavy.stays) {
    if (stay.next == kNone && index.history.nodes[stay.node].crashed) crossings[stay.view].has_crash = true;
  }
  return crossings;
}

void count_heavy(const Index& index, CoverageCounts& counts) {
  const std::vector<Move> moves = moves_of(index);
  const std::vector<Crossing> crossings = crossings_of(index, moves);
  counts.views = index.heavy.views.size();
  for (const Move& move : moves) {
    if (move.from == kNone) continue;
    const bool three = move.nodes >= 3;
    counts.moves_of_three += three ? 1 : 0;
    counts.cuts_differed += move.least < move.most ? 1 : 0;
    counts.cuts_differed_of_three += three && move.least < move.most ? 1 : 0;
    counts.crashes_of_three += three && crossings[move.from].has_crash ? 1 : 0;
  }
  for (const Crossing& view : crossings) {
    counts.merges += view.moves_in >= 2 ? 1 : 0;
    counts.splits += view.moves_out >= 2 ? 1 : 0;
    counts.joins += view.has_new && view.moves_in >= 1 ? 1 : 0;
    counts.joins_of_three += view.has_new && view.nodes_in_most >= 3 ? 1 : 0;
  }
}

/// What the control view that brought a light view had lost, or taken in.
struct ControlStep {
  bool loses = false;
  bool gains = false;
};

ControlStep control_step(const Index& index, StayIndex light) {
  const Layer& heavy = index.heavy;
  const StayIndex now = index.control_of_light[light];
  if (now == kNone || heavy.stays[now].previous == kNone) return {};
  const auto& members = heavy.views[heavy.stays[now].view].members;
  const auto& before = heavy.views[heavy.stays[heavy.stays[now].previous].view].members;
  return {!std::includes(members.begin(), members.end(), before.begin(), before.end()),
          !std::includes(before.begin(), before.end(), members.begin(), members.end())};
}

void count_switches(const Index& index, CoverageCounts& counts) {
  const Layer& layer = index.light;
  std::vector<bool> counted(layer.views.size());
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) {
    const Stay& at = layer.stays[stay];
    if (at.previous == kNone || counted[at.view]) continue;
    const trace::LightViewSeen& seen = index.light_view(at);
    if (seen.heavy == index.light_view(layer.stays[at.previous]).heavy) continue;
    counted[at.view] = true;
    ++counts.light_switches;
    // A planned change has the id of the control view it is ordered in; what the next one brings has another.
    if (seen.view.heavy_view == seen.view.era.control_view) continue;
    const ControlStep step = control_step(index, stay);
    counts.switches_amid_loss += step.loses ? 1 : 0;
    counts.switches_amid_newcomers += step.gains ? 1 : 0;
  }
}

void count_light(const Index& index, CoverageCounts& counts) {
  const Layer& layer = index.light;
  counts.light_views = layer.views.size();
  std::vector<bool> joined(layer.views.size());
  std::vector<bool> repaired(layer.views.size());
  for (const Stay& stay : layer.stays) {
    if (stay.previous == kNone) continue;
    const trace::LightViewSeen& seen = index.light_view(stay);
    if (!seen.newcomers.empty()) joined[stay.view] = true;
    if (seen.view.era == index.light_view(layer.stays[stay.previous]).view.era) repaired[stay.view] = true;
  }
  count_switches(index, counts);
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone) continue;
    if (index.light_view(layer.stays[delivery.stay]).total) ++counts.light_ordered;
  }
  counts.light_joins = static_cast<std::uint64_t>(std::count(joined.begin(), joined.end(), true));
  counts.light_repairs = static_cast<std::uint64_t>(std::count(repaired.begin(), repaired.end(), true));
  for (const auto& episodes : index.stream_episodes) {
    if (!episodes.empty()) counts.light_rejoins += episodes.size() - 1;
  }
}

// Deliveries come by node and in their order, so a node's own tell what went out before what.
void count_overtaken_bulk(const Layer& heavy, CoverageCounts& counts) {
  NodeIndex node = kNone;
  std::map<std::uint32_t, EventIndex> latest;  // by group: when that was sent which was sent last, of what has gone out
  for (const Delivery& delivery : heavy.deliveries) {
    if (delivery.message == kNone || !heavy.is_own(delivery)) continue;
    if (std::exchange(node, delivery.node) != delivery.node) latest.clear();
    const Stream& stream = heavy.streams[delivery.stream];
    const EventIndex sent = stream.sent[delivery.message].event;
    EventIndex& last = latest[group_of(stream.channel)];
    if (sent < last && class_of(stream.channel) == OrderClass::bulk) ++counts.bulk_overtaken;
    last = std::max(last, sent);
  }
}

void count_orders(const Index& index, CoverageCounts& counts) {
  for (const Delivery& delivery : index.heavy.deliveries) {
    if (delivery.message == kNone) continue;
    const Stream& stream = index.heavy.streams[delivery.stream];
    if (class_of(stream.channel) == OrderClass::causal) ++counts.causal;
    if (class_of(stream.channel) == OrderClass::gbcast) ++counts.gbcast;
    if (delivery.safe) ++counts.safe;
    if (delivery.safe || class_of(stream.channel) != OrderClass::total) continue;
    const auto& sent = index.event<trace::HeavySent>(stream.sender, stream.sent[delivery.message].event);
    if (sent.order == Order::safe) ++counts.safe_as_total;
  }
  count_overtaken_bulk(index.heavy, counts);
}

}  // namespace

CoverageCounts& CoverageCounts::operator+=(const CoverageCounts& other) {
  for (const auto& [name, field] : kFields) this->*field += other.*field;
  for (const auto& [name, count] : other.machines) machines[name] += count;
  return *this;
}

std::string to_string(const CoverageCounts& counts) {
  std::string text;
  const auto append = [&](const std::string& name, std::uint64_t count) {
    text += (text.empty() ? "" : " ") + name + "=" + std::to_string(count);
  };
  for (const auto& [name, field] : kFields) append(name, counts.*field);
  for (const auto& [name, count] : counts.machines) append(name, count);
  return text;
}

CoverageCounts count_coverage(const Index& index) {
  CoverageCounts counts;
  count_heavy(index, counts);
  count_orders(index, counts);
  count_light(index, counts);
  for (const NodeTrace& trace : index.history.nodes) {
    counts.crashes += trace.crashed ? 1 : 0;
    counts.leaves += trace.left ? 1 : 0;
  }
  counts.states_handed_over = index.states_installed.size();
  for (const TopicStep& step : index.topic_steps) counts.gaps += step.kind == TopicStep::Kind::gap ? 1 : 0;
  return counts;
}

CoverageCounts coverage(const History& history) { return count_coverage(Index{history}); }

}  // namespace hawser::check
