// What a node asks of the coordinator: to be let out of a light group, and of a heavy one. The log says in which order
// all is granted.
#include <algorithm>

#include "tests/model/model.hpp"

namespace model {

bool Model::may_ask(const State& state, int entry) const {
  const Op& op = setting_.scenario->log[entry - 1];
  const Node& x = state.node[op.node];
  if (x.alive == 0 || x.applied >= entry || has_entry(state.asked, entry)) return false;
  if (op.kind == Kind::remove) return may_ask_to_leave(state, entry);
  return op.kind == Kind::release && may_ask_for_release(state, entry);
}

// It has a part in the group, and all it has sent there is at every member of the heavy group.
bool Model::may_ask_to_leave(const State& state, int entry) const {
  const Op& op = setting_.scenario->log[entry - 1];
  const Node& x = state.node[op.node];
  if (x.joined[op.group] == 0) return false;
  for (int n = x.applied + 1; n < entry; ++n) {
    const bool earlier =
        is_self_change(Kind::add, n, op.node, op.group) || is_self_change(Kind::remove, n, op.node, op.group);
    if (earlier) return false;
  }
  return weak(leave_unstable) || has_arrived(state, op.node, op.group);
}

bool Model::has_data(const Stream& stream, int group) {
  return std::any_of(stream.message, stream.message + stream.count,
                     [&](Byte message) { return is_data(message) && group_of(message) == group; });
}

// What everybody has is forgotten by the normal form of a state. The dead have all, for what they lack does not count
// after the barrier to come, and an acknowledgement may be their last word.
bool Model::has_arrived(const State& state, int node, int group) const {
  const Node& x = state.node[node];
  for (int h = 0; h < heavies_max; ++h) {
    if (weak(last_carrier) && x.sent_on[group] != h + 1) continue;
    if (x.heavy_view[h] == 0) continue;  // Of a group that it has left it knows nothing.
    if (has_data(state.stream[h][node], group)) return false;
  }
  return true;
}

bool Model::is_leaving(const State& state, int node, int group) const {
  for (int n = state.node[node].applied + 1; n <= length_; ++n) {
    if (has_entry(state.asked, n) && is_self_change(Kind::remove, n, node, group)) return true;
  }
  return false;
}

// No group of the node's rides on the heavy group, installed or pending, and all it has sent there is everywhere; and,
// as the coordinator finds when it orders the entry, none has since.
bool Model::may_ask_for_release(const State& state, int entry) const {
  const Op& op = setting_.scenario->log[entry - 1];
  const Node& x = state.node[op.node];
  const Stream& stream = state.stream[op.heavy][op.node];
  const bool all_there = std::all_of(stream.message, stream.message + stream.count, is_token);
  if (x.heavy_view[op.heavy] == 0 || !(all_there || weak(release_unstable))) return false;
  for (int l = 0; l < lights_max; ++l) {
    const auto rides = [&](int n) {
      return contains(view_members(state, n, l), op.node) && directory_.heavy[n][l] == op.heavy;
    };
    if (x.joined[l] != 0) {
      const int first = weak(leave_early) ? x.applied : base(state, op.node, l);
      for (int n = first; n <= x.applied; ++n) {
        if (rides(n)) return false;
      }
    }
    const int first = weak(checked_now) ? entry - 1 : x.applied;
    for (int n = first; n < entry && !weak(unchecked_release); ++n) {
      if (rides(n)) return false;
    }
  }
  return true;
}

bool Model::granted(const State& state, int entry) const {
  const Op& op = setting_.scenario->log[entry - 1];
  const bool on_request = op.kind == Kind::release || op.kind == Kind::remove;
  return !on_request || has_entry(state.asked, entry) || !contains(state.members, op.node);
}

bool Model::may_apply(const State& state, int node) const {
  const int entry = state.node[node].applied + 1;
  return entry <= length_ && granted(state, entry);
}

}  // namespace model
