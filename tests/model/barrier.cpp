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

// R7, at one node: the old domain view ends.
void Model::end_epoch(State& state, int node, int epoch, Mask companions) const {
  Node& x = state.node[node];
  for (int l = 0; l < lights_max; ++l) {
    while (!weak(keep_pending)) {
      const int n = x.installed[l] != 0 ? next_change(state, node, l) : next_own_add(state, node, l);
      if (n == 0) break;
      install(state, node, l, n, x.installed[l] == 0);
    }
    if (x.installed[l] != 0) x.views[l] |= ViewSet{1} << view_id(epoch, x.installed[l] - 1);
  }
  // What waits now is for a change that no companion knows, so from a node that is gone.
  for (int i = 0; i < x.waiting_count; ++i) {
    if (contains(companions, x.waiting[i].from) && x.installed[group_of(x.waiting[i].message)] != 0) {
      fail(state, Violation::waiting_lost);
    }
    x.waiting[i] = {};
  }
  x.waiting_count = 0;
}

void Model::barrier(State& state, Chooser& chooser) const {
  const int epoch = state.epoch_next++;
  const Mask members = alive(state);
  std::vector<Byte> handed_back[nodes_max][heavies_max];
  for (int p = 0; p < nodes_; ++p) {
    if (state.node[p].alive == 0) continue;
    end_epoch(state, p, epoch, members);
    state.epoch_log = state.node[p].applied;
    for (int h = 0; h < heavies_max; ++h) {
      const Stream& stream = state.stream[h][p];
      handed_back[p][h].assign(stream.message + stream.wired, stream.message + stream.count);
    }
  }
  state.epoch = static_cast<Byte>(epoch);
  state.members = members;
  state.frozen = false;
  std::memset(state.stream, 0, sizeof state.stream);
  for (int h = 0; h < heavies_max; ++h) {
    int last = state.epoch_log;
    while (last > 0 && !directory_.arranges[last][h]) --last;
    for (int p = 0; p < nodes_; ++p) {
      Node& x = state.node[p];
      if (x.alive == 0) continue;
      const bool inside = contains(directory_.arranged[last][h], p);
      x.heavy_view[h] = inside ? static_cast<Byte>(last + 1) : 0;
      x.heavy_left[h] = inside ? 0 : static_cast<Byte>(last);
      std::fill_n(x.position[h], nodes_, 0);
      std::fill_n(x.first[h], nodes_, 0);
      std::fill_n(x.token_seen[h], nodes_, inside ? static_cast<Byte>(last) : 0);
      if (!weak(keep_markers)) std::fill_n(x.marker_seen[h], nodes_, 0);
      x.marker_sent[h] = 0;
      state.stream[h][p].last_token = static_cast<Byte>(last);
    }
  }
  for (int p = 0; p < nodes_; ++p) {
    Node& x = state.node[p];
    if (x.alive == 0) continue;
    for (int h = 0; h < heavies_max; ++h) {
      for (const Byte message : handed_back[p][h]) {
        if (!is_data(message)) continue;
        const int l = group_of(message), number = number_of(message), now = x.installed[l] - 1;
        if (now < 0) {
          x.delivered_in[l][p * data_max + number] = withdrawn;
        } else if (weak(no_restamp)) {
          put(state, p, h, message, chooser);
        } else {
          put(state, p, directory_.heavy[now][l], data(l, number, now), chooser);
        }
      }
    }
  }
  for (int p = 0; p < nodes_; ++p) {
    if (state.node[p].alive != 0) settle(state, p, chooser);
  }
}

}  // namespace model
