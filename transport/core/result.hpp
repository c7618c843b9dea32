// Result<T>: a value, or an Error with a code to branch on and a sentence to show.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "transport/core/check.hpp"

namespace hawser {

/// What went wrong, coarse enough to branch on. The Error's message has the particulars.
enum class Errc {
  invalid_argument,  ///< the caller passed something that can never work
  too_large,         ///< more bytes than Options::payload_bytes_max
  would_block,       ///< a bounded queue is full: try again later
  timeout,           ///< the given time ran out
  not_primary,       ///< only the primary partition may do this, and this node is not known to be in it
  conflict,          ///< somebody has decided otherwise before
  closed,            ///< the Bus has left, or is leaving
  system,            ///< the operating system refused: the message has its words
  bad_data,          ///< a file or packet is not what it should be
};

/// The code's name as in the enum: stable, for logs and JSON.
std::string_view to_string(Errc code) noexcept;

/// An expected failure. `message` says what happened, to what, and what to do.
struct Error {
  Errc code;
  std::string message;
};

/// A T or an Error. Threads: as T itself.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value; a failed check where there is none, so ask ok() first.
  [[nodiscard]] T& value() & { return check_value(), *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& { return check_value(), *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && { return check_value(), std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

  /// The error; a failed check where there is a value.
  [[nodiscard]] const Error& error() const {
    HAWSER_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  void check_value() const {
    if (!ok()) report_error();
  }
  [[noreturn]] void report_error() const;

  std::variant<T, Error> state_;
};

/// Success without a value: `return Ok{};`
struct Ok {};
using Status = Result<Ok>;

namespace detail {
/// Aborts with the error's words: value() was called on a failure.
[[noreturn]] void value_of_error(const Error& error) noexcept;
}  // namespace detail

template <typename T>
void Result<T>::report_error() const {
  detail::value_of_error(error());
}

}  // namespace hawser
