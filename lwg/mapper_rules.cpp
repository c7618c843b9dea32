// Stay, switch, grow or create: how the mapper chooses. Nothing here alters anything.
#include <algorithm>

#include "lwg/mapper.hpp"

namespace hawser {

using Kind = Placement::Kind;

Mapper::Choice Mapper::choose(const Wanted& wanted) const {
  if (policy_.kind == MapperPolicy::Kind::single) return choose_only_group(wanted);
  if (const auto choice = choose_within(wanted)) return *choice;
  return heavy_count() < policy_.heavy_groups_max ? creation(wanted) : choose_over_budget(wanted);
}

std::optional<Mapper::Choice> Mapper::choose_within(const Wanted& wanted) const {
  if (const auto stay = choose_stay(wanted)) return stay;
  if (const auto superset = choose_superset(wanted)) return superset;
  return choose_growth(wanted);
}

Mapper::Choice Mapper::choose_over_budget(Wanted wanted) const {
  if (heavies_.groups().empty()) return creation(wanted);
  for (wanted.lenience = 2; wanted.lenience <= 2 * nodes_.size(); wanted.lenience *= 2) {
    if (auto choice = choose_within(wanted)) {
      choice->reason = PlacementReason::over_budget;
      return *choice;
    }
  }
  return {Kind::grown, PlacementReason::over_budget, heavies_.largest()};
}

Mapper::Choice Mapper::choose_only_group(const Wanted& wanted) const {
  if (heavies_.groups().empty()) return {Kind::created, PlacementReason::only_group};
  const HeavySlot slot = heavies_.groups().begin()->second;
  if (!covers(slot, wanted.members)) return {Kind::grown, PlacementReason::only_group, slot};
  return {slot == wanted.present ? Kind::stay : Kind::switched, PlacementReason::only_group, slot};
}

std::optional<Mapper::Choice> Mapper::choose_stay(const Wanted& wanted) const {
  if (!covers(wanted.present, wanted.members)) return std::nullopt;
  const std::size_t core = core_with(wanted.present, wanted.members);
  if (!bears(wanted.members.size() + policy_.slack(), core, wanted.lenience)) return std::nullopt;
  // A member that was idle may be needed again, to the others' cost.
  if (!riders_bear(wanted, wanted.present, wanted.present_core, core)) return std::nullopt;
  return Choice{Kind::stay, PlacementReason::fits, wanted.present};
}

std::optional<Mapper::Choice> Mapper::choose_superset(const Wanted& wanted) const {
  const std::size_t size = wanted.members.size();
  const auto slot =
      heavies_.smallest_superset(wanted.members, scratch_, extras_max(size, wanted.lenience), [&](HeavySlot candidate) {
        return riders_bear(wanted, candidate, core_of(candidate), core_with(candidate, wanted.members));
      });
  if (!slot) return std::nullopt;
  const bool is_same = heavies_.size_of(*slot) == size;
  return Choice{Kind::switched, is_same ? PlacementReason::same_members : PlacementReason::superset, *slot};
}

std::optional<Mapper::Choice> Mapper::choose_growth(const Wanted& wanted) const {
  if (wanted.present == kNowhere) return std::nullopt;
  const std::size_t core = core_with(wanted.present, wanted.members);
  if (!bears(wanted.members.size(), core, wanted.lenience)) return std::nullopt;
  if (!riders_bear(wanted, wanted.present, wanted.present_core, core)) return std::nullopt;
  return Choice{Kind::grown, PlacementReason::growth_fits, wanted.present};
}

Mapper::Choice Mapper::creation(const Wanted& wanted) const {
  if (wanted.present == kNowhere) return {Kind::created, PlacementReason::nothing_covers};
  const std::size_t size = wanted.members.size();
  const std::size_t smallest = loads_[wanted.present].smallest();
  return {Kind::created, PlacementReason::growth_too_far, kNowhere, smallest == 0 ? size : std::min(size, smallest)};
}

std::size_t Mapper::core_of(HeavySlot slot) const {
  return policy_.counts_idle ? heavies_.size_of(slot) : loads_[slot].core().size();
}

std::size_t Mapper::core_with(HeavySlot slot, const NodeSet& members) const {
  return (policy_.counts_idle ? heavies_.members_of(slot) : loads_[slot].core()).size_of_union(members);
}

std::size_t Mapper::extras_max(std::size_t size, std::size_t lenience) const {
  const std::size_t extras = policy_.extras_max(size);
  return lenience == 1 ? extras : std::max<std::size_t>(extras, 1) * lenience;
}

bool Mapper::riders_bear(const Wanted& wanted, HeavySlot slot, std::size_t core_before, std::size_t core_after) const {
  const std::size_t smallest = loads_[slot].smallest();
  // size + k never falls as the size rises, so the smallest speaks for all.
  return smallest == 0 || core_after <= core_before || bears(smallest, core_after, wanted.lenience);
}

}  // namespace hawser
