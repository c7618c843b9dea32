#include "examples/stock_ticker/script.hpp"

#include <algorithm>

namespace ticker {
namespace {

using Phase = Participant::Phase;

std::uint64_t per_cent(const DemoState& state, std::uint64_t share) { return state.totals.rows * share / 100; }

}  // namespace

bool may_begin(const DemoState& state) {
  return std::all_of(state.participants.begin(), state.participants.begin() + kLate,
                     [](const Participant& participant) { return participant.is_ready(kLate); });
}

bool late_ticker_is_due(const DemoState& state) {
  return state.publisher().messages >= per_cent(state, 33) && state.participants[kLate].phase == Phase::not_started;
}

bool kill_is_due(const DemoState& state) {
  return state.publisher().messages >= per_cent(state, 60) && !state.killed_at &&
         state.participants[kLate].is_ready(kMembers);
}

bool restart_is_due(const DemoState& state) {
  return state.crash_is_repaired() && state.participants[kRestarted].phase == Phase::not_started;
}

std::uint64_t rows_allowed(const DemoState& state) {
  const Participant& late = state.participants[kLate];
  if (late.phase == Phase::not_started || late.phase == Phase::starting) return per_cent(state, 50);
  if (!state.killed_at && !late.is_ready(kMembers)) return per_cent(state, 58);
  if (!state.participants[kRestarted].is_ready(kMembers)) return per_cent(state, 63);
  return state.totals.rows;
}

bool all_have_all(const DemoState& state) {
  for (std::size_t i = 1; i < kParticipants; ++i) {
    if (i != kKilled && state.participants[i].outstanding > 0) return false;
  }
  return true;
}

}  // namespace ticker
