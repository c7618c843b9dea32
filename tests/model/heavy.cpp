// The heavy groups: FIFO streams, their views inside one domain view, and what everyone holds at a barrier.
#include <algorithm>

#include "tests/model/model.hpp"

namespace model {

int Model::next_arrangement(int heavy, int after, int applied) const {
  for (int n = after + 1; n <= applied; ++n) {
    if (directory_.arranges[n][heavy]) return n;
  }
  return 0;
}

bool Model::receives(const State& state, int node, int heavy, int from) const {
  const Byte view = state.node[node].heavy_view[heavy];
  return view != 0 && contains(directory_.arranged[view - 1][heavy] & state.members, from);
}

// A member that has ended its stream in the old view sends nothing before it has installed the new one, and there
// nothing before all old members are known to be in it.
bool Model::blocked(const State& state, int node, int heavy) const {
  const Byte view = state.node[node].heavy_view[heavy];
  return view == 0 || state.stream[heavy][node].last_token > view - 1 || !opened(state, node, heavy);
}

// Whether the old members have told it or not is a matter of when it sends.
bool Model::opened(const State& state, int node, int heavy) const {
  const int now = state.node[node].heavy_view[heavy] - 1;
  if (now <= state.epoch_log || weak(no_opening)) return true;
  int before = now - 1;
  while (before > 0 && !directory_.arranges[before][heavy]) --before;
  const Mask old = directory_.arranged[before][heavy];
  if (weak(newcomer_opens) && !contains(old, node)) return true;
  for (int q = 0; q < nodes_; ++q) {
    if (q == node || !contains(old & directory_.arranged[now][heavy] & state.members, q)) continue;
    const Node& x = state.node[q];
    if (x.heavy_view[heavy] <= now && x.heavy_left[heavy] <= now) return false;
  }
  return true;
}

bool Model::may_stay_queued(const State& state) const {
  return state.crashes < setting_.crashes || alive(state) != state.members;
}

// Where `node` goes on reading; -1: a newcomer whose view the sender has not reached.
int Model::next_position(const State& state, int node, int heavy, int from) const {
  const Node& x = state.node[node];
  if (x.position[heavy][from] != newcomer) return x.position[heavy][from];
  const Stream& stream = state.stream[heavy][from];
  const int view = x.heavy_view[heavy] - 1;
  for (int i = 0; i < stream.wired; ++i) {
    if (stream.message[i] == token(view)) return i + 1;
  }
  return stream.last_token >= view ? 0 : -1;
}

bool Model::deliverable(const State& state, int node, int heavy, int from) const {
  if (!receives(state, node, heavy, from)) return false;
  const Node& x = state.node[node];
  if (x.token_seen[heavy][from] > x.heavy_view[heavy] - 1) return false;  // Of a view not installed here.
  const int position = next_position(state, node, heavy, from);
  return position >= 0 && position < state.stream[heavy][from].wired;
}

// A message either goes out at once or stays in the queue. A message that leaves the queue later is told from one
// that goes out at once and is delivered later only by an arrangement between the two.
void Model::put(State& state, int node, int heavy, Byte message, Chooser& chooser) const {
  Stream& stream = state.stream[heavy][node];
  if (stream.count == stream_max) return fail(state, Violation::bound);
  stream.message[stream.count++] = message;
  if (state.frozen || stream.wired + 1 != stream.count || blocked(state, node, heavy)) return;
  const bool may_wait = may_stay_queued(state) || directory_.has_arrangements;
  if (!may_wait || !chooser.choose()) wire(state, node, heavy);
}

void Model::wire(State& state, int node, int heavy) const {
  const int position = state.stream[heavy][node].wired++;
  if (!setting_.lazy_self && next_position(state, node, heavy, node) == position) deliver(state, node, heavy, node);
}

// Goes ahead of the queue: what waits there is sent in the next view.
void Model::put_token(State& state, int node, int heavy, int index) const {
  Stream& stream = state.stream[heavy][node];
  if (stream.count == stream_max) return fail(state, Violation::bound);
  std::copy_backward(stream.message + stream.wired, stream.message + stream.count, stream.message + stream.count + 1);
  stream.message[stream.wired++] = token(index);
  ++stream.count;
  stream.last_token = static_cast<Byte>(index);
}

// A newcomer installs its first view at once.
bool Model::enter_heavy(State& state, int node, int heavy) const {
  Node& x = state.node[node];
  int n = next_arrangement(heavy, x.heavy_left[heavy], x.applied);
  while (n != 0 && !contains(directory_.arranged[n][heavy], node)) n = next_arrangement(heavy, n, x.applied);
  if (n == 0) return false;
  x.heavy_view[heavy] = static_cast<Byte>(n + 1);
  std::fill_n(x.position[heavy], nodes_, newcomer);
  std::fill_n(x.token_seen[heavy], nodes_, Byte{0});
  put_token(state, node, heavy, n);
  return true;
}

// All old members' streams in the view before arrangement `index` have been delivered at `node`.
bool Model::all_closed(const State& state, int node, int heavy, int index) const {
  const Node& x = state.node[node];
  for (int q = 0; q < nodes_; ++q) {
    if (receives(state, node, heavy, q) && x.token_seen[heavy][q] < index) return false;
  }
  return true;
}

// A member ends its stream, and installs the next view, or is out, when everyone's has ended.
bool Model::move_on(State& state, int node, int heavy) const {
  Node& x = state.node[node];
  const int n = next_arrangement(heavy, x.heavy_view[heavy] - 1, x.applied);
  if (n == 0) return false;
  if (state.stream[heavy][node].last_token < n) {
    put_token(state, node, heavy, n);
    return true;
  }
  if (!all_closed(state, node, heavy, n)) return false;
  const bool stays = contains(directory_.arranged[n][heavy], node);
  for (int q = 0; q < nodes_; ++q) {
    Byte& position = x.position[heavy][q];
    if (stays && !receives(state, node, heavy, q)) {
      position = newcomer;
      x.token_seen[heavy][q] = 0;
    } else if (!stays && weak(forget_views)) {
      position = 0;
    }
  }
  x.heavy_view[heavy] = stays ? static_cast<Byte>(n + 1) : 0;
  if (!stays) x.heavy_left[heavy] = static_cast<Byte>(n);
  return true;
}

bool Model::arrange(State& state, int node) const {
  for (int h = 0; h < heavies_max; ++h) {
    const bool inside = state.node[node].heavy_view[h] != 0;
    if (inside ? move_on(state, node, h) : enter_heavy(state, node, h)) return true;
  }
  return false;
}

// Nobody can tell how long a token waited at the head of a stream, so it is delivered at once.
bool Model::take_tokens(State& state, int node) const {
  bool any = false;
  for (int h = 0; h < heavies_max; ++h) {
    for (int q = 0; q < nodes_; ++q) {
      if (!deliverable(state, node, h, q)) continue;
      const Byte message = state.stream[h][q].message[next_position(state, node, h, q)];
      if (!is_token(message)) continue;
      deliver(state, node, h, q);
      any = true;
    }
  }
  return any;
}

void Model::deliver(State& state, int node, int heavy, int from) const {
  Node& x = state.node[node];
  const int position = next_position(state, node, heavy, from);
  const Byte message = state.stream[heavy][from].message[position];
  if (x.position[heavy][from] == newcomer) x.first[heavy][from] = static_cast<Byte>(position);
  x.position[heavy][from] = static_cast<Byte>(position + 1);
  if (is_data(message)) {
    receive_data(state, node, heavy, from, message);
  } else if (is_token(message)) {
    x.token_seen[heavy][from] = static_cast<Byte>(index_of(message));
  } else {
    x.marker_seen[heavy][from] = std::max<Byte>(x.marker_seen[heavy][from], static_cast<Byte>(index_of(message)));
  }
}

// How much of a stream everyone delivers before the barrier: all of it, or the most of a lost one that is held, if only
// by one that has gone on to the next view, or has left.
int Model::cut(const State& state, int heavy, int from) const {
  const Stream& stream = state.stream[heavy][from];
  if (state.node[from].alive != 0) return stream.wired;
  int most = 0;
  for (int round = 0; round < 2; ++round) {  // Then what joins on to what is held from the beginning.
    for (int p = 0; p < nodes_; ++p) {
      const Node& x = state.node[p];
      const Byte position = x.position[heavy][from];
      if (x.alive == 0 || position == newcomer || x.first[heavy][from] > most) continue;
      if (receives(state, p, heavy, from) || !weak(forget_views)) most = std::max<int>(most, position);
    }
  }
  return most;
}

// What is left to deliver depends, if at all, on arrangements that a lost node keeps open.
bool Model::all_caught_up(const State& state) const {
  Byte most = 0;
  for (int p = 0; p < nodes_; ++p) {
    if (state.node[p].alive != 0) most = std::max(most, state.node[p].applied);
  }
  for (int p = 0; p < nodes_; ++p) {
    if (state.node[p].alive == 0) continue;
    if (state.node[p].applied != most) return false;
    for (int h = 0; h < heavies_max; ++h) {
      for (int q = 0; q < nodes_; ++q) {
        if (!deliverable(state, p, h, q)) continue;
        if (next_position(state, p, h, q) < cut(state, h, q)) return false;
      }
    }
  }
  return true;
}

// Forgets the head of a stream that nobody needs any more.
void Model::trim(State& state, int heavy, int from) const {
  Stream& stream = state.stream[heavy][from];
  int floor = stream.wired;
  for (int p = 0; p < nodes_; ++p) {
    const Node& x = state.node[p];
    if (x.alive == 0) continue;
    const int view = x.heavy_view[heavy];
    if (view != 0 && receives(state, p, heavy, from)) {
      const int position = next_position(state, p, heavy, from);
      if (position >= 0) floor = std::min(floor, position);
      continue;
    }
    // Reads from the first view on that has both.
    const Mask both = only(p) | only(from);
    const int after = view != 0 ? view - 1 : x.heavy_left[heavy];
    int n = next_arrangement(heavy, after, length_);
    while (n != 0 && (directory_.arranged[n][heavy] & both) != both) n = next_arrangement(heavy, n, length_);
    if (n == 0) continue;
    const auto* at = std::find(stream.message, stream.message + stream.wired, token(n));
    if (at != stream.message + stream.wired) {
      floor = std::min(floor, static_cast<int>(at - stream.message) + 1);
    } else if (stream.last_token >= n) {
      floor = 0;
    }
  }
  if (floor == 0) return;
  std::copy(stream.message + floor, stream.message + stream.count, stream.message);
  std::fill(stream.message + stream.count - floor, stream.message + stream.count, 0);
  stream.count -= static_cast<Byte>(floor);
  stream.wired -= static_cast<Byte>(floor);
  for (int p = 0; p < nodes_; ++p) {
    Byte& position = state.node[p].position[heavy][from];
    if (position != newcomer) position = position > floor ? static_cast<Byte>(position - floor) : 0;
    Byte& first = state.node[p].first[heavy][from];
    first = first > floor ? static_cast<Byte>(first - floor) : 0;
  }
}

}  // namespace model
