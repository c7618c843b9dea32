#include "describe.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace hawser::check {

namespace {

std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%08" PRIx64, value >> 32U);
  return text.data();
}

std::string quoted(std::string_view text) { return "'" + std::string{text} + "'"; }

/// One line for each kind of event.
struct Describer {
  const Index& index;

  std::string operator()(const trace::HeavyView& e) const {
    return "view " + to_string(e.view.id) + " of group " + std::to_string(e.group.value) + ": " +
           list(index, e.view.members) + ", coming along: " + list(index, e.transitional);
  }
  std::string operator()(const trace::HeavySent& e) const {
    return "sends " + message(e.message, e.order) + " to group " + std::to_string(e.group.value) +
           (e.promised == ViewId{} ? "" : " for view " + to_string(e.promised));
  }
  std::string operator()(const trace::HeavyPrimary& e) const {
    return "view " + to_string(e.view) + " is primary number " + std::to_string(e.number);
  }
  std::string operator()(const trace::HeavyHold& e) const {
    return "is asked to hold group " + std::to_string(e.group.value);
  }
  std::string operator()(const trace::HeavyUnsent& e) const {
    return "is given back " + message(e.message, Order::fifo) + " of group " + std::to_string(e.group.value);
  }
  std::string operator()(const trace::HeavyLeft& e) const { return "is out of group " + std::to_string(e.group.value); }
  std::string operator()(const trace::HeavyDelivered& e) const {
    return "delivers " + message(e.message, e.order) + " of " + label(index, e.sender) + " in group " +
           std::to_string(e.group.value);
  }
  std::string operator()(const trace::LightViewSeen& e) const {
    std::string members;
    for (const LightMember& member : e.view.members) {
      members += (members.empty() ? "" : " ") + label(index, member.node);
      if (member.role == Role::publisher) members += "(publisher)";
    }
    return "light view " + light_view_name(e.view.era, e.view.heavy_view) + " of " + quoted(e.name) + " on group " +
           std::to_string(e.heavy.value) + ": [" + members + "], coming along: " + list(index, e.transitional) +
           ", new: " + list(index, e.newcomers) + (e.total ? ", in total order" : "");
  }
  std::string operator()(const trace::LightLeft& e) const {
    return (e.asked ? "has left light group " : "has lost light group ") + quoted(e.name);
  }
  std::string operator()(const trace::LightSent& e) const {
    return "sends " + message_name(e.message) + " to light group " + quoted(e.name);
  }
  std::string operator()(const trace::LightDeliveredSeen& e) const {
    return "delivers " + message_name(e.message) + " of " + label(index, e.sender) + " in light group " +
           hex(e.group.value << 32U);
  }
  std::string operator()(const trace::Subscribed& e) const { return "subscribes " + quoted(e.topic); }
  std::string operator()(const trace::Unsubscribed& e) const { return "unsubscribes " + quoted(e.topic); }
  std::string operator()(const trace::Published& e) const {
    return "publishes " + quoted(e.topic) + " number " + std::to_string(e.number) + ", payload " +
           message_name(e.payload);
  }
  std::string operator()(const trace::Received& e) const {
    return std::string{"receives "} + (e.retained ? "retained " : "") + quoted(e.topic) + " number " +
           std::to_string(e.number) + " of " + label(index, e.publisher) + ", payload " + message_name(e.payload);
  }
  std::string operator()(const trace::StateTaken& e) const {
    return "takes the state of " + quoted(e.topic) + " at " + light_view_name(e.cut_era, e.cut_heavy_view) +
           ", digest " + hex(e.digest);
  }
  std::string operator()(const trace::StateInstalled& e) const {
    return "installs the state of " + quoted(e.topic) + " from " + label(index, e.donor) + " as of " +
           light_view_name(e.cut_era, e.cut_heavy_view) + ", digest " + hex(e.digest);
  }
  std::string operator()(const trace::GapSeen& e) const { return "is told of a gap in " + quoted(e.topic); }
  std::string operator()(const trace::DirectoryState& e) const {
    return "has directory " + hex(e.digest) + (e.synced ? "" : ", not synced");
  }

 private:
  static std::string message(MessageDigest digest, Order order) {
    constexpr std::array kNames{" (unordered)", "", " (bulk)", " (causal)", " (total)", " (safe)", " (gbcast)"};
    static_assert(kNames.size() == kOrders);
    return message_name(digest) + kNames.at(static_cast<std::size_t>(order));
  }
};

}  // namespace

std::string label(NodeIndex node) { return "n" + std::to_string(node + 1); }

std::string label(const Index& index, const NodeId& node) {
  const NodeIndex known = index.nodes.find(node);
  return known == kNone ? to_string(node) : label(known);
}

std::string list(const Index& index, std::span<const NodeId> nodes) {
  std::string text;
  for (const NodeId& node : nodes) text += (text.empty() ? "" : " ") + label(index, node);
  return "[" + text + "]";
}

std::string message_name(MessageDigest digest) { return "m" + hex(digest); }

std::string light_view_name(const Era& era, ViewId heavy_view) {
  return to_string(era.control_view) + "/" + std::to_string(era.number) + " on " + to_string(heavy_view);
}

std::string describe(const Index& index, const TraceEvent& event) { return std::visit(Describer{index}, event.what); }

std::string delivery_name(const Layer& layer, const Delivery& delivery) {
  const std::string sender =
      delivery.stream == kNone ? std::string{} : " of " + label(layer.streams[delivery.stream].sender);
  return label(delivery.node) + " delivers " + message_name(delivery.digest) + sender;
}

std::string view_name(const Index& index, const Layer& layer, StayIndex stay) {
  if (stay == kNone) return "no view";
  if (&layer == &index.heavy) return "view " + to_string(index.heavy_view(layer.stays[stay]).view.id);
  const trace::LightViewSeen& seen = index.light_view(layer.stays[stay]);
  return "light view " + light_view_name(seen.view.era, seen.view.heavy_view) + " of " + quoted(seen.name);
}

}  // namespace hawser::check
