// A joiner's state is its donor's at the cut.
#include <map>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// All states that were taken, by topic and cut.
class TakenStates {
 public:
  explicit TakenStates(const Index& index) : index_(index) {}

  /// The first state that was taken at this cut by anyone; this one where it is the first.
  Place add(Place place) {
    const auto& taken = event(place);
    const std::uint32_t cut = cuts_.add(key(taken.topic, taken.cut_era, taken.cut_heavy_view));
    if (cut == first_.size()) first_.push_back(place);
    by_donor_.emplace(std::pair{cut, place.node}, place);
    return first_[cut];
  }
  /// What the donor took at the joiner's cut; a Place without an event where it took nothing.
  [[nodiscard]] Place find(const trace::StateInstalled& installed, NodeIndex donor) const {
    const std::uint32_t cut = cuts_.find(key(installed.topic, installed.cut_era, installed.cut_heavy_view));
    const auto at = by_donor_.find({cut, donor});
    return at == by_donor_.end() ? Place{donor, kNone} : at->second;
  }
  [[nodiscard]] const trace::StateTaken& event(Place place) const {
    return index_.event<trace::StateTaken>(place.node, place.event);
  }

 private:
  [[nodiscard]] Key key(std::string_view topic, const Era& era, ViewId heavy_view) const {
    return {index_.names.find(topic), era.control_view.epoch, era.control_view.digest, era.number,
            heavy_view.epoch,         heavy_view.digest};
  }

  const Index& index_;
  Interner<Key, KeyHash> cuts_;
  std::vector<Place> first_;  // By cut.
  std::map<std::pair<std::uint32_t, NodeIndex>, Place> by_donor_;
};

/// True where the node installed the light view that is the cut, before `event`.
template <typename State>
bool was_at_cut(const Index& index, NodeIndex node, EventIndex event, const State& state) {
  const Episode* episode = index.episode_at(node, index.names.find(state.topic), event);
  if (episode == nullptr) return false;
  for (StayIndex stay = episode->first_stay; stay != kNone; stay = index.light.stays[stay].next) {
    const Stay& at = index.light.stays[stay];
    const LightView& view = index.light_view(at).view;
    if (at.begin < event && view.era == state.cut_era && view.heavy_view == state.cut_heavy_view) return true;
  }
  return false;
}

void check_installed(const Index& index, const TakenStates& states, Place joiner, Report& report) {
  const auto& installed = index.event<trace::StateInstalled>(joiner.node, joiner.event);
  const NodeIndex donor = index.nodes.find(installed.donor);
  if (installed.donor == NodeId{} || donor == joiner.node) return;  // There was nobody to take it from.
  const Place taken = states.find(installed, donor);
  const auto complain = [&](const std::string& why) {
    report.add(kStateAtCut, {joiner, taken}, [&] {
      return label(joiner.node) + " " + describe(index, index.history.nodes[joiner.node].events[joiner.event]) + why;
    });
  };
  if (!was_at_cut(index, joiner.node, joiner.event, installed)) return complain(", a view it has not been in");
  if (taken.event == kNone) {
    if (donor == kNone || !index.truncated(donor)) complain(", which took none there");
  } else if (states.event(taken).digest != installed.digest) {
    complain(", but there it was " + message_name(states.event(taken).digest));
  }
}

}  // namespace

void check_state_at_cut(const Index& index, Report& report) {
  TakenStates states{index};
  for (const Place place : index.states_taken) {
    const Place first = states.add(place);
    const auto& taken = states.event(place);
    if (!was_at_cut(index, place.node, place.event, taken)) {
      report.add(kStateAtCut, {place},
                 [&] { return label(place.node) + " takes a state at a view it has not been in"; });
    }
    if (taken.digest == states.event(first).digest) continue;
    report.add(kStateAtCut, {place, first}, [&] {
      return label(place.node) + " and " + label(first.node) + " have different states of '" + taken.topic +
             "' at the same cut";
    });
  }
  for (const Place place : index.states_installed) check_installed(index, states, place, report);
}

}  // namespace hawser::check
