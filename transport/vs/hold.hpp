// Hold and HoldOK of one group: before a view ends, the application may send what belongs into it.
// Source: RG96, section 3. Departs: the wait is bounded, and who lets it run out is not waited for again until it
// answers.
//
// States, and what ends them:
//   steady   the application sends as it likes              request() → asked; granted where it is not waited for
//   asked    it may still send; the view waits              on_answer() for this view, on_timeout() → granted
//   granted  the view may end, what it sends now or not     on_view() → steady
// Where it is not wanted, nothing is asked, and every view may end at any time.
#pragma once

#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// A view that is to end waits for an application's answer at most this long. All groups of the domain wait with it.
inline constexpr Duration kHoldPatience = std::chrono::milliseconds{250};

/// Threads: single-threaded.
class Hold {
 public:
  void set_wanted(bool wanted) { wanted_ = wanted; }
  [[nodiscard]] bool wanted() const { return wanted_; }

  /// The view is to end. True where the application is to be asked.
  bool request(Time now);
  /// The application has sent all that it wants delivered in the view it was asked about: the present one, or one that
  /// ended without its answer.
  void on_answer(bool present);
  /// True where its time has run out now.
  bool on_timeout(Time now);
  void on_view() { state_ = State::steady; }

  [[nodiscard]] bool may_end() const { return !wanted_ || state_ == State::granted; }
  /// What is sent now belongs into the view.
  [[nodiscard]] bool promises() const { return wanted_ && state_ != State::granted; }
  [[nodiscard]] bool waits() const { return wanted_ && state_ == State::asked; }
  [[nodiscard]] Time next_deadline() const { return waits() ? patient_until_ : kNever; }

  void add_to(StateDigest& digest) const { digest.add(wanted_, answers_, state_, next_deadline()); }

 private:
  enum class State { steady, asked, granted };
  bool wanted_ = false;
  bool answers_ = true;  // the last time it was asked
  State state_ = State::steady;
  Time patient_until_{};
};

}  // namespace hawser
