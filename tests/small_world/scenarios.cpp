#include <algorithm>

#include "tests/small_world/scenario.hpp"

namespace hawser::small {
namespace {

using Kind = Deed::Kind;
using Policy = MapperPolicy::Kind;

Deed joins(char node, std::string group) { return {Kind::join, node, std::move(group)}; }
Deed leaves(char node, std::string group) { return {Kind::leave, node, std::move(group)}; }
Deed configures(char node, std::string group) { return {Kind::configure, node, std::move(group)}; }
Deed waits(char node) { return {Kind::wait, node, {}}; }

// g of A and B on one heavy-weight group, x of all three on another.
std::vector<Deed> pair_and_all() {
  return {joins('A', "g"), joins('B', "g"), joins('A', "x"), joins('B', "x"), joins('C', "x")};
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kScenarios{
      {"join-grow",
       "g of A B; C joins: the heavy-weight group grows",
       Policy::single,
       {joins('A', "g"), joins('B', "g")},
       {joins('C', "g")}},
      {"join-share",
       "g of A B, x of all, on one heavy-weight group; C joins g",
       Policy::single,
       pair_and_all(),
       {joins('C', "g")}},
      {"join-switch",
       "g of A B on h1, x of all on h2; C joins g, which switches to h2",
       Policy::exact,
       pair_and_all(),
       {joins('C', "g")}},
      {"join-switch-release",
       "join-switch; then A and B let go of h1",
       Policy::exact,
       pair_and_all(),
       {joins('C', "g"), waits('A'), waits('B')}},
      {"join-create",
       "g and y of A B on h1; C joins g, which switches to a new heavy-weight group",
       Policy::exact,
       {joins('A', "g"), joins('B', "g"), joins('A', "y"), joins('B', "y")},
       {joins('C', "g")}},
      {"join-two",
       "g of A on h1, x of all on h2; B and C join g, each makes it switch",
       Policy::exact,
       {joins('A', "g"), joins('A', "x"), joins('B', "x"), joins('C', "x")},
       {joins('B', "g"), joins('C', "g")}},
      {"told",
       "g of A B, x of all, on one heavy-weight group; A wants g to be in total order",
       Policy::single,
       pair_and_all(),
       {configures('A', "g")}},
      {"told-switch",
       "g of A B on h1, x of all on h2; A wants g to be in total order, and C joins it",
       Policy::exact,
       pair_and_all(),
       {configures('A', "g"), joins('C', "g")}},
      {"leave-switch",
       "g of A B on h1, x of all on h2; C leaves x, which switches to h1",
       Policy::exact,
       pair_and_all(),
       {leaves('C', "x")},
       true},
  };
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto at =
      std::find_if(scenarios().begin(), scenarios().end(), [&](const Scenario& one) { return one.name == name; });
  return at == scenarios().end() ? nullptr : &*at;
}

bool add_senders(std::string_view senders, std::vector<Deed>& deeds) {
  while (!senders.empty()) {
    const std::size_t end = std::min(senders.find(' '), senders.size());
    if (end < 2 || senders[0] < 'A' || senders[0] > 'C') return false;
    deeds.push_back({Kind::send, senders[0], std::string{senders.substr(1, end - 1)}});
    senders.remove_prefix(std::min(end + 1, senders.size()));
  }
  return true;
}

}  // namespace hawser::small
