#include "pubsub-api/src/session/state_holding.hpp"

#include <algorithm>
#include <span>

#include "pubsub-api/src/session/store_layout.hpp"
#include "transport/core/fault.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

bool StateHolding::is_within(const TopicPositions& donor, const TopicLineage& lineages) const {
  if (lineage == 0 || !donor.complete()) return false;
  if (!lineages.has(lineage) && !HAWSER_FAULT("session_difference_across_lineages")) return false;
  return std::all_of(positions.all().begin(), positions.all().end(),
                     [&](const StatePosition& here) { return donor.of(here.publisher) >= here.number; });
}

StateHolding holding_of(const std::vector<StoreRecord>& records, bool ordered) {
  StateHolding holding;
  bool is_complete = false;
  for_each_item(records, [&](StateItem& item) {
    if (const auto* clock = std::get_if<StateClock>(&item)) is_complete = clock->positions_complete;
    if (const auto* lineage = std::get_if<StateLineage>(&item)) holding.lineage = lineage->id;
    if (const auto* reached = std::get_if<StatePosition>(&item)) {
      holding.positions.raise(reached->publisher, reached->number);
    }
    if (const auto* agreed = std::get_if<StateBase>(&item)) holding.base.raise(agreed->publisher, agreed->number);
  });
  if (!is_complete) return {};
  if (!ordered || HAWSER_FAULT("session_difference_beyond_agreement")) holding.base = holding.positions;
  return holding;
}

Buffer encode_want(const StateCut& cut, const StateHolding& holding) {
  const std::size_t items = holding.positions.all().size() + holding.base.all().size();
  std::vector<std::byte> room(kWantHeaderBytesMax + items * item_bytes_max(StatePosition{}));
  Writer into{room};
  encode_want_header({.cut = cut, .lineage = holding.lineage, .items = {}}, into);
  for (const StatePosition& position : holding.positions.all()) write_item(position, into);
  for (const StatePosition& base : holding.base.all()) write_item(StateBase{base.publisher, base.number}, into);
  return Buffer::copy_of(into.written());
}

StateHolding holding_of(const StateWant& want) {
  StateHolding holding{.lineage = want.lineage, .positions = {}, .base = {}};
  Reader from{want.items};
  while (const auto item = read_item(from)) {
    if (const auto* reached = std::get_if<StatePosition>(&*item)) {
      holding.positions.raise(reached->publisher, reached->number);
    }
    if (const auto* base = std::get_if<StateBase>(&*item)) holding.base.raise(base->publisher, base->number);
  }
  return from.ok() ? holding : StateHolding{};
}

}  // namespace hawser
