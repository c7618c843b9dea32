// What a newcomer has of a topic's state already, which it tells the donor, so that this sends it only the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// Contents of this lineage, and how far they reach.
struct StateHolding {
  std::uint64_t lineage = 0;  ///< 0: nothing that is of use
  TopicPositions positions;
  TopicPositions base;  ///< up to there they are what any member had that was in the same view

  /// Whoever has `donor` has all that is here.
  [[nodiscard]] bool is_within(const TopicPositions& donor, const TopicLineage& lineages) const;
};

/// Of what a node's store or the node has of the topic. `ordered`: it is in total order.
[[nodiscard]] StateHolding holding_of(const std::vector<StoreRecord>& records, bool ordered);

/// Ready to send.
[[nodiscard]] Buffer encode_want(const StateCut& cut, const StateHolding& holding);
/// Nothing of use where the items make no sense.
[[nodiscard]] StateHolding holding_of(const StateWant& want);

}  // namespace hawser
