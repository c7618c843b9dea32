// The protocol: one step of one node, or of all of them at a barrier.
#pragma once

#include <vector>

#include "tests/model/scenario.hpp"
#include "tests/model/state.hpp"

namespace model {

// Each switches one rule off, or weakens it.
enum Weakness : std::uint64_t {
  newcomer_silent = std::uint64_t{1} << 0,
  mark_ahead = std::uint64_t{1} << 1,
  no_newcomer_marker = std::uint64_t{1} << 2,
  no_member_marker = std::uint64_t{1} << 3,
  no_own_marker = std::uint64_t{1} << 4,
  any_heavy = std::uint64_t{1} << 5,
  jump = std::uint64_t{1} << 6,
  newcomer_at_once = std::uint64_t{1} << 7,
  wait_for_leaver = std::uint64_t{1} << 8,
  no_hold = std::uint64_t{1} << 9,
  early_at_once = std::uint64_t{1} << 10,
  drop_early = std::uint64_t{1} << 11,
  newcomer_hears_old = std::uint64_t{1} << 12,
  leaver_sends = std::uint64_t{1} << 13,
  leave_unstable = std::uint64_t{1} << 14,
  last_carrier = std::uint64_t{1} << 15,
  leave_late = std::uint64_t{1} << 16,
  no_serial = std::uint64_t{1} << 17,
  wide_marker = std::uint64_t{1} << 18,
  keep_pending = std::uint64_t{1} << 19,
  mark_anew = std::uint64_t{1} << 20,  // Makes up for keep_pending.
  keep_gone = std::uint64_t{1} << 21,
  one_by_one = std::uint64_t{1} << 22,
  no_drop = std::uint64_t{1} << 23,
  keep_markers = std::uint64_t{1} << 24,
  no_restamp = std::uint64_t{1} << 25,
  lose_unsent = std::uint64_t{1} << 26,
  release_unstable = std::uint64_t{1} << 27,
  leave_early = std::uint64_t{1} << 28,
  unchecked_release = std::uint64_t{1} << 29,
  checked_now = std::uint64_t{1} << 30,
  no_opening = std::uint64_t{1} << 31,
  newcomer_opens = std::uint64_t{1} << 32,
  forget_views = std::uint64_t{1} << 33,
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
  std::uint64_t weak = 0;                               // Sum of Weakness.
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
  bool weak(std::uint64_t weakness) const { return (setting_.weak & weakness) != 0; }
  void fail(State& state, Violation violation) const;
  void check_ended(State& state, int node, int most) const;
  void check_last_view(State& state, int node, int group, int most) const;

  // heavy.cpp
  int next_arrangement(int heavy, int after, int applied) const;
  bool blocked(const State& state, int node, int heavy) const;
  bool opened(const State& state, int node, int heavy) const;
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
  bool is_change(const State& state, int index, int group) const;
  int base(const State& state, int node, int group) const;
  int next_change(const State& state, int node, int group) const;
  int next_change(const State& state, int node, int group, int after) const;
  bool is_self_change(Kind kind, int index, int node, int group) const;
  int marking_heavy(int index, int group) const;
  bool is_move(int index) const;
  void apply(State& state, int node) const;
  void owe(State& state, int node, int group, int index) const;
  void due(State& state, int node, int heavy, int index) const;
  void leave(State& state, int node, int group) const;
  void forget_group(State& state, int node, int group) const;
  bool send_markers(State& state, int node, Chooser& chooser) const;
  Mask needed_markers(const State& state, int node, int group, int index) const;
  bool all_marked(const State& state, int node, int group, int index) const;
  bool install_changes(State& state, int node) const;
  void install(State& state, int node, int group, int index) const;
  void release_waiting(State& state, int node, int group) const;
  void receive_data(State& state, int node, int heavy, int from, Byte message) const;
  void deliver_data(State& state, int node, int from, Byte message) const;
  void send(State& state, int node, int group, int number, Chooser& chooser) const;
  bool may_send(const State& state, int node, int group) const;
  void settle(State& state, int node, Chooser& chooser) const;

  // requests.cpp
  bool may_ask(const State& state, int entry) const;
  bool may_ask_to_leave(const State& state, int entry) const;
  bool may_ask_for_release(const State& state, int entry) const;
  static bool has_data(const Stream& stream, int group);
  bool has_arrived(const State& state, int node, int group) const;
  bool is_leaving(const State& state, int node, int group) const;
  bool granted(const State& state, int entry) const;
  bool may_apply(const State& state, int node) const;

  // barrier.cpp
  Mask alive(const State& state) const;
  void crash(State& state, int node) const;
  void end_epoch(State& state, int node, int epoch, Mask companions) const;
  void bring_up_to_date(State& state, int node, int group, int epoch, Mask companions) const;
  void drop_waiting(State& state, int node, Mask companions) const;
  void start_heavy(State& state, int node, int heavy) const;
  void send_anew(State& state, int node, const std::vector<Byte>& unsent, int heavy, Chooser& chooser) const;
  void renew_markers(State& state, int node, int begun) const;
  void freeze(State& state, Chooser& chooser) const;
  void barrier(State& state, Chooser& chooser) const;

  Setting setting_;
  Directory directory_;
  int nodes_ = 0, length_ = 0;
};

}  // namespace model
