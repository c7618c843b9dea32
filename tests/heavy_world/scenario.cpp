#include "tests/heavy_world/scenario.hpp"

#include <algorithm>

namespace hawser::heavy {
namespace {

std::optional<Order> order_of_letter(char letter) {
  switch (letter) {
    case 'u': return Order::unordered;
    case 'f': return Order::fifo;
    case 'b': return Order::bulk;
    case 't': return Order::total;
    case 'c': return Order::causal;
    case 's': return Order::safe;
    case 'g': return Order::gbcast;
    default: return std::nullopt;
  }
}

std::optional<Message> message_of(std::string_view word) {
  const bool in_group = word.size() == 3 && word[2] == '7';
  if (word.size() != 2 && !in_group) return std::nullopt;
  const auto order = order_of_letter(word[1]);
  if (word[0] < 'A' || word[0] > 'C' || !order) return std::nullopt;
  if (*order == Order::gbcast && !in_group) return std::nullopt;  // The control group has none.
  return Message{word[0], *order, in_group ? kGroup : kControlGroup};
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kScenarios{
      {.name = "steady", .what = "A B C are together", .parts = {"ABC"}},
      {.name = "cut", .what = "A B C; C is cut off", .parts = {"ABC"}, .parts_with_c = true},
      {.name = "part",
       .what = "A B C; C is cut off and comes back",
       .parts = {"ABC"},
       .parts_with_c = true,
       .comes_back = true},
      {.name = "merge",
       .what = "A B are together, C is alone; they come together",
       .parts = {"AB", "C"},
       .merges = true},
      {.name = "group", .what = "A B C, and a group of A B C", .parts = {"ABC"}, .members = "ABC"},
      {.name = "grow",
       .what = "A B C, and a group of A B that takes in C",
       .parts = {"ABC"},
       .members = "AB",
       .arranged = "ABC"},
      {.name = "shrink",
       .what = "A B C, and a group of A B C that lets C go",
       .parts = {"ABC"},
       .members = "ABC",
       .arranged = "AB"},
  };
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto at =
      std::find_if(scenarios().begin(), scenarios().end(), [&](const Scenario& one) { return one.name == name; });
  return at == scenarios().end() ? nullptr : &*at;
}

std::optional<std::vector<Message>> messages_of(std::string_view senders) {
  std::vector<Message> messages;
  while (!senders.empty()) {
    const std::size_t end = std::min(senders.find(' '), senders.size());
    const auto message = message_of(senders.substr(0, end));
    if (!message) return std::nullopt;
    messages.push_back(*message);
    senders.remove_prefix(std::min(end + 1, senders.size()));
  }
  return messages;
}

}  // namespace hawser::heavy
