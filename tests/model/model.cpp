// Actions, the properties, and the normal form of a state.
#include "tests/model/model.hpp"

#include <algorithm>
#include <cstring>

namespace model {

const std::vector<WeaknessName>& weaknesses() {
  static const std::vector<WeaknessName> names = {
      {no_hold, "no-hold", "R3: a member sends while it has a pending change"},
      {no_serial, "no-serial", "R1: changes behind a switch are marked before the switch is installed"},
      {wide_marker, "wide-marker", "R1: a marker goes out though it covers a change behind an open switch"},
      {no_newcomer_marker, "no-newcomer-marker", "R2: nobody waits for the newcomer's marker"},
      {no_own_marker, "no-own-marker", "R2: a member does not wait for its own marker"},
      {mark_ahead, "mark-ahead", "R1: a switch is marked in the heavy group that it goes to"},
      {any_heavy, "any-heavy", "R2: a marker counts in whatever heavy group it came"},
      {newcomer_hears_old, "newcomer-hears-old", "R4: a newcomer delivers messages of eras before its own"},
      {early_at_once, "early-at-once", "R5: an early message is delivered at once"},
      {drop_unknown, "drop-unknown", "R5: a message of an era not yet heard of is dropped"},
      {drop_outside, "drop-outside", "R5: only members keep messages of an era not yet heard of"},
      {leave_at_once, "leave-at-once", "R6: a leaver is out when it applies its removal"},
      {no_drop, "no-drop", "R7: waiting messages are delivered whether their sender's marker came or not"},
      {plain_drop, "plain-drop", "R7: what waits for a switch is dropped, whether its sender's marker came or not"},
      {keep_pending, "keep-pending", "R7: pending changes stay pending at a barrier, and are marked anew"},
      {no_restamp, "no-restamp", "R7: handed back messages are sent as they were"},
      {keep_markers, "keep-markers", "R7: markers count beyond a barrier"},
      {leave_early, "leave-early", "R8: a node asks to leave a heavy group while a change is pending there"},
      {unchecked_release, "unchecked-release", "R8: the coordinator grants every request to leave a heavy group"},
      {checked_now, "checked-now", "R8: the coordinator checks what rides there now, not what did since the request"},
      {unstable_views, "unstable-views", "heavy: a view may end before all of it is stable"},
      {retained_views, "retained-views",
       "heavy: views that have ended are kept by who was in them, but need not be stable"},
      {sender_waits, "sender-waits",
       "heavy: a member sends in a new view when all old members have all it sent before"},
      {drop_arrangements, "drop-arrangements", "heavy: open arrangements are dropped, not completed, at a barrier"},
  };
  return names;
}

bool Chooser::choose() {
  if (at_ == answers_.size()) answers_.push_back(false);
  return answers_[at_++];
}

bool Chooser::next() {
  answers_.resize(at_);
  while (!answers_.empty() && answers_.back()) answers_.pop_back();
  if (answers_.empty()) return false;
  answers_.back() = true;
  return true;
}

Byte Chooser::bits() const {
  unsigned bits = 0;
  for (std::size_t i = 0; i < at_ && i < 8; ++i) bits |= static_cast<unsigned>(answers_[i]) << i;
  return static_cast<Byte>(bits);
}

Model::Model(const Setting& setting)
    : setting_(setting),
      directory_(directory_of(*setting.scenario)),
      nodes_(setting.scenario->nodes),
      length_(static_cast<int>(setting.scenario->log.size())) {}

void Model::fail(State& state, Violation violation) const {
  if (state.violation == Violation::none) state.violation = violation;
}

State Model::initial() const {
  State state;
  std::memset(&state, 0, sizeof state);
  const Scenario& s = *setting_.scenario;
  state.epoch_next = 1;
  for (int p = 0; p < nodes_; ++p) {
    Node& x = state.node[p];
    state.members |= only(p);
    x.alive = 1;
    for (int h = 0; h < heavies_max; ++h) x.heavy_view[h] = contains(s.heavy[h], p) ? 1 : 0;
    for (int l = 0; l < lights_max; ++l) {
      if (!contains(s.light[l].members, p)) continue;
      x.installed[l] = 1;
      x.views[l] = 1;
      std::fill_n(x.expected[l], nodes_, 1);
    }
  }
  return state;
}

void Model::actions(const State& state, std::vector<Action>& out) const {
  out.clear();
  const Mask alive = this->alive(state);
  const auto add = [&out](Verb verb, int node, int first = 0, int second = 0) {
    out.push_back({verb, static_cast<Byte>(node), static_cast<Byte>(first), static_cast<Byte>(second), 0});
  };
  const bool moving = alive != state.members && all_caught_up(state);
  if (moving && !state.frozen && directory_.has_arrangements) {
    add(Verb::freeze, 0);
  } else if (moving) {
    add(Verb::barrier, 0);
  }
  for (int p = 0; p < nodes_; ++p) {
    if (!contains(alive, p)) continue;
    const Node& x = state.node[p];
    for (int h = 0; h < heavies_max; ++h) {
      for (int q = 0; q < nodes_; ++q) {
        if (deliverable(state, p, h, q)) add(Verb::deliver, p, h, q);
      }
      const Stream& own = state.stream[h][p];
      if (directory_.has_arrangements && !state.frozen && own.wired < own.count && !blocked(state, p, h)) {
        add(Verb::wire, p, h);
      }
    }
    if (state.frozen) continue;
    if (may_apply(state, p)) add(Verb::apply, p);
    for (int l = 0; l < lights_max; ++l) {
      const bool may_send = x.installed[l] != 0 && (next_change(state, p, l) == 0 || weak(no_hold));
      const bool is_sender = contains(setting_.scenario->senders[l] & setting_.senders[l], p);
      if (may_send && is_sender && x.sent[l] < setting_.data) add(Verb::send, p, l);
    }
    for (int n = 1; n <= length_; ++n) {
      if (setting_.scenario->log[n - 1].node == p && may_ask(state, n)) add(Verb::ask, p, n);
    }
    if (state.crashes == setting_.crashes || alive == only(p)) continue;
    add(Verb::crash, p);
    if (setting_.parted) add(Verb::crash_parted, p);
    if (moving) add(Verb::crash_ahead, p);
  }
}

void Model::step(State& state, const Action& action, Chooser& chooser) const {
  const int p = action.node;
  Node& x = state.node[p];
  switch (action.verb) {
    case Verb::send: {
      const int l = action.first, now = x.installed[l] - 1;
      const int number = x.sent[l]++;
      put(state, p, directory_.heavy[now][l], data(l, number, now), chooser);
      break;
    }
    case Verb::apply:
      ++x.applied;
      for (int l = 0; l < lights_max; ++l) {
        if (x.installed[l] == 0) release_waiting(state, p, l, true);
      }
      break;
    case Verb::deliver: deliver(state, p, action.first, action.second); break;
    case Verb::wire: wire(state, p, action.first); break;
    case Verb::ask: state.asked |= static_cast<std::uint16_t>(1U << action.first); break;
    case Verb::crash_parted:
    case Verb::crash_ahead:
      end_epoch(state, p, state.epoch_next++, action.verb == Verb::crash_ahead ? alive(state) : only(p));
      [[fallthrough]];
    case Verb::crash: crash(state, p); return;
    case Verb::freeze: freeze(state, chooser); return;
    case Verb::barrier: barrier(state, chooser); return;
  }
  settle(state, p, chooser);
  // The others may have tokens to deliver now, which they do at once.
  for (int q = 0; q < nodes_ && directory_.has_arrangements; ++q) {
    if (q != p && state.node[q].alive != 0) settle(state, q, chooser);
  }
}

namespace {

// Members that go from one view to the next together delivered the same in the first.
bool same_sets(const Node& a, const Node& b, int group) {
  const ViewSet both = a.views[group] & b.views[group], any = a.views[group] | b.views[group];
  for (ViewSet rest = both; rest != 0; rest &= rest - 1) {
    const int view = __builtin_ctzll(rest);
    const ViewSet later = view == 63 ? 0 : any >> (view + 1);
    if (later == 0 || (both >> (view + 1) & (later & (~later + 1))) == 0) continue;  // They do not go on together.
    for (int i = 0; i < nodes_max * data_max; ++i) {
      if ((a.delivered_in[group][i] == view + 1) != (b.delivered_in[group][i] == view + 1)) return false;
    }
  }
  return true;
}

}  // namespace

void Model::check(State& state) const {
  for (int l = 0; l < lights_max; ++l) {
    for (int p = 0; p < nodes_; ++p) {
      for (int q = p + 1; q < nodes_; ++q) {
        const Node &a = state.node[p], &b = state.node[q];
        for (int i = 0; i < nodes_max * data_max; ++i) {
          const Byte in_a = a.delivered_in[l][i], in_b = b.delivered_in[l][i];
          if (in_a != 0 && in_b != 0 && in_a != in_b && in_a != withdrawn && in_b != withdrawn) {
            fail(state, Violation::same_view);
          }
        }
        if (a.alive != 0 && b.alive != 0 && !same_sets(a, b, l)) fail(state, Violation::synchrony);
      }
    }
  }
}

void Model::check_final(State& state) const {
  const Mask alive = this->alive(state);
  bool queued = false;
  Byte most = 0;
  for (int p = 0; p < nodes_; ++p) {
    if (!contains(alive, p)) continue;
    most = std::max(most, state.node[p].applied);
    for (int h = 0; h < heavies_max; ++h) queued |= state.stream[h][p].count != state.stream[h][p].wired;
  }
  // A queue that stands still stands for a barrier to come.
  if (queued && alive == state.members && state.crashes < setting_.crashes && !directory_.has_arrangements) return;
  if (queued || alive != state.members) return fail(state, Violation::stuck);
  for (int p = 0; p < nodes_; ++p) {
    const Node& x = state.node[p];
    if (x.alive == 0) continue;
    // A request to leave that was never granted ends a run.
    const bool ended = x.applied == length_ || (granted(state, x.applied + 1) == false && x.applied == most);
    if (!ended || x.waiting_count != 0) return fail(state, Violation::stuck);
    for (int l = 0; l < lights_max; ++l) {
      const bool member = contains(view_members(state, most, l), p);
      if (member != (x.installed[l] != 0) || next_change(state, p, l) != 0) return fail(state, Violation::stuck);
      for (int i = 0; i < x.sent[l]; ++i) {
        if (x.delivered_in[l][p * data_max + i] == 0) return fail(state, Violation::own_lost);
      }
      for (int q = p + 1; q < nodes_ && member; ++q) {
        const Node& y = state.node[q];
        if (y.alive == 0 || y.installed[l] == 0) continue;
        const int last = view_id(state.epoch, x.installed[l] - 1) + 1;
        for (int i = 0; i < nodes_max * data_max; ++i) {
          if ((x.delivered_in[l][i] == last) != (y.delivered_in[l][i] == last))
            return fail(state, Violation::final_set);
        }
      }
    }
  }
}

void Model::normalise(State& state) const {
  for (int h = 0; h < heavies_max; ++h) {
    for (int q = 0; q < nodes_; ++q) trim(state, h, q);
  }
  for (int p = 0; p < nodes_; ++p) {
    Node& x = state.node[p];
    if (x.alive == 0) continue;
    // A marker is looked at for changes that are not installed yet.
    int oldest = x.applied;
    for (int l = 0; l < lights_max; ++l) {
      if (x.installed[l] != 0) oldest = std::min(oldest, x.installed[l] - 1);
    }
    for (int h = 0; h < heavies_max; ++h) {
      for (int q = 0; q < nodes_; ++q) {
        if (x.marker_seen[h][q] <= oldest) x.marker_seen[h][q] = 0;
        if (receives(state, p, h, q) || weak(retained_views)) continue;
        x.position[h][q] = 0;
        x.first[h][q] = 0;
        x.token_seen[h][q] = 0;
      }
    }
  }
}

std::string Model::text_of_view(int id) const {
  return std::to_string(id % (length_ + 1)) + "@V" + std::to_string(id / (length_ + 1));
}

}  // namespace model
