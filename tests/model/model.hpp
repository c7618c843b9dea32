// The protocol: one step of one node, or of all of them at a barrier.
#pragma once

#include <vector>

#include "tests/model/scenario.hpp"
#include "tests/model/state.hpp"

namespace model {

// Each switches one rule off, or weakens it.
enum Weakness : std::uint32_t {
  no_hold = 1U << 0,
  no_serial = 1U << 1,
  wide_marker = 1U << 2,
  no_newcomer_marker = 1U << 3,
  no_own_marker = 1U << 4,
  newcomer_hears_old = 1U << 5,
  early_at_once = 1U << 6,
  drop_unknown = 1U << 7,
  no_drop = 1U << 8,
  keep_pending = 1U << 9,
  no_restamp = 1U << 10,
  leave_early = 1U << 11,
  any_heavy = 1U << 12,
  unchecked_release = 1U << 13,
  unstable_views = 1U << 14,
  keep_markers = 1U << 15,
  leave_at_once = 1U << 16,
  drop_arrangements = 1U << 17,
  checked_now = 1U << 18,
  retained_views = 1U << 19,
  drop_outside = 1U << 21,
  plain_drop = 1U << 22,
  mark_ahead = 1U << 23,
  sender_waits = 1U << 20,  // Not a weakness: what makes up for retained_views.
};
struct WeaknessName {
  Weakness weakness;
  std::string_view name, what;
};
const std::vector<WeaknessName>& weaknesses();

struct Setting {
  const Scenario* scenario;
  int data = 1;  // Messages a sender sends on each of its groups.
  int crashes = 0;
  std::array<Mask, lights_max> senders = {0xff, 0xff};  // Of the scenario's senders, these send.
  std::uint32_t weak = 0;                               // Sum of Weakness.
  bool lazy_self = false;                               // A node may deliver its own message later than it sends it.
  bool parted = false;  // A crashed node may have gone through a barrier of its own, as if parted from the rest.
};

enum class Verb : Byte { send, apply, deliver, wire, ask, crash, crash_parted, crash_ahead, freeze, barrier };
struct Action {
  Verb verb;
  Byte node, first, second;  // send: group; deliver: heavy, from; wire: heavy; ask: entry.
  Byte choices;              // What was left open inside the step, one bit each.
};

// Answers the choices inside a step from a list of bits; next() goes to the next combination.
class Chooser {
 public:
  bool choose();
  void restart() { at_ = 0; }
  bool next();
  Byte bits() const;

 private:
  std::vector<bool> answers_;
  std::size_t at_ = 0;
};

class Model {
 public:
  explicit Model(const Setting& setting);

  State initial() const;
  void actions(const State& state, std::vector<Action>& out) const;
  // Does one action and everything that the nodes concerned do by themselves after it.
  void step(State& state, const Action& action, Chooser& chooser) const;
  // Checked in every state, and where nothing but a crash can happen any more.
  void check(State& state) const;
  void check_final(State& state) const;
  // Forgets what nobody can tell from the outside any more.
  void normalise(State& state) const;

  const Setting& setting() const { return setting_; }
  int view_id(int epoch, int index) const { return epoch * (length_ + 1) + index; }
  std::string text_of_view(int id) const;
  Mask view_members(const State& state, int index, int group) const;
  int next_position(const State& state, int node, int heavy, int from) const;

 private:
  bool weak(std::uint32_t weakness) const { return (setting_.weak & weakness) != 0; }
  void fail(State& state, Violation violation) const;

  // heavy.cpp
  int next_arrangement(int heavy, int after, int applied) const;
  bool blocked(const State& state, int node, int heavy) const;
  bool stable_before(const State& state, int node, int heavy) const;
  bool deliverable(const State& state, int node, int heavy, int from) const;
  void put(State& state, int node, int heavy, Byte message, Chooser& chooser) const;
  void wire(State& state, int node, int heavy) const;
  void put_token(State& state, int node, int heavy, int index) const;
  bool enter_heavy(State& state, int node, int heavy) const;
  bool all_closed(const State& state, int node, int heavy, int index) const;
  bool move_on(State& state, int node, int heavy) const;
  bool arrange(State& state, int node) const;
  bool take_tokens(State& state, int node) const;
  void deliver(State& state, int node, int heavy, int from) const;
  bool all_caught_up(const State& state) const;
  int cut(const State& state, int heavy, int from) const;
  bool receives(const State& state, int node, int heavy, int from) const;
  bool may_stay_queued(const State& state) const;
  void trim(State& state, int heavy, int from) const;

  // light.cpp
  int next_change(const State& state, int node, int group) const;
  int next_own_add(const State& state, int node, int group) const;
  bool is_change(int index, int group) const;
  bool adds(int index, int node, int group) const;
  int marking_heavy(int index, int group) const;
  bool send_markers(State& state, int node, Chooser& chooser) const;
  bool all_marked(const State& state, int node, int group, int index) const;
  bool install_changes(State& state, int node) const;
  void install(State& state, int node, int group, int index, bool marked) const;
  void release_waiting(State& state, int node, int group, bool marked) const;
  bool must_drop(const Node& node, const Waiting& waiting, int era) const;
  void receive_data(State& state, int node, int heavy, int from, Byte message) const;
  void deliver_data(State& state, int node, int from, Byte message) const;
  void settle(State& state, int node, Chooser& chooser) const;
  bool may_ask(const State& state, int entry) const;
  bool granted(const State& state, int entry) const;
  bool may_apply(const State& state, int node) const;

  // barrier.cpp
  Mask alive(const State& state) const;
  void crash(State& state, int node) const;
  void end_epoch(State& state, int node, int epoch, Mask companions) const;
  void freeze(State& state, Chooser& chooser) const;
  void barrier(State& state, Chooser& chooser) const;

  Setting setting_;
  Directory directory_;
  int nodes_ = 0, length_ = 0;
};

}  // namespace model
