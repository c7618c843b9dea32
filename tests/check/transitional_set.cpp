// Who comes along from one view to the next.
// Source: CKV01, Transitional Set: T is within both views; p and q, both in the new view, are in each other's T exactly
// if both came from the same view.
#include <algorithm>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// Checks the T of every stay of one layer.
class TransitionalSets {
 public:
  TransitionalSets(const Index& index, const Layer& layer, Report& report)
      : index_(index), layer_(layer), report_(report) {
    for (const Stay& stay : layer.stays) {
      if (stay.previous == kNone) continue;
      const std::uint32_t move = moves_.add(move_of(stay));
      if (move == movers_of_.size()) movers_of_.push_back(0);
      ++movers_of_[move];
    }
  }

  void check(StayIndex stay) {
    const Stay& at = layer_.stays[stay];
    bool has_self = false;
    std::uint32_t movers = 0;
    for (const NodeId& id : at.transitional) {
      const NodeIndex node = index_.nodes.find(id);
      has_self = has_self || node == at.node;
      if (const char* const wrong = fault_of(at, node)) {
        complain(stay, node, std::string{" claims that "} + label(index_, id) + " came along, " + wrong);
        return;
      }
      movers += node != kNone && layer_.stay_of(at.view, node) != kNone ? 1 : 0;
    }
    if (!has_self) return complain(stay, kNone, " does not come along with itself");
    if (at.previous != kNone && movers < movers_of_[moves_.find(move_of(at))]) {
      complain(stay, kNone, " leaves out somebody who came along");
    }
  }

 private:
  [[nodiscard]] std::uint64_t move_of(const Stay& stay) const {
    return pair_key(layer_.stays[stay.previous].view, stay.view);
  }

  /// Why `node` cannot be in the T of `at`; nullptr where it can.
  [[nodiscard]] const char* fault_of(const Stay& at, NodeIndex node) const {
    if (at.previous == kNone) return node == at.node ? nullptr : "but it is itself new here";
    const ViewIndex before = layer_.stays[at.previous].view;
    if (node == kNone || !layer_.is_member(at.view, node)) return "but it is not in the new view";
    if (!layer_.is_member(before, node)) return "but it was not in the old view";
    const StayIndex other = layer_.stay_of(at.view, node);
    if (other == kNone) return nullptr;  // It crashed before it got there.
    const StayIndex origin = layer_.stays[other].previous;
    if (origin == kNone || layer_.stays[origin].view != before) return "but it came from another view";
    return nullptr;
  }

  void complain(StayIndex stay, NodeIndex other, const std::string& why) {
    const Stay& at = layer_.stays[stay];
    const StayIndex there = other == kNone ? kNone : layer_.stay_of(at.view, other);
    const Place second = there == kNone ? Place{} : Place{other, layer_.stays[there].begin};
    report_.add(layer_.properties.transitional_set, {{at.node, at.begin}, second},
                [&] { return label(at.node) + " at " + view_name(index_, layer_, stay) + why; });
  }

  const Index& index_;
  const Layer& layer_;
  Report& report_;
  NumberTable moves_;                     // (old view, new view)
  std::vector<std::uint32_t> movers_of_;  // By move: how many made it.
};

}  // namespace

void check_transitional_set(const Index& index, const Layer& layer, Report& report) {
  TransitionalSets sets{index, layer, report};
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) sets.check(stay);
}

void check_newcomers(const Index& index, Report& report) {
  for (StayIndex stay = 0; stay < index.light.stays.size(); ++stay) {
    const Stay& at = index.light.stays[stay];
    const trace::LightViewSeen& seen = index.light_view(at);
    const auto is_new = [&](const NodeId& node) {
      return std::find(seen.newcomers.begin(), seen.newcomers.end(), node) != seen.newcomers.end();
    };
    const bool first = at.previous == kNone;
    const bool right = is_new(index.nodes[at.node]) == first &&
                       (first || std::none_of(at.transitional.begin(), at.transitional.end(), is_new));
    if (right) continue;
    report.add(kLight.transitional_set, {{at.node, at.begin}}, [&] {
      return label(at.node) + " at " + view_name(index, index.light, stay) +
             ": a newcomer is exactly who has no view before it here";
    });
  }
}

}  // namespace hawser::check
