// What a slow or stopped member costs the others of its heavy-weight group: the plan, a run, and what it comes to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/output.hpp"
#include "tests/bench/progress.hpp"
#include "tests/bench/stream_system.hpp"
#include "tests/hosts/lab.hpp"

namespace hawser::bench {

enum class Slowness {
  none,     ///< nobody is
  absent,   ///< nobody is, and there is one member less
  stopped,  ///< one member stands still
  duty,     ///< one member runs for a hundredth of the time, in turns of a millisecond
};
std::string_view to_string(Slowness slowness);

struct SlowPlan {
  std::vector<Slowness> how{Slowness::stopped, Slowness::duty};
  std::uint32_t members = 4;  ///< the sender is one of them, and never slow
  Order order = Order::fifo;
  std::size_t payload_bytes = 1024;
  double seconds_before = 2;  ///< of sending until one member is made slow
  double seconds = 6;         ///< of sending from there on
  std::uint32_t rounds = 3;
  bool hosts = false;  ///< each process on a host of its own, as in StreamChoice
};

/// Messages per second of the slowest receiver that is not the slow one.
struct SlowRates {
  double before = 0;   ///< until it is made slow
  double waiting = 0;  ///< from then on until its sender has warned
  double kept = 0;     ///< from the warning until it is taken out
  double after = 0;    ///< from then on
  double all = 0;      ///< from when it is made slow on, whatever happens
};
/// Since it was made slow; nothing where it did not happen.
struct SlowTimes {
  std::optional<double> warned_ms;   ///< MemberSlow, at the sender: its acknowledgements count no more for the credit
  std::optional<double> flowing_ms;  ///< the others receive at half their former rate or more, after they had not
  std::optional<double> evicted_ms;  ///< the last of the others has the view without it
  std::string cause;                 ///< of that, as the first of the others was told
};
struct SlowRun {
  SlowRates rates;
  SlowTimes times;
  StreamCounts counts;  ///< of the others together
};

/// What the others and the sender noted of a run with `members` members; `struck_ns`: when one was made slow.
SlowTimes slow_times(const std::vector<Progress>& others, const std::vector<DiaryEntry>& sender,
                     const std::vector<std::vector<DiaryEntry>>& diaries, std::uint32_t members,
                     std::int64_t struck_ns);
SlowRates slow_rates(const std::vector<Progress>& others, const SlowTimes& times, std::int64_t struck_ns);

/// `lab`: as in run_stream(). Errors: as there.
Result<SlowRun> run_slow(const SlowPlan& plan, Slowness how, const hosts::Lab* lab);

/// In each round: everybody well, one less, and each kind of slowness.
/// Errors: as run_slow(); bad_data where one of the others missed a message.
Status measure_slow(const SlowPlan& plan, Output& output);

}  // namespace hawser::bench
