// Watches the light-weight groups of several nodes at their outer interface and notes what must never be.
// It knows nothing of eras, markers or directories, but that a view has an id.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "lwg/light_groups.hpp"
#include "transport/core/view.hpp"

namespace hawser::test {

class LwgChecker {
 public:
  void on_control_view(const NodeId& node, const View& view) { control_[node] = view; }
  /// `number` counts what `node` sends on `name`: 1, 2, 3…; the message's payload is message_text() of it.
  void on_sent(const NodeId& node, const std::string& name, std::uint64_t number);
  void on_event(const NodeId& node, const LightEvent& event);

  /// To be called when everything is delivered and all live nodes are in one heavy view.
  void check_end(const std::map<NodeId, std::set<std::string>>& wanted_by_live_nodes);
  /// "property: what happened", in the order of discovery.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  static std::string message_text(const NodeId& node, const std::string& name, std::uint64_t number);
  /// Every so many-th message has more than so many bytes; the others of groups with short names have less.
  static constexpr std::uint64_t kLongEvery = 4;
  static constexpr std::size_t kLongBytesMin = 10;
  /// How often two nodes went together from one view to the next after deliveries, and the like: a run in which these
  /// are 0 has shown little.
  struct Coverage {
    std::uint64_t moved_together = 0;
    std::uint64_t repairs = 0;
    std::uint64_t merged = 0;
    std::uint64_t delivered = 0;
    std::uint64_t moves = 0;    // of a group to another heavy-weight group, at a member
    std::uint64_t ordered = 0;  // messages of groups in total order
    std::uint64_t joint = 0;    // views that a control view brought with changes that were pending
  };
  [[nodiscard]] const Coverage& coverage() const { return coverage_; }

 private:
  using ViewKey = std::tuple<LightGroupId, Era, ViewId>;
  struct Message {
    NodeId sender;
    std::string name;
    std::uint64_t number = 0;
    auto operator<=>(const Message&) const = default;
  };
  // One node in one view of one group.
  struct Stay {
    NodeId node;
    std::string name;
    LightView view;
    GroupId heavy;
    std::vector<NodeId> transitional;
    std::set<Message> delivered;
    std::vector<Message> order{};  // the same, where the group is in total order
    Configuration configuration{};
    int previous = -1;
    int next = -1;
    bool left = false;
  };
  struct Episode {  // one node in one group, from its first view on
    int stay = -1;
    std::map<NodeId, std::uint64_t> last;  // by sender that has been a member since
    std::uint64_t sent_before = 0;         // of its own messages
  };

  static ViewKey key_of(const LightView& view) { return {view.group, view.era, view.heavy_view}; }
  void on_view(const NodeId& node, const LightViewInstalled& event);
  void on_left(const NodeId& node, const LightViewLeft& event);
  void on_delivered(const NodeId& node, const LightDelivered& event);
  void check_view(const NodeId& node, const LightViewInstalled& event, const Stay* before);
  void check_order(Episode& episode, const Stay& stay, const Message& message);
  void check_moves();
  void check_transitional(const Stay& stay);
  void check_final_view(const std::string& name, const std::vector<NodeId>& nodes);
  void complain(const std::string& property, const std::string& what);

  std::map<NodeId, View> control_;
  std::vector<Stay> stays_;
  std::map<std::pair<NodeId, std::string>, Episode> episodes_;  // open ones
  std::map<ViewKey, std::pair<LightMembers, Configuration>> views_;
  std::map<ViewKey, std::vector<NodeId>> newcomers_;  // as those see it who are not
  std::map<std::pair<NodeId, std::string>, std::uint64_t> sent_;
  std::map<Message, ViewKey> delivered_in_;
  std::map<std::pair<ViewKey, NodeId>, std::uint64_t> first_in_view_;
  std::set<std::pair<NodeId, Message>> delivered_;
  std::vector<std::string> violations_;
  Coverage coverage_;
};

}  // namespace hawser::test
