// Actions, the properties, and the normal form of a state.
#include "tests/model/model.hpp"

#include <algorithm>
#include <cstring>

namespace model {

const std::vector<WeaknessName>& weaknesses() {
  static const std::vector<WeaknessName> names = {
      {newcomer_silent, "newcomer-silent", "1: a newcomer does not mark what comes before its first view"},
      {mark_ahead, "mark-ahead", "1: a move is marked on the heavy group that it goes to"},
      {no_newcomer_marker, "no-newcomer-marker", "2: nobody waits for the newcomer's marker"},
      {no_member_marker, "no-member-marker", "2: nobody waits for the members' markers, but its own"},
      {no_own_marker, "no-own-marker", "2: a member does not wait for its own marker"},
      {any_heavy, "any-heavy", "2: a marker counts in whatever heavy group it came"},
      {jump, "jump", "2: what is pending is installed at once where all of it is marked"},
      {newcomer_at_once, "newcomer-at-once", "2: a newcomer waits for nobody's marker"},
      {wait_for_leaver, "wait-for-leaver", "2: a change waits for the marker of a member that a later one takes out"},
      {no_hold, "no-hold", "3: a member sends while it has a pending change"},
      {early_at_once, "early-at-once", "4: a message of a later era is delivered at once"},
      {drop_early, "drop-early", "4: a message of a later era is dropped"},
      {newcomer_hears_old, "newcomer-hears-old", "4: a newcomer delivers messages of eras before its own"},
      {leaver_sends, "leaver-sends", "5: who has asked to be let out goes on sending"},
      {leave_unstable, "leave-unstable", "5: who wants out asks before all it has sent has arrived"},
      {last_carrier, "last-carrier", "5: it looks only at the heavy group that its last message went to"},
      {leave_late, "leave-late", "5: who leaves installs its removal like any change, and stays until then"},
      {no_serial, "no-serial", "switching: changes behind a move are marked before it is installed"},
      {wide_marker, "wide-marker", "switching: a marker goes out though it covers a change that waits for a move"},
      {keep_pending, "keep-pending", "control view: pending changes stay pending"},
      {mark_anew, "mark-anew", "control view: what stays pending is marked anew (makes up for the last)"},
      {keep_gone, "keep-gone", "control view: whoever did not come along stays in the light groups"},
      {one_by_one, "one-by-one", "control view: each pending change makes a view of its own"},
      {no_drop, "no-drop", "control view: what waits for a pending change is delivered with it, not dropped"},
      {keep_markers, "keep-markers", "control view: markers are not forgotten, though numbers begin anew"},
      {no_restamp, "no-restamp", "control view: what is given back goes out as it was"},
      {lose_unsent, "lose-unsent", "control view: what is given back does not go out again"},
      {release_unstable, "release-unstable", "release: a node asks out before all it has sent there has arrived"},
      {leave_early, "leave-early", "release: a node asks out of a heavy group while a change is pending there"},
      {unchecked_release, "unchecked-release", "release: the coordinator grants every request"},
      {checked_now, "checked-now", "release: it checks what rides there now, not what did since the request"},
      {no_opening, "no-opening", "heavy: a member sends in a new view before all old members are known there"},
      {newcomer_opens, "newcomer-opens", "heavy: the same, but newcomers only"},
      {forget_views, "forget-views", "heavy: who has gone on keeps nothing of the view before"},
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
    state.listed |= only(p);
    x.alive = 1;
    for (int h = 0; h < heavies_max; ++h) x.heavy_view[h] = contains(s.heavy[h], p) ? 1 : 0;
    for (int l = 0; l < lights_max; ++l) {
      if (!contains(s.light[l].members, p)) continue;
      x.joined[l] = 1;
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
      const bool is_sender = contains(setting_.scenario->senders[l] & setting_.senders[l], p);
      if (is_sender && x.sent[l] < setting_.data && may_send(state, p, l)) add(Verb::send, p, l);
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
    case Verb::send: send(state, p, action.first, x.sent[action.first]++, chooser); break;
    case Verb::apply: apply(state, p); break;
    case Verb::deliver: deliver(state, p, action.first, action.second); break;
    case Verb::wire: wire(state, p, action.first); break;
    case Verb::ask: state.asked |= static_cast<IndexSet>(1U << action.first); break;
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
          if (in_a != 0 && in_b != 0 && in_a != in_b) fail(state, Violation::same_view);
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
    if (!contains(alive, p)) continue;
    check_ended(state, p, most);
    for (int l = 0; l < lights_max; ++l) check_last_view(state, p, l, most);
  }
}

// A release that was never granted ends a run.
void Model::check_ended(State& state, int node, int most) const {
  const Node& x = state.node[node];
  const int next = x.applied + 1;
  const bool ended = x.applied == length_ || (x.applied == most && !granted(state, next) &&
                                              setting_.scenario->log[next - 1].kind == Kind::release);
  if (!ended || x.waiting_count != 0) fail(state, Violation::stuck);
}

void Model::check_last_view(State& state, int node, int group, int most) const {
  const Node& x = state.node[node];
  const bool member = contains(view_members(state, most, group), node);
  if (member != (x.installed[group] != 0) || next_change(state, node, group) != 0) fail(state, Violation::stuck);
  for (int i = 0; i < x.sent[group]; ++i) {
    if (x.delivered_in[group][node * data_max + i] == 0) fail(state, Violation::own_lost);
  }
  const int last = view_id(x.view_epoch[group], x.installed[group] - 1) + 1;
  for (int q = node + 1; q < nodes_ && member; ++q) {
    const Node& y = state.node[q];
    if (y.alive == 0 || y.installed[group] == 0) continue;
    for (int i = 0; i < nodes_max * data_max; ++i) {
      if ((x.delivered_in[group][i] == last) != (y.delivered_in[group][i] == last)) fail(state, Violation::final_set);
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
      if (x.joined[l] != 0) oldest = std::min(oldest, base(state, p, l));
      const int h = x.sent_on[l] - 1;
      if (h >= 0 && !has_data(state.stream[h][p], l)) x.sent_on[l] = 0;
    }
    for (int h = 0; h < heavies_max; ++h) {
      for (int q = 0; q < nodes_; ++q) {
        if (x.marker_seen[h][q] <= oldest && !weak(keep_markers)) x.marker_seen[h][q] = 0;
        if (receives(state, p, h, q)) continue;
        x.token_seen[h][q] = 0;
        if (!weak(forget_views)) continue;
        x.position[h][q] = 0;
        x.first[h][q] = 0;
      }
    }
  }
}

std::string Model::text_of_view(int id) const {
  return std::to_string(id % (length_ + 1)) + "@V" + std::to_string(id / (length_ + 1));
}

}  // namespace model
