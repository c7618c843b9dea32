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

std::string text_of_message(Byte message) {
  if (is_data(message)) {
    return std::string(1, static_cast<char>('X' + group_of(message))) + "-data " + std::to_string(number_of(message)) +
           " of era " + std::to_string(index_of(message));
  }
  return (is_token(message) ? "token " : "marker ") + std::to_string(index_of(message));
}

std::string text_of_action(const Model& model, const State& state, const Action& action) {
  const std::string name(1, static_cast<char>('A' + action.node));
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

// What the nodes did in one step.
std::string effects(const Model& model, const State& before, const State& after) {
  std::string text;
  for (int p = 0; p < model.setting().scenario->nodes; ++p) {
    const Node &x = before.node[p], &y = after.node[p];
    const std::string name(1, static_cast<char>('A' + p));
    for (int l = 0; l < lights_max; ++l) {
      const char group = static_cast<char>('X' + l);
      for (int id = 0; id < 64; ++id) {
        if ((y.views[l] >> id & 1) == 0 || (x.views[l] >> id & 1) != 0) continue;
        text += "  [" + name + ": " + group + " view " + model.text_of_view(id) + "]";
      }
      for (int i = 0; i < nodes_max * data_max; ++i) {
        const Byte in = y.delivered_in[l][i];
        if (in == x.delivered_in[l][i] || in == withdrawn) continue;
        text += "  [" + name + ": " + group + "-data " + std::to_string(i % data_max) + " of " +
                static_cast<char>('A' + i / data_max) + " in " + model.text_of_view(in - 1) + "]";
      }
      if (y.alive != 0 && x.installed[l] != 0 && y.installed[l] == 0) text += "  [" + name + ": out of " + group + "]";
    }
    if (y.waiting_count > x.waiting_count) text += "  [" + name + ": it waits]";
    for (int h = 0; h < heavies_max && y.alive != 0; ++h) {
      const std::string heavy = "h" + std::to_string(h + 1);
      const Stream &s = before.stream[h][p], &t = after.stream[h][p];
      if (before.epoch == after.epoch) {
        for (int i = s.count; i < t.count; ++i) {
          text += "  [" + name + (i < t.wired ? " -> " : " queues for ") + heavy + ": " +
                  text_of_message(t.message[i]) + "]";
        }
      }
      if (x.heavy_view[h] != y.heavy_view[h]) {
        text += "  [" + name + ": " + heavy +
                (y.heavy_view[h] == 0 ? " left]" : " view " + std::to_string(y.heavy_view[h] - 1) + "]");
      }
    }
  }
  return text;
}

std::string trace_of(const Model& model, std::vector<Action> actions) {
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
  Result result;
  Seen seen;
  std::vector<Step> steps{{0, {}}};
  std::deque<std::pair<std::uint32_t, Packed>> frontier;
  const State initial = model.initial();
  frontier.emplace_back(0, pack(initial));
  seen.insert(hash_of(frontier.back().second));

  const auto report = [&](std::uint32_t at, const Action* last, Violation violation) {
    std::vector<Action> way;
    if (last != nullptr) way.push_back(*last);
    for (; at != 0; at = steps[at].parent) way.push_back(steps[at].action);
    std::reverse(way.begin(), way.end());
    result.violation = violation;
    result.trace = trace_of(model, way);
    result.states = seen.size();
  };

  std::vector<Action> actions;
  State state, next;
  while (!frontier.empty()) {
    const std::uint32_t at = frontier.front().first;
    unpack(frontier.front().second, state);
    frontier.pop_front();
    model.actions(state, actions);
    const bool quiet = std::all_of(actions.begin(), actions.end(), [](const Action& action) {
      return action.verb == Verb::crash || action.verb == Verb::crash_parted || action.verb == Verb::crash_ahead;
    });
    if (quiet) {
      ++result.finals;
      model.check_final(state);
      if (state.violation != Violation::none) {
        report(at, nullptr, state.violation);
        return result;
      }
    }
    for (Action& action : actions) {
      Chooser chooser;
      do {
        chooser.restart();
        std::memcpy(&next, &state, sizeof state);
        model.step(next, action, chooser);
        action.choices = chooser.bits();
        model.check(next);
        if (next.violation != Violation::none) {
          report(at, &action, next.violation);
          return result;
        }
        model.normalise(next);
        Packed packed = pack(next);
        if (!seen.insert(hash_of(packed))) continue;
        frontier.emplace_back(static_cast<std::uint32_t>(steps.size()), std::move(packed));
        steps.push_back({at, action});
      } while (chooser.next());
    }
    if (seen.size() > states_max) {
      result.complete = false;
      break;
    }
  }
  result.states = seen.size();
  return result;
}

}  // namespace model
