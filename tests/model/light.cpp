// The light groups at one node: changes, markers, and what becomes of a data message.
#include <algorithm>
#include <bit>

#include "tests/model/model.hpp"

namespace model {

Mask Model::view_members(const State& state, int index, int group) const {
  return directory_.members[index][group] & state.listed;
}

// What is asked for, or said, of a node that is gone changes nothing.
bool Model::is_change(const State& state, int index, int group) const {
  const Op& op = setting_.scenario->log[index - 1];
  if (op.group != group) return false;
  return op.kind == Kind::ride ||
         ((op.kind == Kind::add || op.kind == Kind::remove) && contains(state.members, op.node));
}

bool Model::is_move(int index) const { return setting_.scenario->log[index - 1].kind == Kind::ride; }

bool Model::is_self_change(Kind kind, int index, int node, int group) const {
  const Op& op = setting_.scenario->log[index - 1];
  return op.kind == kind && op.group == group && op.node == node;
}

// Index of the installed change; of one that joins, what it takes for that.
int Model::base(const State& state, int node, int group) const {
  const Node& x = state.node[node];
  return x.installed[group] != 0 ? x.installed[group] - 1 : x.joined[group] - 2;
}

// The oldest change that a node with a part in the group has applied and not installed, or 0.
int Model::next_change(const State& state, int node, int group) const {
  return state.node[node].joined[group] == 0 ? 0 : next_change(state, node, group, base(state, node, group));
}

int Model::next_change(const State& state, int node, int group, int after) const {
  for (int n = after + 1; n <= state.node[node].applied; ++n) {
    if (is_change(state, n, group)) return n;
  }
  return 0;
}

// Where a change is marked: what the group rode on before says what its members have sent before.
int Model::marking_heavy(int index, int group) const {
  return directory_.heavy[weak(mark_ahead) && is_move(index) ? index : index - 1][group];
}

// ---- Changes ----

void Model::apply(State& state, int node) const {
  Node& x = state.node[node];
  const int n = ++x.applied;
  const int group = setting_.scenario->log[n - 1].group;
  if (!is_change(state, n, group)) return;
  if (x.joined[group] == 0) {
    if (!is_self_change(Kind::add, n, node, group)) return;
    x.joined[group] = static_cast<Byte>(n + 1);
  }
  if (is_self_change(Kind::remove, n, node, group) && !weak(leave_late)) return leave(state, node, group);
  owe(state, node, group, n);
}

// It has nothing on its way and sends nothing more, so nobody waits for what it has not marked.
void Model::leave(State& state, int node, int group) const {
  for (int n = next_change(state, node, group); n != 0; n = next_change(state, node, group, n)) {
    due(state, node, marking_heavy(n, group), n);
  }
  forget_group(state, node, group);
}

// Whoever comes again is new, and goes on together with nobody.
void Model::forget_group(State& state, int node, int group) const {
  Node& x = state.node[node];
  x.views[group] = 0;
  x.joined[group] = x.installed[group] = x.view_epoch[group] = x.sent_on[group] = 0;
  std::fill_n(x.expected[group], nodes_, Byte{0});
  const auto end = std::remove_if(x.waiting, x.waiting + x.waiting_count,
                                  [&](const Waiting& waiting) { return group_of(waiting.message) == group; });
  std::fill(end, x.waiting + x.waiting_count, Waiting{});
  x.waiting_count = static_cast<Byte>(end - x.waiting);
}

// ---- Markers ----

// Behind a move, a change is marked only once that is installed here.
void Model::owe(State& state, int node, int group, int index) const {
  Node& x = state.node[node];
  if (weak(newcomer_silent) && x.installed[group] == 0) return;
  bool behind_move = false;
  for (int n = next_change(state, node, group); n < index; n = next_change(state, node, group, n)) {
    behind_move |= is_move(n);
  }
  IndexSet* const owed = behind_move && !weak(no_serial) ? x.owed_later : x.owed_now;
  owed[marking_heavy(index, group)] |= static_cast<IndexSet>(1U << index);
}

void Model::due(State& state, int node, int heavy, int index) const {
  Node& x = state.node[node];
  const IndexSet one = static_cast<IndexSet>(1U << index);
  if ((x.owed_later[heavy] & one) == 0) return;
  x.owed_later[heavy] ^= one;
  x.owed_now[heavy] |= one;
}

// One marker covers all of the node's groups on a heavy group, up to what still waits for a move.
bool Model::send_markers(State& state, int node, Chooser& chooser) const {
  for (int h = 0; h < heavies_max; ++h) {
    Node& x = state.node[node];
    unsigned ready = x.owed_now[h];
    if (x.owed_later[h] != 0 && !weak(wide_marker)) ready &= (1U << std::countr_zero(x.owed_later[h])) - 1;
    if (ready == 0) continue;
    x.owed_now[h] &= static_cast<IndexSet>(~ready);
    put(state, node, h, marker(std::bit_width(ready) - 1), chooser);
    return true;
  }
  return false;
}

// Of those whom the changes up to this one (it alone, but for `jump`) leave and bring; who is taken out is waited for
// no longer.
Mask Model::needed_markers(const State& state, int node, int group, int index) const {
  Mask needed = view_members(state, base(state, node, group), group);
  if (weak(no_member_marker)) needed &= only(node);
  for (int n = next_change(state, node, group); n != 0 && n <= index; n = next_change(state, node, group, n)) {
    const Op& op = setting_.scenario->log[n - 1];
    if (op.kind == Kind::add && !weak(no_newcomer_marker)) needed |= only(op.node);
  }
  for (int n = index; n != 0 && !weak(wait_for_leaver); n = next_change(state, node, group, n)) {
    const Op& later = setting_.scenario->log[n - 1];
    if (later.kind == Kind::remove) needed &= static_cast<Mask>(~only(later.node));
  }
  if (weak(no_own_marker)) needed &= static_cast<Mask>(~only(node));
  return needed;
}

bool Model::all_marked(const State& state, int node, int group, int index) const {
  const Node& x = state.node[node];
  if (weak(newcomer_at_once) && x.installed[group] == 0) return true;
  const int heavy = marking_heavy(index, group);
  const Mask needed = needed_markers(state, node, group, index);
  for (int q = 0; q < nodes_; ++q) {
    if (!contains(needed, q)) continue;
    Byte seen = x.marker_seen[heavy][q];
    for (int h = 0; h < heavies_max && weak(any_heavy); ++h) seen = std::max(seen, x.marker_seen[h][q]);
    if (seen < index) return false;
  }
  return true;
}

// ---- Installing ----

bool Model::install_changes(State& state, int node) const {
  for (int l = 0; l < lights_max; ++l) {
    int n = next_change(state, node, l);
    if (n == 0 || !all_marked(state, node, l, n)) continue;
    for (int later = n; later != 0 && weak(jump); later = next_change(state, node, l, later)) {
      if (marking_heavy(later, l) == marking_heavy(n, l) && all_marked(state, node, l, later)) n = later;
    }
    install(state, node, l, n);
    return true;
  }
  return false;
}

void Model::install(State& state, int node, int group, int index) const {
  Node& x = state.node[node];
  if (!contains(view_members(state, index, group), node)) return forget_group(state, node, group);  // leave_late
  x.installed[group] = static_cast<Byte>(index + 1);
  x.view_epoch[group] = state.epoch;
  x.views[group] |= ViewSet{1} << view_id(state.epoch, index);
  int later = is_move(index) ? next_change(state, node, group) : 0;
  for (bool behind = false; later != 0 && !behind; later = next_change(state, node, group, later)) {
    due(state, node, marking_heavy(later, group), later);
    behind = is_move(later);
  }
  release_waiting(state, node, group);
}

// ---- Messages ----

bool Model::may_send(const State& state, int node, int group) const {
  if (state.node[node].installed[group] == 0) return false;
  if (is_leaving(state, node, group) && !weak(leaver_sends)) return false;
  return next_change(state, node, group) == 0 || weak(no_hold);
}

void Model::send(State& state, int node, int group, int number, Chooser& chooser) const {
  Node& x = state.node[node];
  const int now = x.installed[group] - 1, heavy = directory_.heavy[now][group];
  x.sent_on[group] = static_cast<Byte>(heavy + 1);
  put(state, node, heavy, data(group, number, now), chooser);
}

// Delivers what waited for the view that was just installed.
void Model::release_waiting(State& state, int node, int group) const {
  Node& x = state.node[node];
  for (int i = 0; i < x.waiting_count;) {
    const Waiting waiting = x.waiting[i];
    const int era = index_of(waiting.message), now = x.installed[group] - 1;
    if (group_of(waiting.message) != group || era > now) {
      ++i;
      continue;
    }
    std::copy(x.waiting + i + 1, x.waiting + x.waiting_count, x.waiting + i);
    x.waiting[--x.waiting_count] = {};
    if (era < now && era >= x.joined[group] - 1) fail(state, Violation::late);
    deliver_data(state, node, waiting.from, waiting.message);
  }
}

// At a node that has no part in the group, or joins it later, the message is filtered.
void Model::receive_data(State& state, int node, int heavy, int from, Byte message) const {
  Node& x = state.node[node];
  const int group = group_of(message), era = index_of(message), now = x.installed[group] - 1;
  if (x.joined[group] == 0) return;
  if (era < x.joined[group] - 1 && !weak(newcomer_hears_old)) return;
  if (now >= 0 && era < now) return fail(state, Violation::late);
  if (now >= 0 && era == now && heavy != directory_.heavy[era][group]) fail(state, Violation::wrong_heavy);
  if (now >= 0 && (era == now || weak(early_at_once))) return deliver_data(state, node, from, message);
  if (weak(drop_early)) return;
  if (x.waiting_count == waiting_max) return fail(state, Violation::bound);
  x.waiting[x.waiting_count++] = {message, static_cast<Byte>(from), static_cast<Byte>(heavy)};
}

void Model::deliver_data(State& state, int node, int from, Byte message) const {
  Node& x = state.node[node];
  const int group = group_of(message), number = number_of(message), installed = x.installed[group] - 1;
  if (!contains(view_members(state, installed, group), from)) fail(state, Violation::from_non_member);
  Byte& in = x.delivered_in[group][from * data_max + number];
  if (in != 0) fail(state, Violation::duplicate);
  in = static_cast<Byte>(view_id(x.view_epoch[group], installed) + 1);
  Byte& expected = x.expected[group][from];
  if (expected != 0 && expected != number + 1) fail(state, Violation::hole);
  expected = static_cast<Byte>(number + 2);
}

void Model::settle(State& state, int node, Chooser& chooser) const {
  while (state.violation == Violation::none && (take_tokens(state, node) || arrange(state, node) ||
                                                send_markers(state, node, chooser) || install_changes(state, node))) {
  }
}

}  // namespace model
