// Where a settled history ends: one view, one directory, everyone where it wants to be.
// Source: CKV01 10.1.1, Membership Precision.
#include <algorithm>
#include <iterator>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// The live nodes, by component.
std::vector<std::pair<std::uint32_t, NodeIndex>> live_nodes(const Index& index) {
  std::vector<std::pair<std::uint32_t, NodeIndex>> live;
  for (NodeIndex node = 0; node < index.history.nodes.size(); ++node) {
    if (index.alive(node)) live.emplace_back(index.history.nodes[node].component, node);
  }
  std::sort(live.begin(), live.end());
  return live;
}

/// Each node's last stay in the control group, kNone where there is none.
std::vector<StayIndex> last_control_stays(const Index& index) {
  std::vector<StayIndex> last(index.nodes.size(), kNone);
  const std::uint32_t control = index.heavy_groups.find(kControlGroup.value);
  for (StayIndex stay = 0; stay < index.heavy.stays.size(); ++stay) {
    const Stay& at = index.heavy.stays[stay];
    if (index.heavy.views[at.view].group == control) last[at.node] = stay;
  }
  return last;
}

/// The final view of each light group: the first one met, and how many ended in it.
struct FinalView {
  StayIndex stay = kNone;
  std::uint32_t nodes = 0;
};

class FinalLightViews {
 public:
  FinalLightViews(const Index& index, Report& report) : index_(index), report_(report) {}

  void check() {
    for (const Episode& episode : index_.episodes) {
      if (episode.open() && episode.last_stay != kNone && index_.alive(episode.node)) add(episode);
    }
    for (const FinalView& view : views_) check_size(view);
  }

 private:
  void add(const Episode& episode) {
    const std::uint32_t component = index_.history.nodes[episode.node].component;
    const std::uint32_t at = groups_.add(pair_key(component, episode.name));
    if (at == views_.size()) views_.push_back({episode.last_stay, 0});
    FinalView& final = views_[at];
    ++final.nodes;
    const Stay& mine = index_.light.stays[episode.last_stay];
    const Stay& other = index_.light.stays[final.stay];
    if (mine.view == other.view) return;
    report_.add(kLight.membership_precision, {{mine.node, mine.begin}, {other.node, other.begin}}, [&] {
      return label(mine.node) + " ends in " + view_name(index_, index_.light, episode.last_stay) + ", but " +
             label(other.node) + " in " + view_name(index_, index_.light, final.stay);
    });
  }

  void check_size(const FinalView& final) {
    const Stay& stay = index_.light.stays[final.stay];
    const std::size_t members = index_.light.views[stay.view].members.size();
    if (members == final.nodes) return;
    report_.add(kLight.membership_precision, {{stay.node, stay.begin}}, [&] {
      return view_name(index_, index_.light, final.stay) + " has " + std::to_string(members) +
             " members at the end, but " + std::to_string(final.nodes) + " live nodes are in the group";
    });
  }

  const Index& index_;
  Report& report_;
  NumberTable groups_;  // (component, name)
  std::vector<FinalView> views_;
};

}  // namespace

void check_membership_precision(const Index& index, Report& report) {
  if (!index.history.settled) return;
  const auto live = live_nodes(index);
  const std::vector<StayIndex> last = last_control_stays(index);
  for (auto begin = live.begin(); begin != live.end();) {
    const auto end = std::find_if(begin, live.end(), [&](const auto& node) { return node.first != begin->first; });
    std::vector<NodeIndex> expected;
    std::transform(begin, end, std::back_inserter(expected), [](const auto& node) { return node.second; });
    const StayIndex first = last[begin->second];
    for (const NodeIndex node : expected) {
      const StayIndex stay = last[node];
      const bool right = stay != kNone && first != kNone &&
                         index.heavy.views[index.heavy.stays[stay].view].members == expected &&
                         index.heavy.stays[stay].view == index.heavy.stays[first].view;
      if (right) continue;
      report.add(kHeavy.membership_precision, {{node, stay == kNone ? kNone : index.heavy.stays[stay].begin}}, [&] {
        return label(node) + " ends in " + view_name(index, index.heavy, stay) + ", which is not the one view of the " +
               std::to_string(expected.size()) + " live nodes that can reach each other";
      });
    }
    begin = end;
  }
}

void check_final_light_views(const Index& index, Report& report) {
  if (!index.history.settled) return;
  FinalLightViews{index, report}.check();
}

void check_one_directory(const Index& index, Report& report) {
  if (!index.history.settled) return;
  const auto live = live_nodes(index);
  const trace::DirectoryState* first = nullptr;
  for (auto at = live.begin(); at != live.end(); ++at) {
    const NodeIndex node = at->second;
    const EventIndex event = index.last_directory[node];
    const auto* state = event == kNone ? nullptr : &index.event<trace::DirectoryState>(node, event);
    if (at == live.begin() || std::prev(at)->first != at->first) first = state;
    if (state != nullptr && state->synced && first != nullptr && state->digest == first->digest) continue;
    report.add(kOneDirectory, {{node, event}}, [&] {
      const std::string why = state == nullptr ? "without a directory"
                              : state->synced  ? "with another directory than the others"
                                               : "with a directory that is not synced";
      return label(node) + " ends " + why;
    });
  }
}

}  // namespace hawser::check
