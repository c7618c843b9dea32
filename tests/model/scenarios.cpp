#include <algorithm>
#include <utility>

#include "tests/model/scenario.hpp"

namespace model {
namespace {

constexpr int A = 0, B = 1, C = 2, D = 3;
constexpr int X = 0, Y = 1;
constexpr int h1 = 0, h2 = 1, h3 = 2;
constexpr Mask AB = 3, AC = 5, ABC = 7, BCD = 14, ABCD = 15;

Op add(int group, int node) { return {Kind::add, group, node, 0, 0}; }
Op remove(int group, int node) { return {Kind::remove, group, node, 0, 0}; }
Op ride(int group, int heavy) { return {Kind::ride, group, 0, heavy, 0}; }
Op arrange(int heavy, Mask members) { return {Kind::arrange, 0, 0, heavy, members}; }
Op release(int heavy, int node) { return {Kind::release, 0, node, heavy, 0}; }

char node_name(int node) { return static_cast<char>('A' + node); }
std::string names_of(Mask set) {
  std::string text = "{";
  for (int p = 0; p < nodes_max; ++p) {
    if (contains(set, p)) text += node_name(p);
  }
  return text + "}";
}

// One light group that stays where it is.
std::vector<Scenario> joins_and_leaves() {
  return {
      {"join", "C, in h1 already, joins", 3, {ABC}, {{{AB, h1}}}, {add(X, C)}, {ABC}},
      {"join-grow", "C joins h1, then the group", 3, {AB}, {{{AB, h1}}}, {arrange(h1, ABC), add(X, C)}, {ABC}},
      {"leave", "C leaves", 3, {ABC}, {{{ABC, h1}}}, {remove(X, C)}, {ABC}},
      {"leave-heavy", "C leaves, then leaves h1", 3, {ABC}, {{{ABC, h1}}}, {remove(X, C), release(h1, C)}, {ABC}},
      {"join-leave", "B joins, C leaves", 3, {ABC}, {{{AC, h1}}}, {add(X, B), remove(X, C)}, {ABC}},
      {"leave-join", "C leaves, B joins", 3, {ABC}, {{{AC, h1}}}, {remove(X, C), add(X, B)}, {ABC}},
      {"join-join", "B joins, then C", 3, {ABC}, {{{only(A), h1}}}, {add(X, B), add(X, C)}, {ABC}},
      {"rejoin", "C leaves and joins again", 3, {ABC}, {{{ABC, h1}}}, {remove(X, C), add(X, C)}, {ABC}},
      {"rejoin-heavy",
       "C leaves, leaves h1, joins both again",
       3,
       {ABC},
       {{{ABC, h1}}},
       {remove(X, C), release(h1, C), arrange(h1, ABC), add(X, C)},
       {ABC}},
  };
}

// One light group goes to another heavy group.
std::vector<Scenario> switches() {
  return {
      {"switch", "all from h1 to h2", 3, {ABC, ABC}, {{{ABC, h1}}}, {ride(X, h2)}, {ABC}},
      {"switch-arrange",
       "h2 grows, then all go there",
       3,
       {ABC, AB},
       {{{ABC, h1}}},
       {arrange(h2, ABC), ride(X, h2)},
       {ABC}},
      {"switch-create",
       "h2 comes to be, then all go there",
       3,
       {ABC},
       {{{ABC, h1}}},
       {arrange(h2, ABC), ride(X, h2)},
       {ABC}},
      {"switch-join",
       "C joins, for which the group goes to h2",
       3,
       {AB, ABC},
       {{{AB, h1}}},
       {ride(X, h2), add(X, C)},
       {ABC}},
      {"switch-create-join",
       "C joins, for which h2 comes to be",
       3,
       {AB},
       {{{AB, h1}}},
       {arrange(h2, ABC), ride(X, h2), add(X, C)},
       {ABC}},
      {"join-switch", "C joins on h1, then all go to h2", 3, {ABC, ABC}, {{{AB, h1}}}, {add(X, C), ride(X, h2)}, {ABC}},
      {"leave-switch", "C leaves, the rest go to h2", 3, {ABC, ABC}, {{{ABC, h1}}}, {remove(X, C), ride(X, h2)}, {ABC}},
      {"switch-leave",
       "all go to h2, C leaves there",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {ride(X, h2), remove(X, C)},
       {ABC}},
  };
}

// It goes more than once, or its members leave what it has left.
std::vector<Scenario> switches_back() {
  return {
      {"switch-back", "from h1 to h2 and back", 3, {ABC, ABC}, {{{ABC, h1}}}, {ride(X, h2), ride(X, h1)}, {ABC}},
      {"switch-rejoin",
       "C leaves, the rest go to h2, C joins there",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {remove(X, C), ride(X, h2), add(X, C)},
       {ABC}},
      {"switch-release",
       "all go to h2, A and C leave h1",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {ride(X, h2), release(h1, C), release(h1, A)},
       {ABC}},
      {"switch-release-leave",
       "all go to h2, C leaves h1, then the group",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {ride(X, h2), release(h1, C), remove(X, C)},
       {ABC}},
      {"switch-back-release",
       "to h2 and back, C leaves h2",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {ride(X, h2), ride(X, h1), release(h2, C)},
       {ABC}},
      {"release-too-late",
       "C asks to leave h1 in time, the group comes back before it is ordered",
       3,
       {ABC, ABC},
       {{{ABC, h1}}},
       {ride(X, h2), ride(X, h1), release(h1, C)},
       {ABC}},
      {"switch-twice", "from h1 by h2 to h3", 3, {ABC, ABC, ABC}, {{{ABC, h1}}}, {ride(X, h2), ride(X, h3)}, {ABC}},
      {"switch-create-leave",
       "h2 comes to be, all go there, C leaves",
       3,
       {ABC},
       {{{ABC, h1}}},
       {arrange(h2, ABC), ride(X, h2), remove(X, C)},
       {ABC}},
  };
}

// Two light groups that share markers: who marks what, and behind what.
std::vector<Scenario> two_switches() {
  return {
      {"two-switch-join",
       "X goes to h2, C joins Y on h1",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {AB, h1}}},
       {ride(X, h2), add(Y, C)},
       {ABC, ABC}},
      {"two-join-switch",
       "C joins Y on h1, X goes to h2",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {AB, h1}}},
       {add(Y, C), ride(X, h2)},
       {ABC, ABC}},
      {"two-behind",
       "X goes to h2 and loses C there, Y is on h2 and loses C",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {ABC, h2}}},
       {ride(X, h2), remove(X, C), remove(Y, C)},
       {ABC, ABC}},
      {"two-behind-twice",
       "X goes by h2 to h3, Y is on h2 and loses C",
       3,
       {ABC, ABC, ABC},
       {{{ABC, h1}, {ABC, h2}}},
       {ride(X, h2), ride(X, h3), remove(Y, C)},
       {ABC, ABC}},
      {"two-cross",
       "X from h1 to h2, Y from h2 to h1",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {ABC, h2}}},
       {ride(X, h2), ride(Y, h1)},
       {ABC, ABC}},
      {"two-cross-late",
       "X and Y cross, then each loses C",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {ABC, h2}}},
       {ride(X, h2), ride(Y, h1), remove(X, C), remove(Y, C)},
       {ABC, ABC}},
      {"two-cross-mixed",
       "X crosses and loses C, then Y does",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {ABC, h2}}},
       {ride(X, h2), remove(X, C), ride(Y, h1), remove(Y, C)},
       {ABC, ABC}},
  };
}

// Two light groups: one changes while the other goes, comes or stays.
std::vector<Scenario> two_others() {
  return {
      {"two-join-join",
       "C joins X and Y on h1, AB before",
       3,
       {ABC},
       {{{AB, h1}, {AB, h1}}},
       {add(X, C), add(Y, C)},
       {ABC, ABC}},
      {"two-leave-rejoin",
       "C leaves X, joins Y, joins X",
       3,
       {ABC},
       {{{ABC, h1}, {AB, h1}}},
       {remove(X, C), add(Y, C), add(X, C)},
       {ABC, ABC}},
      {"two-join-behind",
       "X goes to h2, for C to join it; B joins Y there",
       3,
       {AB, ABC},
       {{{AB, h1}, {AC, h2}}},
       {ride(X, h2), add(X, C), add(Y, B)},
       {ABC, ABC}},
      {"two-release",
       "X goes to h2, C leaves Y, then h1",
       3,
       {ABC, ABC},
       {{{ABC, h1}, {ABC, h1}}},
       {ride(X, h2), remove(Y, C), release(h1, C)},
       {ABC, ABC}},
      {"two-grow-switch",
       "p is in h1 for Y only by an arrangement; X goes there",
       3,
       {AB, ABC},
       {{{ABC, h2}, {AB, h1}}},
       {arrange(h1, ABC), ride(X, h1)},
       {ABC, AB}},
  };
}

// With fewer nodes, or more.
std::vector<Scenario> other_sizes() {
  return {
      // Two nodes.
      {"pair-switch-twice", "from h1 by h2 to h3", 2, {AB, AB, AB}, {{{AB, h1}}}, {ride(X, h2), ride(X, h3)}, {AB}},
      {"pair-behind-twice",
       "X goes by h2 to h3, Y is on h2 and loses B",
       2,
       {AB, AB, AB},
       {{{AB, h1}, {AB, h2}}},
       {ride(X, h2), ride(X, h3), remove(Y, B)},
       {AB, AB}},
      // Four nodes.
      {"four-switch-join",
       "D joins, for which the group goes to h2",
       4,
       {ABC, ABCD},
       {{{ABC, h1}}},
       {ride(X, h2), add(X, D)},
       {ABCD}},
      {"four-join-leave", "D joins, C leaves", 4, {ABCD}, {{{ABC, h1}}}, {add(X, D), remove(X, C)}, {ABCD}},
      {"four-switch", "all from h1 to h2", 4, {ABCD, ABCD}, {{{ABCD, h1}}}, {ride(X, h2)}, {ABCD}},
      {"four-release",
       "all go to h2, C leaves h1",
       4,
       {ABCD, ABCD},
       {{{ABCD, h1}}},
       {ride(X, h2), release(h1, C)},
       {ABCD}},
      {"four-two",
       "X={ABC} goes to h2 and D joins it; Y={BCD} loses C on h2",
       4,
       {ABCD, ABCD},
       {{{ABC, h1}, {BCD, h2}}},
       {ride(X, h2), add(X, D), remove(Y, C)},
       {ABCD, ABCD}},
  };
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> list;
    for (const auto part : {joins_and_leaves, switches, switches_back, two_switches, two_others, other_sizes}) {
      for (Scenario& scenario : part()) list.push_back(std::move(scenario));
    }
    return list;
  }();
  return all;
}

const Scenario* find_scenario(std::string_view name) {
  const auto& all = scenarios();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Scenario& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string text_of(const Op& op) {
  const std::string group = op.group == X ? "X" : "Y", heavy = "h" + std::to_string(op.heavy + 1);
  switch (op.kind) {
    case Kind::add: return "add(" + group + ", " + node_name(op.node) + ")";
    case Kind::remove: return "remove(" + group + ", " + node_name(op.node) + ")";
    case Kind::ride: return "switch(" + group + ", " + heavy + ")";
    case Kind::arrange: return "arrange(" + heavy + ", " + names_of(op.members) + ")";
    case Kind::release: return "arrange(" + heavy + ", without " + node_name(op.node) + ")";
  }
  return {};
}

Directory directory_of(const Scenario& scenario) {
  Directory d{};
  for (int l = 0; l < lights_max; ++l) {
    d.members[0][l] = scenario.light[l].members;
    d.heavy[0][l] = static_cast<Byte>(scenario.light[l].heavy);
  }
  for (int h = 0; h < heavies_max; ++h) d.arranged[0][h] = scenario.heavy[h];
  for (int n = 1; n <= static_cast<int>(scenario.log.size()); ++n) {
    const Op& op = scenario.log[n - 1];
    std::copy_n(d.members[n - 1], lights_max, d.members[n]);
    std::copy_n(d.heavy[n - 1], lights_max, d.heavy[n]);
    std::copy_n(d.arranged[n - 1], heavies_max, d.arranged[n]);
    Mask& members = d.members[n][op.group];
    switch (op.kind) {
      case Kind::add: members |= only(op.node); break;
      case Kind::remove: members &= static_cast<Mask>(~only(op.node)); break;
      case Kind::ride: d.heavy[n][op.group] = static_cast<Byte>(op.heavy); break;
      case Kind::arrange: d.arranged[n][op.heavy] = op.members; break;
      case Kind::release: d.arranged[n][op.heavy] &= static_cast<Mask>(~only(op.node)); break;
    }
    d.arranges[n][op.heavy] = op.kind == Kind::arrange || op.kind == Kind::release;
    d.has_arrangements |= d.arranges[n][op.heavy];
  }
  return d;
}

}  // namespace model
