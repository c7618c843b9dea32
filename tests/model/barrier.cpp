// Crashes, and the barrier that a new domain view is.
//
// A node that freezes, then delivers what it lacks up to the cut, cannot be told from one that delivers the same while
// its outgoing queues stand still, and freezes last. So everybody freezes at one moment here, when nothing is left to
// deliver but what open arrangements hold back.
#include <algorithm>
#include <cstring>

#include "tests/model/model.hpp"

namespace model {

Mask Model::alive(const State& state) const {
  Mask alive = 0;
  for (int p = 0; p < nodes_; ++p) {
    if (state.node[p].alive != 0) alive |= only(p);
  }
  return alive;
}

void Model::crash(State& state, int node) const {
  Node dead;
  std::memset(&dead, 0, sizeof dead);
  std::memcpy(dead.delivered_in, state.node[node].delivered_in, sizeof dead.delivered_in);
  std::memcpy(dead.heavy_view, state.node[node].heavy_view, sizeof dead.heavy_view);
  std::memcpy(dead.heavy_left, state.node[node].heavy_left, sizeof dead.heavy_left);
  std::memcpy(&state.node[node], &dead, sizeof dead);
  for (int h = 0; h < heavies_max; ++h) {
    Stream& stream = state.stream[h][node];
    std::fill(stream.message + stream.wired, stream.message + stream.count, 0);
    stream.count = stream.wired;
  }
  ++state.crashes;
}

void Model::freeze(State& state, Chooser& chooser) const {
  state.frozen = true;
  for (int h = 0; h < heavies_max; ++h) {
    for (int q = 0; q < nodes_; ++q) {
      Stream& stream = state.stream[h][q];
      if (!contains(state.members, q) || state.node[q].alive != 0) continue;
      const int end = cut(state, h, q);
      for (int i = stream.wired; i-- > end;) {
        const Byte message = stream.message[i];
        if (is_token(message)) stream.last_token = static_cast<Byte>(index_of(message) - 1);
        stream.message[i] = 0;
      }
      stream.wired = stream.count = static_cast<Byte>(end);
    }
  }
  for (int p = 0; p < 2 * nodes_; ++p) {  // Twice: what the first pass ends may be what another waits for.
    if (state.node[p % nodes_].alive != 0) settle(state, p % nodes_, chooser);
  }
}

// The old domain view ends at one node: everything pending and whoever is gone make one view.
void Model::end_epoch(State& state, int node, int epoch, Mask companions) const {
  Node& x = state.node[node];
  for (int l = 0; l < lights_max; ++l) {
    const bool waits_for_views = weak(no_drop) || weak(one_by_one);
    if (!weak(no_drop)) drop_waiting(state, node, companions);
    while (waits_for_views && next_change(state, node, l) != 0) {
      install(state, node, l, next_change(state, node, l));
    }
    if (x.joined[l] != 0) bring_up_to_date(state, node, l, epoch, companions);
  }
  drop_waiting(state, node, companions);
  std::fill_n(x.owed_now, heavies_max, IndexSet{0});
  std::fill_n(x.owed_later, heavies_max, IndexSet{0});
}

// What waits is of an era that no companion has installed, so from a node that is gone.
void Model::drop_waiting(State& state, int node, Mask companions) const {
  Node& x = state.node[node];
  for (int i = 0; i < x.waiting_count; ++i) {
    if (contains(companions, x.waiting[i].from)) fail(state, Violation::waiting_lost);
    x.waiting[i] = {};
  }
  x.waiting_count = 0;
}

void Model::bring_up_to_date(State& state, int node, int group, int epoch, Mask companions) const {
  Node& x = state.node[node];
  int last = base(state, node, group);
  for (int n = next_change(state, node, group); n != 0 && !weak(keep_pending); n = next_change(state, node, group, n)) {
    last = n;
  }
  const bool altered = last != base(state, node, group);
  if (altered && !contains(view_members(state, last, group), node)) return forget_group(state, node, group);
  if (!altered && (view_members(state, last, group) & static_cast<Mask>(~companions)) == 0) return;
  if (!altered && x.installed[group] == 0) return;  // keep_pending
  x.installed[group] = static_cast<Byte>(last + 1);
  x.view_epoch[group] = static_cast<Byte>(epoch);
  x.views[group] |= ViewSet{1} << view_id(epoch, last);
}

void Model::barrier(State& state, Chooser& chooser) const {
  const int epoch = state.epoch_next++, begun = state.epoch_log;
  const Mask members = alive(state);
  std::vector<Byte> unsent[nodes_max][heavies_max];
  for (int p = 0; p < nodes_; ++p) {
    if (!contains(members, p)) continue;
    end_epoch(state, p, epoch, members);
    state.epoch_log = state.node[p].applied;
    for (int h = 0; h < heavies_max; ++h) {
      const Stream& stream = state.stream[h][p];
      unsent[p][h].assign(stream.message + stream.wired, stream.message + stream.count);
    }
  }
  state.epoch = static_cast<Byte>(epoch);
  state.members = members;
  if (!weak(keep_gone)) state.listed = members;
  state.frozen = false;
  state.asked &= static_cast<IndexSet>((2U << state.epoch_log) - 1);  // Requests on the way are lost.
  std::memset(state.stream, 0, sizeof state.stream);
  for (int p = 0; p < nodes_; ++p) {
    for (int h = 0; h < heavies_max; ++h) start_heavy(state, p, h);
    if (contains(members, p)) renew_markers(state, p, begun);
  }
  for (int p = 0; p < nodes_; ++p) {
    for (int h = 0; h < heavies_max; ++h) send_anew(state, p, unsent[p][h], h, chooser);
  }
  for (int p = 0; p < nodes_; ++p) {
    if (contains(members, p)) settle(state, p, chooser);
  }
}

// An open arrangement is over: the group has those it was to have. Nobody has sent in its view but where all old
// members that are here had installed it.
void Model::start_heavy(State& state, int node, int heavy) const {
  Node& x = state.node[node];
  int last = state.epoch_log;
  while (last > 0 && !directory_.arranges[last][heavy]) --last;
  const bool inside = contains(directory_.arranged[last][heavy], node);
  const bool alive = x.alive != 0;
  x.heavy_view[heavy] = alive && inside ? static_cast<Byte>(last + 1) : 0;
  x.heavy_left[heavy] = alive && !inside ? static_cast<Byte>(last) : 0;
  std::fill_n(x.position[heavy], nodes_, Byte{0});
  std::fill_n(x.first[heavy], nodes_, Byte{0});
  std::fill_n(x.token_seen[heavy], nodes_, alive && inside ? static_cast<Byte>(last) : Byte{0});
  if (alive) state.stream[heavy][node].last_token = static_cast<Byte>(last);
}

// Markers name changes by their number in the domain view, so that an old one, if kept, would stand for another.
// Nothing is owed, for nothing is pending; by mark_anew, what stays pending is.
void Model::renew_markers(State& state, int node, int begun) const {
  Node& x = state.node[node];
  for (int h = 0; h < heavies_max; ++h) {
    for (Byte& seen : x.marker_seen[h]) {
      const int number = seen - begun;
      seen =
          weak(keep_markers) && number > 0 ? static_cast<Byte>(std::min(state.epoch_log + number, length_)) : Byte{0};
    }
  }
  for (int l = 0; l < lights_max && weak(mark_anew); ++l) {
    for (int n = next_change(state, node, l); n != 0; n = next_change(state, node, l, n)) owe(state, node, l, n);
  }
}

// Who is in the group no longer had nothing on its way.
void Model::send_anew(State& state, int node, const std::vector<Byte>& unsent, int heavy, Chooser& chooser) const {
  for (const Byte message : unsent) {
    if (!is_data(message)) continue;
    const int group = group_of(message);
    if (state.node[node].installed[group] == 0) {
      fail(state, Violation::own_lost);
    } else if (weak(no_restamp)) {
      put(state, node, heavy, message, chooser);
    } else if (!weak(lose_unsent)) {
      send(state, node, group, number_of(message), chooser);
    }
  }
}

}  // namespace model
