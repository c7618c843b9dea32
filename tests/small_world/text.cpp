#include "tests/small_world/text.hpp"

#include "lwg/light_messages.hpp"

namespace hawser::small {
namespace {

std::string text_of(const NodeId& node) { return std::string(1, static_cast<char>('A' + node.incarnation.value - 1)); }

std::string text_of(GroupId group) {
  if (group == kControlGroup) return "the control group";
  return "h" + std::to_string(group.value % 10000);
}

std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string text_of(const std::vector<NodeId>& nodes) {
  std::string text = "{";
  for (const NodeId& node : nodes) text += text_of(node);
  return text + "}";
}

struct MessageText {
  std::string operator()(const LightData& data) const {
    return "'" + text_of(data.payload) + "' of era " + std::to_string(data.era.epoch) + "/" +
           std::to_string(data.era.number);
  }
  std::string operator()(const Marker& marker) const { return "marker " + std::to_string(marker.number); }
  std::string operator()(const RequestBatch& batch) const {
    return std::to_string(batch.requests.size()) + " requests";
  }
  std::string operator()(const OperationBatch& batch) const {
    static const char* const kKinds[] = {"create", "add", "remove", "move"};
    std::string text = "operations";
    for (const Operation& one : batch.operations) text += std::string(" ") + kKinds[static_cast<int>(one.kind)];
    return text;
  }
  std::string operator()(const LineageVote&) const { return "vote"; }
  std::string operator()(const SnapshotPart&) const { return "snapshot"; }
};

std::string text_of(const GroupEvent& event, const test::MemoryCluster& before, const NodeId& node) {
  if (const auto* view = std::get_if<ViewInstalled>(&event)) {
    return "gets view " + text_of(view->view.members) + " of " + text_of(view->group);
  }
  if (const auto* left = std::get_if<GroupLeft>(&event)) return "is out of " + text_of(left->group);
  if (const auto* arranged = std::get_if<GroupArranged>(&event)) {
    return "hears that " + text_of(arranged->group) + " is to be " + text_of(arranged->members);
  }
  const auto* delivered = std::get_if<Delivered>(&event);
  if (delivered == nullptr) return "hears of a failure";
  const auto message = decode_light_message(delivered->payload.bytes());
  return "hears from " + text_of(before.view_of(node, delivered->group).members[delivered->sender]) + " in " +
         text_of(delivered->group) + ": " + (message ? std::visit(MessageText{}, *message) : "?");
}

}  // namespace

std::string text_of_event(const LightEvent& event) {
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) {
    std::string text = view->name + " view " + std::to_string(view->view.era.control_view.epoch) + "/" +
                       std::to_string(view->view.era.number) + " {";
    for (const LightMember& member : view->view.members) text += text_of(member.node);
    return text + "} on " + text_of(view->heavy);
  }
  if (const auto* left = std::get_if<LightViewLeft>(&event)) return "out of " + left->name;
  if (const auto* delivered = std::get_if<LightDelivered>(&event)) {
    return "delivers '" + text_of(delivered->payload.bytes()) + "'";
  }
  return std::holds_alternative<LineageLost>(event) ? "lineage lost" : "groups repaired";
}

std::string text_of_deed(const Deed& deed) {
  static const char* const kVerbs[] = {" joins ", " leaves ", " sends on ", " waits", " wants one order on "};
  return std::string(1, deed.node) + kVerbs[static_cast<int>(deed.kind)] + deed.group;
}

std::string text_of_step(const test::MemoryStep& step, const test::MemoryCluster& before, test::MemoryCluster& scratch,
                         const NodeId& node) {
  std::string text;
  for (const GroupEvent& event : scratch.take(node, step)) {
    if (!text.empty()) text += "; ";
    text += text_of(event, before, node);
  }
  return text.empty() ? "goes on" : text;
}

}  // namespace hawser::small
