#include "tests/model/search.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

namespace model {
namespace {

// Words of a state, without those that are zero: a mask of 64 words at a time, and the others.
using Packed = std::vector<std::uint64_t>;
constexpr std::size_t words = (sizeof(State) + 7) / 8;

Packed pack(const State& state) {
  std::uint64_t all[words] = {};
  std::memcpy(all, &state, sizeof state);
  Packed packed;
  packed.reserve(48);
  for (std::size_t first = 0; first < words; first += 64) {
    const std::size_t at = packed.size();
    packed.push_back(0);
    for (std::size_t i = first; i < std::min(words, first + 64); ++i) {
      if (all[i] == 0) continue;
      packed[at] |= std::uint64_t{1} << (i - first);
      packed.push_back(all[i]);
    }
  }
  packed.shrink_to_fit();
  return packed;
}

void unpack(const Packed& packed, State& state) {
  std::uint64_t all[words] = {};
  std::size_t at = 0;
  for (std::size_t first = 0; first < words; first += 64) {
    const std::uint64_t mask = packed[at++];
    for (std::size_t i = first; i < std::min(words, first + 64); ++i) {
      if ((mask >> (i - first) & 1) != 0) all[i] = packed[at++];
    }
  }
  std::memcpy(&state, all, sizeof state);
}

std::uint64_t hash_of(const Packed& packed) {
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  for (const std::uint64_t word : packed) {
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  hash *= 0xc4ceb9fe1a85ec53;
  hash ^= hash >> 29;
  return hash == 0 ? 1 : hash;
}

// A set of hashes; two states with the same 64 bits would count as one.
class Seen {
 public:
  bool insert(std::uint64_t hash) {
    if (count_ * 10 >= table_.size() * 7) grow();
    if (!place(table_, hash)) return false;
    ++count_;
    return true;
  }
  std::size_t size() const { return count_; }

 private:
  static bool place(std::vector<std::uint64_t>& table, std::uint64_t hash) {
    std::size_t at = hash & (table.size() - 1);
    while (table[at] != 0) {
      if (table[at] == hash) return false;
      at = (at + 1) & (table.size() - 1);
    }
    table[at] = hash;
    return true;
  }
  void grow() {
    std::vector<std::uint64_t> larger(table_.size() * 2);
    for (const std::uint64_t hash : table_) {
      if (hash != 0) place(larger, hash);
    }
    table_.swap(larger);
  }
  std::vector<std::uint64_t> table_ = std::vector<std::uint64_t>(1U << 16);
  std::size_t count_ = 0;
};

struct Step {
  std::uint32_t parent;
  Action action;
};

std::string name_of(int node) { return {static_cast<char>('A' + node)}; }

std::string text_of_message(Byte message) {
  if (is_data(message)) {
    return std::string(1, static_cast<char>('X' + group_of(message))) + "-data " + std::to_string(number_of(message)) +
           " of era " + std::to_string(index_of(message));
  }
  return (is_token(message) ? "token " : "marker ") + std::to_string(index_of(message));
}

std::string text_of_action(const Model& model, const State& state, const Action& action) {
  const std::string name = name_of(action.node);
  const std::string heavy = " in h" + std::to_string(action.first + 1);
  std::string text;
  switch (action.verb) {
    case Verb::send: text = name + " sends on " + static_cast<char>('X' + action.first); break;
    case Verb::apply: {
      const int n = state.node[action.node].applied;
      text = name + " applies " + std::to_string(n + 1) + ": " + text_of(model.setting().scenario->log[n]);
      break;
    }
    case Verb::deliver: {
      const int at = model.next_position(state, action.node, action.first, action.second);
      text = name + " delivers from " + static_cast<char>('A' + action.second) + heavy + ": " +
             text_of_message(state.stream[action.first][action.second].message[at]);
      break;
    }
    case Verb::wire: text = name + "'s queue" + heavy + " moves on"; break;
    case Verb::ask: text = name + " asks for entry " + std::to_string(action.first); break;
    case Verb::crash: text = name + " crashes"; break;
    case Verb::crash_parted: text = name + " is parted, passes a barrier alone, and crashes"; break;
    case Verb::crash_ahead: text = name + " passes the barrier before the others, and crashes"; break;
    case Verb::freeze: text = "all freeze"; break;
    case Verb::barrier: text = "barrier"; break;
  }
  if (action.choices != 0) text += " (stays queued, choices " + std::to_string(action.choices) + ")";
  return text;
}

void append(std::string& text, int node, const std::string& what) {
  text.append("  [").append(name_of(node)).append(what).append("]");
}

void append_light_effects(std::string& text, const Model& model, int node, const Node& x, const Node& y) {
  for (int l = 0; l < lights_max; ++l) {
    const std::string group{static_cast<char>('X' + l)};
    for (int id = 0; id < 64; ++id) {
      if ((y.views[l] >> id & 1) == 0 || (x.views[l] >> id & 1) != 0) continue;
      append(text, node, ": " + group + " view " + model.text_of_view(id));
    }
    for (int i = 0; i < nodes_max * data_max; ++i) {
      const Byte in = y.delivered_in[l][i];
      if (in == x.delivered_in[l][i]) continue;
      append(text, node,
             ": " + group + "-data " + std::to_string(i % data_max) + " of " + name_of(i / data_max) + " in " +
                 model.text_of_view(in - 1));
    }
    if (y.alive != 0 && x.joined[l] != 0 && y.joined[l] == 0) append(text, node, ": out of " + group);
  }
  if (y.waiting_count > x.waiting_count) append(text, node, ": it waits");
}

void append_heavy_effects(std::string& text, int node, int heavy, const State& before, const State& after) {
  const std::string name = "h" + std::to_string(heavy + 1);
  const Stream &s = before.stream[heavy][node], &t = after.stream[heavy][node];
  for (int i = s.count; i < t.count && before.epoch == after.epoch; ++i) {
    append(text, node, (i < t.wired ? " -> " : " queues for ") + name + ": " + text_of_message(t.message[i]));
  }
  const Byte view = after.node[node].heavy_view[heavy];
  if (before.node[node].heavy_view[heavy] == view) return;
  append(text, node, ": " + name + (view == 0 ? " left" : " view " + std::to_string(view - 1)));
}

// What the nodes did in one step.
std::string effects(const Model& model, const State& before, const State& after) {
  std::string text;
  for (int p = 0; p < model.setting().scenario->nodes; ++p) {
    append_light_effects(text, model, p, before.node[p], after.node[p]);
    for (int h = 0; h < heavies_max && after.node[p].alive != 0; ++h) append_heavy_effects(text, p, h, before, after);
  }
  return text;
}

std::string trace_of(const Model& model, const std::vector<Action>& actions) {
  std::string text;
  State state = model.initial();
  int number = 0;
  for (const Action& action : actions) {
    State next;
    std::memcpy(&next, &state, sizeof state);
    Chooser chooser;
    while (true) {
      chooser.restart();
      std::memcpy(&next, &state, sizeof state);
      model.step(next, action, chooser);
      if (chooser.bits() == action.choices || !chooser.next()) break;
    }
    text += "  " + std::to_string(++number) + ". " + text_of_action(model, state, action) +
            effects(model, state, next) + "\n";
    model.normalise(next);
    std::memcpy(&state, &next, sizeof state);
  }
  return text;
}

// Nothing but a crash can happen any more.
bool is_final(const std::vector<Action>& actions) {
  return std::all_of(actions.begin(), actions.end(), [](const Action& action) {
    return action.verb == Verb::crash || action.verb == Verb::crash_parted || action.verb == Verb::crash_ahead;
  });
}

// Breadth first, so that the first violation is one with a shortest trace.
class Search {
 public:
  explicit Search(const Model& model) : model_(model) {}

  Result run(std::size_t states_max) {
    add(model_.initial(), {});
    while (!frontier_.empty() && result_.violation == Violation::none && result_.complete) {
      visit_first();
      result_.complete = seen_.size() <= states_max;
    }
    result_.states = seen_.size();
    return std::move(result_);
  }

 private:
  void visit_first() {
    const std::uint32_t at = frontier_.front().first;
    State state;
    unpack(frontier_.front().second, state);
    frontier_.pop_front();
    model_.actions(state, actions_);
    if (is_final(actions_)) {
      ++result_.finals;
      model_.check_final(state);
      if (state.violation != Violation::none) return report(state.violation, at, {});
    }
    for (const Action& action : actions_) {
      if (!take(at, state, action)) return;
    }
  }

  // With every answer to what the action leaves open. False where one ends in a violation.
  bool take(std::uint32_t at, const State& state, Action action) {
    State next;
    Chooser chooser;
    do {
      chooser.restart();
      std::memcpy(&next, &state, sizeof state);
      model_.step(next, action, chooser);
      action.choices = chooser.bits();
      model_.check(next);
      if (next.violation != Violation::none) {
        report(next.violation, at, {action});
        return false;
      }
      model_.normalise(next);
      add(next, {at, action});
    } while (chooser.next());
    return true;
  }

  void add(const State& state, const Step& step) {
    Packed packed = pack(state);
    if (!seen_.insert(hash_of(packed))) return;
    frontier_.emplace_back(static_cast<std::uint32_t>(steps_.size()), std::move(packed));
    steps_.push_back(step);
  }

  // `last`: what follows on the step, or nothing.
  void report(Violation violation, std::uint32_t at, std::vector<Action> last) {
    std::vector<Action> way = std::move(last);
    for (; at != 0; at = steps_[at].parent) way.push_back(steps_[at].action);
    std::reverse(way.begin(), way.end());
    result_.violation = violation;
    result_.trace = trace_of(model_, way);
  }

  const Model& model_;
  Result result_;
  Seen seen_;
  std::vector<Step> steps_;  // the first is none
  std::deque<std::pair<std::uint32_t, Packed>> frontier_;
  std::vector<Action> actions_;
};

}  // namespace

std::string_view text_of(Violation violation) {
  switch (violation) {
    case Violation::none: return "no violation";
    case Violation::late: return "a message of a view that is over";
    case Violation::same_view: return "one message delivered in two views";
    case Violation::hole: return "a hole in a sender's messages";
    case Violation::duplicate: return "a message delivered twice";
    case Violation::from_non_member: return "a message delivered from a node that is not in the view";
    case Violation::wrong_heavy: return "a message in the wrong heavy group";
    case Violation::synchrony: return "two nodes go on together with different messages";
    case Violation::stuck: return "something waits for ever";
    case Violation::own_lost: return "a live sender's message is lost";
    case Violation::final_set: return "members differ in the end";
    case Violation::waiting_lost: return "a live sender's message waits for a view that will not come";
    case Violation::bound: return "the model's own bounds";
  }
  return {};
}

Result search(const Model& model, std::size_t states_max) {
  Search search(model);
  return search.run(states_max);
}

}  // namespace model
