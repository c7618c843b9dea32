// The light groups at one node: markers, changes, and what becomes of a data message.
#include <algorithm>

#include "tests/model/model.hpp"

namespace model {

Mask Model::view_members(const State& state, int index, int group) const {
  return directory_.members[index][group] & state.members;
}

bool Model::is_change(int index, int group) const {
  const Op& op = setting_.scenario->log[index - 1];
  return (op.kind == Kind::add || op.kind == Kind::remove || op.kind == Kind::ride) && op.group == group;
}

bool Model::adds(int index, int node, int group) const {
  const Op& op = setting_.scenario->log[index - 1];
  return op.kind == Kind::add && op.group == group && op.node == node;
}

// The oldest change that a member has applied and not installed, or 0.
int Model::next_change(const State& state, int node, int group) const {
  const Node& x = state.node[node];
  if (x.installed[group] == 0) return 0;
  for (int n = x.installed[group]; n <= x.applied; ++n) {
    if (is_change(n, group)) return n;
  }
  return 0;
}

// For a node that is not a member: its own joining, applied and not installed, or 0.
int Model::next_own_add(const State& state, int node, int group) const {
  const Node& x = state.node[node];
  for (int n = x.left[group] + 1; n <= x.applied; ++n) {
    if (adds(n, node, group)) return n;
  }
  return 0;
}

// Where a change is marked: what the group rode on before says what its members have sent before.
int Model::marking_heavy(int index, int group) const {
  return directory_.heavy[weak(mark_ahead) ? index : index - 1][group];
}

// R1. One marker in each heavy group covers as much as it may.
bool Model::send_markers(State& state, int node, Chooser& chooser) const {
  const Node& x = state.node[node];
  int best[heavies_max] = {}, limit[heavies_max];
  std::fill_n(limit, heavies_max, length_);
  for (int l = 0; l < lights_max; ++l) {
    if (x.installed[l] == 0) continue;
    const int installed = x.installed[l] - 1;
    bool switching = false;
    const int first = weak(keep_pending) ? installed : std::max(installed, state.epoch_log + 1);
    for (int n = first; n <= x.applied; ++n) {
      if (n == 0 || !is_change(n, l)) continue;
      const bool newcomer_here = adds(n, node, l);
      if (n == installed && !newcomer_here) continue;
      const int heavy = marking_heavy(n, l);
      const bool concerned = newcomer_here || contains(view_members(state, n - 1, l), node);
      if (concerned && n > x.marker_sent[heavy]) {
        if (!switching || weak(no_serial)) {
          best[heavy] = std::max(best[heavy], n);
        } else if (!weak(wide_marker)) {
          limit[heavy] = std::min(limit[heavy], n - 1);
        }
      }
      if (n > installed && setting_.scenario->log[n - 1].kind == Kind::ride) switching = true;
    }
  }
  // Under a limit the best is the highest change below it that is ours.
  for (int h = 0; h < heavies_max; ++h) {
    while (best[h] > limit[h]) --best[h];
    bool ours = false;
    while (best[h] > x.marker_sent[h] && !ours) {
      for (int l = 0; l < lights_max; ++l) {
        if (x.installed[l] == 0 || !is_change(best[h], l) || marking_heavy(best[h], l) != h) continue;
        if (best[h] > x.installed[l] - 1 || adds(best[h], node, l)) ours = true;
      }
      if (!ours) --best[h];
    }
    if (best[h] <= x.marker_sent[h]) continue;
    state.node[node].marker_sent[h] = static_cast<Byte>(best[h]);
    put(state, node, h, marker(best[h]), chooser);
    return true;
  }
  return false;
}

// R2.
bool Model::all_marked(const State& state, int node, int group, int index) const {
  const Node& x = state.node[node];
  const int heavy = marking_heavy(index, group);
  Mask needed = view_members(state, x.installed[group] - 1, group);
  const Op& op = setting_.scenario->log[index - 1];
  if (op.kind == Kind::add && !weak(no_newcomer_marker)) needed |= static_cast<Mask>(only(op.node) & state.members);
  if (weak(no_own_marker)) needed &= static_cast<Mask>(~only(node));
  for (int q = 0; q < nodes_; ++q) {
    if (!contains(needed, q)) continue;
    Byte seen = x.marker_seen[heavy][q];
    for (int h = 0; h < heavies_max && weak(any_heavy); ++h) seen = std::max(seen, x.marker_seen[h][q]);
    if (seen < index) return false;
  }
  return true;
}

bool Model::install_changes(State& state, int node) const {
  for (int l = 0; l < lights_max; ++l) {
    if (state.node[node].installed[l] == 0) {
      if (const int n = next_own_add(state, node, l); n != 0) {  // R4
        install(state, node, l, n, true);
        return true;
      }
      continue;
    }
    const int n = next_change(state, node, l);
    if (n == 0) continue;
    const bool leaves = !contains(view_members(state, n, l), node);
    if (!all_marked(state, node, l, n) && !(leaves && weak(leave_at_once))) continue;
    install(state, node, l, n, true);
    return true;
  }
  return false;
}

// `marked`: by markers, or by the node's own joining; otherwise at a barrier.
void Model::install(State& state, int node, int group, int index, bool marked) const {
  Node& x = state.node[node];
  if (!contains(view_members(state, index, group), node)) {  // R6
    x.installed[group] = 0;
    x.left[group] = static_cast<Byte>(index);
    std::fill_n(x.expected[group], nodes_, 0);
  } else {
    if (x.installed[group] == 0) {
      x.joined[group] = static_cast<Byte>(index);
      std::fill_n(x.expected[group], nodes_, 0);
    }
    x.installed[group] = static_cast<Byte>(index + 1);
    x.views[group] |= ViewSet{1} << view_id(state.epoch, index);
  }
  release_waiting(state, node, group, marked);
}

// R7. Behind a switch, a message says nothing of what its sender sent before in the other heavy group; only the marker
// there does.
bool Model::must_drop(const Node& node, const Waiting& waiting, int era) const {
  const Op& change = setting_.scenario->log[era - 1];
  if (weak(plain_drop)) return change.kind == Kind::ride;
  return !weak(no_drop) && node.marker_seen[marking_heavy(era, change.group)][waiting.from] < era;
}

// Delivers what waited for the view that was just installed, and drops what is for no view that will come.
void Model::release_waiting(State& state, int node, int group, bool marked) const {
  Node& x = state.node[node];
  for (int i = 0; i < x.waiting_count;) {
    const Waiting waiting = x.waiting[i];
    const int era = index_of(waiting.message);
    const bool is_member = x.installed[group] != 0;
    const int now = is_member ? x.installed[group] - 1 : x.applied;
    const bool rejoins = !is_member && next_own_add(state, node, group) != 0;
    if (group_of(waiting.message) != group || era > now || rejoins) {
      ++i;
      continue;
    }
    std::copy(x.waiting + i + 1, x.waiting + x.waiting_count, x.waiting + i);
    x.waiting[--x.waiting_count] = {};
    if (!is_member) continue;
    if (era < now) {
      if (era >= x.joined[group]) fail(state, Violation::late);
      continue;
    }
    if (!marked && must_drop(x, waiting, era)) continue;
    deliver_data(state, node, waiting.from, waiting.message);
  }
}

void Model::receive_data(State& state, int node, int heavy, int from, Byte message) const {
  Node& x = state.node[node];
  const int group = group_of(message), era = index_of(message);
  const bool is_member = x.installed[group] != 0;
  if (is_member && era < x.installed[group] - 1) {
    if (era >= x.joined[group]) {
      fail(state, Violation::late);
    } else if (weak(newcomer_hears_old)) {
      deliver_data(state, node, from, message);
    }
  } else if (is_member && era == x.installed[group] - 1) {
    if (heavy != directory_.heavy[era][group]) fail(state, Violation::wrong_heavy);
    deliver_data(state, node, from, message);
  } else if (is_member && weak(early_at_once)) {
    deliver_data(state, node, from, message);
  } else if (is_member || era > x.applied) {  // R5
    if (era > x.applied && weak(is_member ? drop_unknown : drop_unknown | drop_outside)) return;
    if (x.waiting_count == waiting_max) return fail(state, Violation::bound);
    x.waiting[x.waiting_count++] = {message, static_cast<Byte>(from), static_cast<Byte>(heavy)};
  }
}

void Model::deliver_data(State& state, int node, int from, Byte message) const {
  Node& x = state.node[node];
  const int group = group_of(message), number = number_of(message), installed = x.installed[group] - 1;
  if (!contains(view_members(state, installed, group), from)) fail(state, Violation::from_non_member);
  Byte& in = x.delivered_in[group][from * data_max + number];
  if (in != 0) fail(state, Violation::duplicate);
  in = static_cast<Byte>(view_id(state.epoch, installed) + 1);
  Byte& expected = x.expected[group][from];
  if (expected != 0 && expected != number + 1) fail(state, Violation::hole);
  expected = static_cast<Byte>(number + 2);
}

void Model::settle(State& state, int node, Chooser& chooser) const {
  while (state.violation == Violation::none && (take_tokens(state, node) || arrange(state, node) ||
                                                send_markers(state, node, chooser) || install_changes(state, node))) {
  }
}

// R8: no group of the node's own rides on the heavy group, installed or pending; and, as the coordinator finds when
// it orders the entry, none has since.
bool Model::may_ask(const State& state, int entry) const {
  const Op& op = setting_.scenario->log[entry - 1];
  if (op.kind != Kind::release || (state.asked >> entry & 1) != 0) return false;
  const Node& x = state.node[op.node];
  if (x.alive == 0 || x.heavy_view[op.heavy] == 0) return false;
  for (int l = 0; l < lights_max; ++l) {
    const auto rides = [&](int n) {
      return contains(view_members(state, n, l), op.node) && directory_.heavy[n][l] == op.heavy;
    };
    if (x.installed[l] != 0) {
      const int first = weak(leave_early) ? x.applied : x.installed[l] - 1;
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
  return op.kind != Kind::release || (state.asked >> entry & 1) != 0 || state.node[op.node].alive == 0;
}

bool Model::may_apply(const State& state, int node) const {
  const int entry = state.node[node].applied + 1;
  return entry <= length_ && granted(state, entry);
}

}  // namespace model
