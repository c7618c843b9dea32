// How far one topic's messages of each publisher have come to this node: a jump in the numbers is a loss with a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Publishers remembered for one topic. When there are more, those that are not in the view are forgotten, and a jump
/// in the numbers of one that comes back after it goes unnoticed.
inline constexpr std::size_t kPositionsMax = 1024;

/// Within one view of a topic nothing is ever missing. Numbers jump where a publisher comes back from the other side of
/// a partition: what it sent there did not get here.
class TopicPositions {
 public:
  /// Notes the publisher's next message, and returns how many are missing before it.
  std::uint64_t advance(const NodeId& publisher, std::uint64_t number);
  /// Everything up to `number` is here, or is no loss to this node.
  void raise(const NodeId& publisher, std::uint64_t number);
  void raise(const TopicPositions& others);

  /// The last of the publisher's; 0 where there is none.
  [[nodiscard]] std::uint64_t of(const NodeId& publisher) const;

  /// Every publisher that the topic ever had is here: whoever is not has published nothing yet.
  [[nodiscard]] bool complete() const { return complete_; }
  void set_complete(bool complete) { complete_ = complete; }
  /// Keeps to kPositionsMax, at each new view.
  void forget_absent(const LightView& view);
  void clear();

  /// By publisher.
  [[nodiscard]] const std::vector<StatePosition>& all() const { return positions_; }

 private:
  std::vector<StatePosition>::iterator find(const NodeId& publisher);

  std::vector<StatePosition> positions_;  // By publisher.
  std::size_t last_found_ = 0;            // Most messages come from the publisher of the one before.
  bool complete_ = true;
};

}  // namespace hawser
