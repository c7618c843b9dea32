// What single views must be, and how they follow each other at one node.
#include <algorithm>
#include <utility>

#include "checks.hpp"

namespace hawser::check {

namespace {

bool contains_self(const Index& index, const Layer& layer, const Stay& stay) {
  const NodeId& self = index.nodes[stay.node];
  return &layer == &index.heavy ? index.heavy_view(stay).view.contains(self)
                                : index.light_view(stay).view.contains(self);
}

/// Eras are ordered within one lineage, so within one node's history of one group.
bool is_later(const Era& a, const Era& b) {
  if (a.control_view == b.control_view) return a.number > b.number;
  return a.control_view.epoch > b.control_view.epoch;
}

bool follows(const LightView& view, const LightView& before) {
  if (is_later(view.era, before.era)) return view.heavy_view.epoch >= before.heavy_view.epoch;
  return view.era == before.era && view.heavy_view.epoch > before.heavy_view.epoch;
}

bool holds(const Index& index, const Stay& heavy, const Stay& light) {
  const auto& outer = index.heavy.views[heavy.view].members;
  const auto& inner = index.light.views[light.view].members;
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

/// The first stay of the node in this group that begins after `event`; kNone where there is none.
StayIndex next_stay(const Index& index, NodeIndex node, GroupId group, EventIndex event) {
  const auto& stays = index.heavy.stays;
  const std::uint32_t wanted = index.heavy_groups.find(group.value);
  auto at = std::partition_point(stays.begin(), stays.end(), [&](const Stay& stay) {
    return std::pair{stay.node, stay.begin} <= std::pair{node, event};
  });
  for (; at != stays.end() && at->node == node; ++at) {
    if (index.heavy.views[at->view].group == wanted) return static_cast<StayIndex>(at - stays.begin());
  }
  return kNone;
}

/// While a node is in a light view, it must be in, or come to, a view of the group below that holds all members. Not in
/// one that is over before anything is delivered: a group may move on before the node has its view of where it moved
/// to, and a node may crash before.
bool stands_on(const Index& index, StayIndex light) {
  const Stay& above = index.light.stays[light];
  if (above.end != kNone && above.delivered == 0) return true;
  StayIndex heavy = index.heavy_of_light[light];
  if (heavy != kNone && holds(index, index.heavy.stays[heavy], above)) return true;
  heavy = next_stay(index, above.node, index.light_view(above).heavy, above.begin);
  if (heavy == kNone) return above.delivered == 0 && !index.alive(above.node);
  const Stay& below = index.heavy.stays[heavy];
  return (above.end == kNone || below.begin < above.end) && holds(index, below, above);
}

/// Calls `complain` for every stay whose view differs from the one that was first seen under this id.
template <typename SameAs, typename Complain>
void for_each_disagreement(const Layer& layer, SameAs&& same, Complain&& complain) {
  for (const Stay& stay : layer.stays) {
    const Stay& first = layer.stays[layer.views[stay.view].first_stay];
    if (&stay != &first && !same(stay, first)) complain(stay, first);
  }
}

}  // namespace

void check_self_inclusion(const Index& index, const Layer& layer, Report& report) {
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) {
    const Stay& at = layer.stays[stay];
    if (contains_self(index, layer, at)) continue;
    report.add(layer.properties.self_inclusion, {{at.node, at.begin}},
               [&] { return label(at.node) + " installs " + view_name(index, layer, stay) + " without being in it"; });
  }
}

void check_heavy_monotonicity(const Index& index, Report& report) {
  for (StayIndex stay = 0; stay < index.heavy.stays.size(); ++stay) {
    const Stay& at = index.heavy.stays[stay];
    if (at.previous == kNone) continue;
    const View& before = index.heavy_view(index.heavy.stays[at.previous]).view;
    if (index.heavy_view(at).view.id.epoch > before.id.epoch) continue;
    report.add(kHeavy.local_monotonicity, {{at.node, at.begin}}, [&] {
      return label(at.node) + " installs " + view_name(index, index.heavy, stay) + " after " +
             view_name(index, index.heavy, at.previous);
    });
  }
}

void check_light_monotonicity(const Index& index, Report& report) {
  std::vector<StayIndex> last_of_group;  // Over all episodes of the node: it never goes back.
  for (StayIndex stay = 0; stay < index.light.stays.size(); ++stay) {
    const Stay& at = index.light.stays[stay];
    const std::uint32_t group = index.light.views[at.view].group;
    if (group >= last_of_group.size()) last_of_group.resize(group + 1, kNone);
    const StayIndex before = std::exchange(last_of_group[group], stay);
    const bool known = before != kNone && index.light.stays[before].node == at.node;
    if (known && !follows(index.light_view(at).view, index.light_view(index.light.stays[before]).view)) {
      report.add(kLight.local_monotonicity, {{at.node, at.begin}}, [&] {
        return label(at.node) + " installs " + view_name(index, index.light, stay) + " after " +
               view_name(index, index.light, before);
      });
    }
    if (at.previous == kNone && index.episodes[index.episode_of_stay[stay]].changed_group) {
      report.add(kLight.local_monotonicity, {{at.node, at.begin}}, [&] {
        return label(at.node) + " installs " + view_name(index, index.light, stay) +
               ", of another group id, without having left the one before";
      });
    }
  }
}

void check_heavy_agreement(const Index& index, Report& report) {
  for_each_disagreement(
      index.heavy, [&](const Stay& a, const Stay& b) { return index.heavy_view(a).view == index.heavy_view(b).view; },
      [&](const Stay& a, const Stay& b) {
        report.add(kHeavy.view_agreement, {{a.node, a.begin}, {b.node, b.begin}}, [&] {
          return "view " + to_string(index.heavy_view(a).view.id) + " has other members or start-change ids at " +
                 label(a.node) + " than at " + label(b.node);
        });
      });
}

void check_light_agreement(const Index& index, Report& report) {
  const auto same = [&](const Stay& a, const Stay& b) {
    const trace::LightViewSeen& x = index.light_view(a);
    const trace::LightViewSeen& y = index.light_view(b);
    // Who is new itself need not know who else is.
    const bool both_old = a.previous != kNone && b.previous != kNone;
    return x.view == y.view && (!both_old || x.newcomers == y.newcomers) && x.name == y.name && x.heavy == y.heavy;
  };
  for_each_disagreement(index.light, same, [&](const Stay& a, const Stay& b) {
    report.add(kLight.view_agreement, {{a.node, a.begin}, {b.node, b.begin}}, [&] {
      const trace::LightViewSeen& seen = index.light_view(a);
      return "light view " + light_view_name(seen.view.era, seen.view.heavy_view) + " of '" + seen.name +
             "' has other members, order, roles or newcomers at " + label(a.node) + " than at " + label(b.node);
    });
  });
}

void check_light_in_heavy(const Index& index, Report& report) {
  for (StayIndex stay = 0; stay < index.light.stays.size(); ++stay) {
    const StayIndex heavy = index.heavy_of_light[stay];
    if (stands_on(index, stay)) continue;
    const Stay& at = index.light.stays[stay];
    report.add(kLightInHeavy, {{at.node, at.begin}}, [&] {
      return label(at.node) + " installs " + view_name(index, index.light, stay) + " while in " +
             view_name(index, index.heavy, heavy) + ", which is another one or does not hold all members";
    });
  }
}

}  // namespace hawser::check
