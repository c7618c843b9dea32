#include "transport/vs/hold.hpp"

#include "transport/core/fault.hpp"

namespace hawser {

bool Hold::request(Time now) {
  if (!wanted_ || state_ != State::steady) return false;
  state_ = answers_ ? State::asked : State::granted;
  patient_until_ = HAWSER_FAULT("hold.waits_for_ever") ? kNever : now + kHoldPatience;
  return true;
}

void Hold::on_answer(bool present) {
  answers_ = true;
  if (present && state_ == State::asked) state_ = State::granted;
}

bool Hold::on_timeout(Time now) {
  if (!waits() || now < patient_until_) return false;
  answers_ = false;
  state_ = State::granted;
  return true;
}

}  // namespace hawser
