// The states that this node has taken for newcomers, on their way out: in the order of their cuts.
//
// Where the topic outlives its nodes, newcomers tell first what they have of it, and are waited for: what all that
// await one state have is left out of it. Whoever goes meanwhile is not waited for any more.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "lwg/light_events.hpp"
#include "pubsub-api/src/session/state_holding.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded. One for each topic.
class StateDonations {
 public:
  /// The state as it is now, at `cut`, for those of `tell_first` and, maybe, for others who tell nothing.
  void add(const TopicContents& contents, std::uint64_t lamport, const StateCut& cut, std::vector<NodeId> tell_first);
  void on_want(const NodeId& newcomer, const StateWant& want);
  /// Who is out of the view, or has come into it anew, awaits none of these any more.
  void on_view(const LightViewInstalled& event);
  void clear() { waiting_.clear(); }

  /// What may go out now.
  [[nodiscard]] std::vector<Buffer> take_ready();

 private:
  struct Donation {
    StateCut cut;
    std::vector<Buffer> whole;
    TopicPositions positions;
    TopicLineage lineage;
    std::vector<NodeId> not_told;        // They are waited for.
    bool is_wanted_whole = false;        // Somebody has nothing of use, or nobody tells anything.
    std::optional<TopicPositions> base;  // What all have that have told.
  };

  /// Nothing where all that it was for are gone.
  static std::vector<Buffer> messages_of(Donation& donation);

  std::list<Donation> waiting_;
};

}  // namespace hawser
