// Depth-first search through all states of a world, whatever its rules are: World, Action, initial(), actions(), act(),
// choices(), key(), violations(), flaws_at_end(), is_optional(), text_of().
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/small_world/every_choice.hpp"

namespace hawser::small {

struct Result {
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t finals = 0;
  std::uint64_t moves = 0;      ///< switches seen by nodes, over all ends
  std::size_t depth = 0;        ///< steps of the longest way
  std::size_t node_states = 0;  ///< of the machines
  std::size_t confirmed = 0;    ///< see NodeStates
  bool complete = true;         ///< false: stopped at the bound, or at a violation
  std::vector<std::string> violations;
  std::string trace;  ///< the way to them; the shortest one where that was found within the bound
};

/// What is told of one step, beside what it is: for traces.
using Told = std::vector<std::string>;

/// One step of a way.
template <typename Rules>
struct Taken {
  typename Rules::Action action;
  Choices choices;
};

// Hashes of states, each with the fewest steps it was reached in. Two states with the same 64 bits would count as one.
class Known {
 public:
  /// False where it is known, with no more steps.
  bool insert(std::uint64_t hash, std::uint16_t steps) {
    if (count_ * 10 >= keys_.size() * 7) grow();
    const std::size_t at = place_of(hash);
    if (keys_[at] == hash && steps_[at] <= steps) return false;
    count_ += keys_[at] == hash ? 0 : 1;
    keys_[at] = hash;
    steps_[at] = steps;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  [[nodiscard]] std::size_t place_of(std::uint64_t hash) const {
    std::size_t at = hash & (keys_.size() - 1);
    while (keys_[at] != 0 && keys_[at] != hash) at = (at + 1) & (keys_.size() - 1);
    return at;
  }
  void grow() {
    Known larger;
    larger.keys_.assign(keys_.size() * 2, 0);
    larger.steps_.assign(keys_.size() * 2, 0);
    for (std::size_t at = 0; at < keys_.size(); ++at) {
      if (keys_[at] == 0) continue;
      const std::size_t place = larger.place_of(keys_[at]);
      larger.keys_[place] = keys_[at];
      larger.steps_[place] = steps_[at];
    }
    keys_.swap(larger.keys_);
    steps_.swap(larger.steps_);
  }

  std::vector<std::uint64_t> keys_ = std::vector<std::uint64_t>(1U << 16U);
  std::vector<std::uint16_t> steps_ = std::vector<std::uint16_t>(1U << 16U);
  std::size_t count_ = 0;
};

template <typename Rules>
class Searcher {
 public:
  using World = typename Rules::World;
  using Action = typename Rules::Action;

  Searcher(Rules& rules, std::size_t states_max, std::size_t steps_max, bool wants_shortest)
      : rules_(rules), states_max_(states_max), steps_max_(steps_max), wants_shortest_(wants_shortest) {}

  Result run() {
    enter(rules_.initial());
    while (!path_.empty() && result_.violations.empty()) {
      if (known_.size() > states_max_) break;
      if (!path_.back().go_on) {
        leave();
      } else {
        take_next();
      }
    }
    result_.complete = path_.empty() && result_.violations.empty();
    result_.states = known_.size();
    return std::move(result_);
  }
  /// The way to the violation.
  [[nodiscard]] const std::vector<Taken<Rules>>& way() const { return way_; }

 private:
  struct Place {
    World world;
    std::uint64_t key = 0;
    std::vector<Action> actions{};
    std::size_t at = 0;  // in actions
    Choices choices{};   // of the next way to take it
    bool go_on = true;
    bool is_final = true;  // so far
  };

  void enter(World world) {
    Place place{std::move(world)};
    place.key = rules_.key(place.world);
    const auto steps = static_cast<std::uint16_t>(wants_shortest_ ? path_.size() : 0);
    if (!known_.insert(place.key, steps)) return;
    result_.violations = rules_.violations(place.world);
    if (!result_.violations.empty()) return remember_way();
    place.actions = rules_.actions(place.world);
    place.go_on = !place.actions.empty() && path_.size() < steps_max_;
    if (!place.actions.empty() && path_.size() >= steps_max_) place.is_final = false;
    path_.push_back(std::move(place));
    result_.depth = std::max(result_.depth, path_.size() - 1);
  }

  // The action at hand, in one of its ways.
  void take_next() {
    Place& place = path_.back();
    const Action action = place.actions[place.at];
    World next = place.world.copy();
    rules_.choices().begin(place.choices);
    rules_.act(next, action);
    taken_.resize(path_.size() - 1);
    taken_.push_back({action, rules_.choices().made()});
    ++result_.transitions;
    if (rules_.choices().next()) {
      place.choices = rules_.choices().taken_next();
    } else {
      place.choices.clear();
      place.go_on = ++place.at < place.actions.size();
    }
    if (place.is_final && !Rules::is_optional(action)) place.is_final = rules_.key(next) == place.key;
    enter(std::move(next));
  }

  void leave() {
    const Place& place = path_.back();
    if (place.is_final) {
      ++result_.finals;
      result_.violations = rules_.flaws_at_end(place.world);
      taken_.resize(path_.size() - 1);
      if (!result_.violations.empty()) return remember_way();
    }
    path_.pop_back();
  }

  void remember_way() { way_ = taken_; }

  Rules& rules_;
  std::size_t states_max_;
  std::size_t steps_max_;
  bool wants_shortest_;
  Known known_;
  std::vector<Place> path_;
  std::vector<Taken<Rules>> taken_;  // the steps between places, and the one to the place that was entered last
  std::vector<Taken<Rules>> way_;
  Result result_;
};

/// The way in words, a line a step.
template <typename Rules>
std::string trace_of(Rules& rules, const std::vector<Taken<Rules>>& way) {
  std::string text;
  typename Rules::World world = rules.initial();
  std::size_t number = 0;
  for (const Taken<Rules>& taken : way) {
    text += "  " + std::to_string(++number) + ". " + rules.text_of(world, taken.action);
    rules.choices().begin(taken.choices);
    Told told;
    rules.act(world, taken.action, &told);
    for (const std::string& one : told) text += "  [" + one + "]";
    text += "\n";
  }
  return text;
}

/// Goes through all of `Rules{setting}`, up to `states_max` states. Without `wants_shortest`, the first way to a
/// violation will do. `count` adds to the result what only the rules know.
template <typename Rules, typename Setting, typename Count>
Result search_all(const Setting& setting, std::size_t states_max, bool wants_shortest, Count count) {
  Rules rules{setting};
  Searcher<Rules> all{rules, states_max, SIZE_MAX, false};
  Result result = all.run();
  count(rules, result);
  if (result.violations.empty()) return result;
  result.trace = trace_of(rules, all.way());
  // Again, with few steps first, and all histories to be read anew.
  for (std::size_t steps = 1; wants_shortest && steps < all.way().size(); ++steps) {
    Rules fresh{setting};
    Searcher<Rules> some{fresh, states_max, steps, true};
    const Result shorter = some.run();
    if (!shorter.complete && shorter.violations.empty()) break;  // at the bound
    if (shorter.violations.empty()) continue;
    result.violations = shorter.violations;
    result.trace = trace_of(fresh, some.way());
    break;
  }
  return result;
}

}  // namespace hawser::small
