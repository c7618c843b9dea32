// What a node can be asked: its facts as plain values, taken between two rounds of the reactor and read on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "lwg/light_view.hpp"
#include "lwg/mapper_policy.hpp"
#include "lwg/placement.hpp"
#include "transport/core/ids.hpp"
#include "transport/link/flight_recorder.hpp"

namespace hawser {

struct NodeFacts {
  NodeId self;
  ViewId view;  ///< of the control group
  bool is_primary = false;
  std::size_t nodes = 0;
  bool has_directory = false;  ///< else the rest is not known yet
  std::size_t topics = 0;
  std::size_t groups = 0;  ///< heavy-weight groups, the control group aside
  MapperPolicy policy;
};

/// A heavy-weight group.
struct HeavyFacts {
  /// For a node that is in it.
  struct Here {
    ViewId view;
    std::uint64_t received = 0;        ///< data since this node came to it; 0 for the control group, which carries none
    std::uint64_t filtered = 0;        ///< of that, data of topics that this node is not in
    std::uint64_t unacknowledged = 0;  ///< own multicasts not known to be at every member
  };
  GroupId id;
  std::vector<NodeId> members;
  std::optional<Here> here;
};

/// A topic, as the directory has it, and what was counted here.
struct TopicFacts {
  std::string name;
  LightGroupId id;
  GroupId heavy;
  PlacementReason why{};
  std::vector<LightMember> members;  ///< oldest first
  std::uint64_t published = 0;
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
};

/// A node's own part in a topic.
struct OwnPartFacts {
  enum class State : std::uint8_t {
    joining,  ///< not in an installed view yet
    member,
    leaving,  ///< sends no more
  };
  State state = State::joining;
  bool has_state = false;            ///< the retained state is here
  std::uint64_t unsent = 0;          ///< messages accepted by publish() that have not become multicasts
  std::uint64_t unacknowledged = 0;  ///< see INSPECTION.md
  std::uint64_t unhandled = 0;       ///< messages that wait for this process's handlers
  std::size_t pending_changes = 0;
  std::vector<NodeId> waits_for;  ///< whose markers the first of them waits for
};

struct TopicDetail {
  TopicFacts topic;
  HeavyFacts group;  ///< which it rides on
  std::optional<OwnPartFacts> here;
};

/// A part of a table: as much as can be copied without holding up the node.
template <typename Facts>
struct FactsPage {
  std::vector<Facts> facts;
  std::optional<std::uint64_t> next;  ///< where the next one begins; nothing where this is the last
};

/// Where facts come from. What is asked for one after another may belong to different moments.
/// Errors: closed  the node has left.
class FactsSource {
 public:
  virtual ~FactsSource() = default;

  virtual Result<NodeFacts> node() = 0;
  /// The first page, or that at `from`, a former one's `next`. The control group is the first, the others come by id.
  virtual Result<FactsPage<HeavyFacts>> groups(std::optional<std::uint64_t> from) = 0;
  /// Likewise, in no order. What changes its place between two pages may be in both.
  virtual Result<FactsPage<TopicFacts>> topics(std::optional<std::uint64_t> from) = 0;
  /// Nothing where nobody is in a topic of this name.
  virtual Result<std::optional<TopicDetail>> topic(std::string_view name) = 0;
  /// What the node recorded last, the oldest first.
  virtual Result<std::vector<FlightEntry>> flight() = 0;
};

}  // namespace hawser
