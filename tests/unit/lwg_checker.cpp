#include "tests/unit/lwg_checker.hpp"

#include <algorithm>
#include <charconv>

namespace hawser::test {
namespace {

std::string short_name(const NodeId& node) {
  return std::string(1, static_cast<char>('A' + node.incarnation.value - 1));
}

std::string text_of(const LightView& view) {
  std::string text = "view " + std::to_string(view.era.control_view.epoch) + "/" + std::to_string(view.era.number) +
                     " in " + std::to_string(view.heavy_view.epoch) + " {";
  for (const LightMember& member : view.members) text += short_name(member.node);
  return text + "}";
}

std::string text_of(const std::vector<NodeId>& nodes) {
  std::string text = "{";
  for (const NodeId& node : nodes) text += short_name(node);
  return text + "}";
}

std::string_view as_text(const Slice& payload) {
  return {reinterpret_cast<const char*>(payload.bytes().data()), payload.size()};
}

}  // namespace

std::string LwgChecker::message_text(const NodeId& node, const std::string& name, std::uint64_t number) {
  std::string text = short_name(node) + " " + name + " " + std::to_string(number);
  return number % kLongEvery == 0 ? text + "-long" : text;
}

void LwgChecker::complain(const std::string& property, const std::string& what) {
  violations_.push_back(property + ": " + what);
}

void LwgChecker::on_sent(const NodeId& node, const std::string& name, std::uint64_t number) {
  sent_[{node, name}] = number;
}

void LwgChecker::on_event(const NodeId& node, const LightEvent& event) {
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) on_view(node, *view);
  if (const auto* left = std::get_if<LightViewLeft>(&event)) on_left(node, *left);
  if (const auto* delivered = std::get_if<LightDelivered>(&event)) on_delivered(node, *delivered);
  if (std::holds_alternative<LightGroupsRepaired>(event)) ++coverage_.repairs;
}

void LwgChecker::on_view(const NodeId& node, const LightViewInstalled& event) {
  Episode& episode = episodes_[{node, event.name}];
  const int before = episode.stay;
  check_view(node, event, before < 0 ? nullptr : &stays_[static_cast<std::size_t>(before)]);
  if (before < 0) episode.sent_before = sent_[{node, event.name}];
  episode.stay = static_cast<int>(stays_.size());
  if (before >= 0) stays_[static_cast<std::size_t>(before)].next = episode.stay;
  std::erase_if(episode.last, [&](const auto& entry) { return !event.view.contains(entry.first); });
  stays_.push_back({.node = node,
                    .name = event.name,
                    .view = event.view,
                    .heavy = event.heavy,
                    .transitional = event.transitional(node),
                    .delivered = {},
                    .configuration = event.configuration,
                    .previous = before});
}

void LwgChecker::check_view(const NodeId& node, const LightViewInstalled& event, const Stay* before) {
  const std::string what = short_name(node) + " installs " + event.name + " " + text_of(event.view);
  if (!event.view.contains(node)) complain("self inclusion", what);
  const View& control = control_[node];
  const bool within = std::all_of(event.view.members.begin(), event.view.members.end(),
                                  [&](const LightMember& member) { return control.contains(member.node); });
  if (!within || event.view.heavy_view.epoch != control.id.epoch) complain("light view in control view", what);
  const auto [at, is_new] = views_.try_emplace(key_of(event.view), event.view.members, event.configuration);
  if (!is_new && at->second != std::pair{event.view.members, event.configuration}) complain("view agreement", what);
  if (event.brings(node) != (before == nullptr))
    complain("transitional set", what + " as a newcomer, or not as one, wrongly");
  if (before == nullptr) return;
  // Who is new does not know which of the others are.
  const auto [newcomers, is_first] = newcomers_.try_emplace(key_of(event.view), event.newcomers);
  if (!is_first && newcomers->second != event.newcomers) {
    complain("view agreement",
             what + " with newcomers " + text_of(event.newcomers) + ", elsewhere " + text_of(newcomers->second));
  }
  const bool alters = before->configuration != event.configuration;
  if (alters && before->configuration.is_set()) complain("one configuration", what + " with another than before");
  if (before->view.group != event.view.group) complain("local monotonicity", what + " of another id");
  const bool later = before->view.era < event.view.era ||
                     (before->view.era == event.view.era && before->view.heavy_view < event.view.heavy_view);
  if (!later) complain("local monotonicity", what + " after " + text_of(before->view));
  if (before->heavy != event.heavy) ++coverage_.moves;
  if (event.view.heavy_view != control.id && before->view.era != event.view.era) ++coverage_.joint;
}

void LwgChecker::on_left(const NodeId& node, const LightViewLeft& event) {
  if (event.cause == LightViewLeft::Cause::merged) ++coverage_.merged;
  const auto at = episodes_.find({node, event.name});
  if (at == episodes_.end()) return;
  stays_[static_cast<std::size_t>(at->second.stay)].left = true;
  episodes_.erase(at);
}

void LwgChecker::on_delivered(const NodeId& node, const LightDelivered& event) {
  const std::string text{as_text(event.payload)};
  const std::string what = short_name(node) + " delivers '" + text + "'";
  const auto space = text.rfind(' ');
  const std::string name = text.substr(2, space - 2);
  std::uint64_t number = 0;
  std::from_chars(text.data() + space + 1, text.data() + text.size(), number);
  const Message message{event.sender, name, number};
  ++coverage_.delivered;

  if (text != message_text(event.sender, name, number) || number > sent_[{event.sender, name}]) {
    complain("delivery integrity", what + " from " + short_name(event.sender));
  }
  if (!delivered_.insert({node, message}).second) complain("no duplication", what);
  const auto episode = episodes_.find({node, name});
  if (episode == episodes_.end()) return complain("no delivery to non-members", what);
  Stay& stay = stays_[static_cast<std::size_t>(episode->second.stay)];
  if (stay.view.group != event.group) return complain("no delivery to non-members", what + " of another group id");
  if (!stay.view.contains(event.sender)) complain("no delivery from non-members", what + " in " + text_of(stay.view));
  const auto [at, is_first] = delivered_in_.try_emplace(message, key_of(stay.view));
  if (!is_first && at->second != key_of(stay.view)) complain("same view delivery", what + " in " + text_of(stay.view));
  check_order(episode->second, stay, message);
  stay.delivered.insert(message);
  if (!stay.configuration.is_total()) return;
  stay.order.push_back(message);
  ++coverage_.ordered;
}

void LwgChecker::check_order(Episode& episode, const Stay& stay, const Message& message) {
  const std::string what = short_name(stay.node) + " delivers " + std::to_string(message.number) + " of " +
                           short_name(message.sender) + " on " + message.name + " in " + text_of(stay.view);
  const auto last = episode.last.find(message.sender);
  if (last != episode.last.end() && message.number != last->second + 1) {
    complain("reliable fifo", what + " after " + std::to_string(last->second));
  }
  episode.last[message.sender] = message.number;
  const bool first_here = std::none_of(stay.delivered.begin(), stay.delivered.end(),
                                       [&](const Message& one) { return one.sender == message.sender; });
  if (!first_here) return;
  const auto [at, is_first] = first_in_view_.try_emplace({key_of(stay.view), message.sender}, message.number);
  if (!is_first && at->second != message.number) {
    complain("reliable fifo", what + " first, elsewhere " + std::to_string(at->second));
  }
}

// ---- At the end ----

void LwgChecker::check_end(const std::map<NodeId, std::set<std::string>>& wanted_by_live_nodes) {
  check_moves();
  for (const Stay& stay : stays_) check_transitional(stay);
  std::map<std::string, std::vector<NodeId>> wanted;
  for (const auto& [node, names] : wanted_by_live_nodes) {
    for (const std::string& name : names) wanted[name].push_back(node);
    for (const auto& [key, episode] : episodes_) {
      if (key.first == node && !names.contains(key.second)) {
        complain("liveness", short_name(node) + " is still in " + key.second);
      }
    }
  }
  for (const auto& [name, nodes] : wanted) check_final_view(name, nodes);
}

void LwgChecker::check_moves() {
  std::map<std::pair<ViewKey, ViewKey>, const Stay*> first;
  for (const Stay& stay : stays_) {
    if (stay.next < 0) continue;
    const Stay& next = stays_[static_cast<std::size_t>(stay.next)];
    const auto [at, is_new] = first.try_emplace({key_of(stay.view), key_of(next.view)}, &stay);
    if (is_new) continue;
    coverage_.moved_together += stay.delivered.empty() ? 0 : 1;
    const std::string what = short_name(stay.node) + " and " + short_name(at->second->node) + " go from " + stay.name +
                             " " + text_of(stay.view) + " to " + text_of(next.view) + " after ";
    if (at->second->delivered != stay.delivered) {
      complain("virtual synchrony", what + "different messages");
    } else if (at->second->order != stay.order) {
      complain("total order", what + "the same messages in different orders");
    }
  }
}

void LwgChecker::check_transitional(const Stay& stay) {
  std::set<NodeId> claimed(stay.transitional.begin(), stay.transitional.end());
  if (!claimed.contains(stay.node)) complain("transitional set", short_name(stay.node) + " leaves itself out");
  for (const Stay& other : stays_) {
    if (key_of(other.view) != key_of(stay.view)) continue;
    const auto origin = [&](const Stay& one) {
      return one.previous < 0 ? ViewKey{} : key_of(stays_[static_cast<std::size_t>(one.previous)].view);
    };
    const bool same = &other == &stay || (stay.previous >= 0 && origin(other) == origin(stay));
    if (same == claimed.contains(other.node)) continue;
    complain("transitional set", short_name(stay.node) + " at " + stay.name + " " + text_of(stay.view) +
                                     " is wrong about " + short_name(other.node));
  }
}

void LwgChecker::check_final_view(const std::string& name, const std::vector<NodeId>& nodes) {
  const Stay* first = nullptr;
  for (const NodeId& node : nodes) {
    const auto episode = episodes_.find({node, name});
    if (episode == episodes_.end()) {
      complain("liveness", short_name(node) + " is not in " + name);
      continue;
    }
    const Stay& stay = stays_[static_cast<std::size_t>(episode->second.stay)];
    if (first == nullptr) first = &stay;
    const std::string what = name + ": " + short_name(node) + " ends in " + text_of(stay.view);
    if (stay.view.members.size() != nodes.size()) complain("liveness", what);
    if (key_of(first->view) != key_of(stay.view)) complain("view agreement", what + ", not in " + text_of(first->view));
    if (first->delivered != stay.delivered) complain("virtual synchrony", what + " after different messages");
    if (first->order != stay.order) complain("total order", what + " after messages in another order");
    const std::uint64_t sent = sent_[{node, name}];
    const auto own = episode->second.last.find(node);
    const std::uint64_t delivered = own == episode->second.last.end() ? 0 : own->second;
    if (sent > episode->second.sent_before && delivered != sent) {
      complain("self delivery", what + " without its message " + std::to_string(sent));
    }
  }
}

}  // namespace hawser::test
