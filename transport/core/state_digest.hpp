// Tells states of a machine apart: a hash of everything in it that its future can depend on. For tests that go through
// all states of a small world; nothing in the protocol reads it.
//
// A class says what belongs to its state in `add_to(StateDigest&)`. Plain structs are taken apart, field by field, so
// that a new field is not forgotten.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// Times count relative to `now`: a deadline in 5 ms is the same state whenever it is. Threads: single-threaded.
class StateDigest {
 public:
  explicit StateDigest(Time now = {}) : now_(now) {}

  template <typename... Values>
  void add(const Values&... values) {
    (add_one(values), ...);
  }
  /// A time in the past that matters only for as long as `matters`.
  void add_past(Time time, Duration matters) {
    if (time != Time::min() && now_ - time < matters) return add(time);
    mix(UINT64_MAX - 1);
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  /// Converts to any field, so that a struct's fields can be counted.
  struct AnyField {
    template <typename Field>
    operator Field() const;  // NOLINT(google-explicit-constructor): that is what it is for.
  };
  template <typename Struct, std::size_t... Numbers>
  static constexpr bool takes(std::index_sequence<Numbers...>) {
    return requires { Struct{(static_cast<void>(Numbers), AnyField{})...}; };
  }
  static constexpr std::size_t kFieldsMax = 14;
  template <typename Struct, std::size_t Count = kFieldsMax>
  static constexpr std::size_t fields_of() {
    if constexpr (Count == 0 || takes<Struct>(std::make_index_sequence<Count>{})) {
      return Count;
    } else {
      return fields_of<Struct, Count - 1>();
    }
  }

  void mix(std::uint64_t word) { value_ = mix64(value_ ^ mix64(word)); }

  void add_one(const Rng& rng) { mix(Rng{rng}.next()); }
  void add_one(Time time) { mix(time == kNever ? UINT64_MAX : static_cast<std::uint64_t>((time - now_).count())); }
  void add_one(Duration duration) { mix(static_cast<std::uint64_t>(duration.count())); }
  void add_one(std::string_view text) { add_one(std::as_bytes(std::span{text})); }
  void add_one(const Buffer& buffer) { add_one(buffer.bytes()); }
  void add_one(const Slice& slice) { add_one(slice.bytes()); }
  void add_one(ByteView bytes) {
    mix(bytes.size());
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      word = (word << 8U) | std::to_integer<std::uint64_t>(bytes[at]);
      if (at % 8 == 7) mix(word);
    }
    if (bytes.size() % 8 != 0) mix(word);
  }
  template <typename First, typename Second>
  void add_one(const std::pair<First, Second>& pair) {
    add(pair.first, pair.second);
  }
  template <typename Value>
  void add_one(const std::optional<Value>& value) {
    mix(value ? 1 : 0);
    if (value) add(*value);
  }
  template <typename Value>
  void add_one(const std::unique_ptr<Value>& value) {
    mix(value ? 1 : 0);
    if (value) add(*value);
  }
  template <typename... Values>
  void add_one(const std::variant<Values...>& value) {
    mix(value.index());
    std::visit([this](const auto& held) { this->add(held); }, value);
  }

  template <typename Value>
  void add_one(const Value& value) {
    if constexpr (requires { value.add_to(*this); }) {
      value.add_to(*this);
    } else if constexpr (std::is_enum_v<Value> || std::is_integral_v<Value>) {
      mix(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_pointer_v<Value>) {
      mix(value != nullptr ? 1 : 0);
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      add_one(std::string_view{value});
    } else if constexpr (std::is_empty_v<Value>) {
      return;
    } else if constexpr (requires { value.begin(); }) {
      add_range(value);
    } else {
      add_fields(value);
    }
  }

  template <typename Range>
  void add_range(const Range& range) {
    mix(range.size());
    if constexpr (requires { range.hash_function(); } || requires { Range::kOrderMeansNothing; }) {
      std::uint64_t sum = 0;  // In no order.
      for (const auto& element : range) {
        StateDigest one{now_};
        one.add(element);
        sum += one.value();
      }
      mix(sum);
    } else {
      for (const auto& element : range) add(element);
    }
  }

  template <typename Struct>
  void add_fields(const Struct& s) {
    constexpr std::size_t count = fields_of<Struct>();
    static_assert(std::is_aggregate_v<Struct> && count > 0, "give it an add_to()");
    if constexpr (count == 1) {
      const auto& [a] = s;
      add(a);
    } else if constexpr (count == 2) {
      const auto& [a, b] = s;
      add(a, b);
    } else if constexpr (count == 3) {
      const auto& [a, b, c] = s;
      add(a, b, c);
    } else if constexpr (count == 4) {
      const auto& [a, b, c, d] = s;
      add(a, b, c, d);
    } else if constexpr (count == 5) {
      const auto& [a, b, c, d, e] = s;
      add(a, b, c, d, e);
    } else if constexpr (count == 6) {
      const auto& [a, b, c, d, e, f] = s;
      add(a, b, c, d, e, f);
    } else if constexpr (count == 7) {
      const auto& [a, b, c, d, e, f, g] = s;
      add(a, b, c, d, e, f, g);
    } else if constexpr (count == 8) {
      const auto& [a, b, c, d, e, f, g, h] = s;
      add(a, b, c, d, e, f, g, h);
    } else if constexpr (count == 9) {
      const auto& [a, b, c, d, e, f, g, h, i] = s;
      add(a, b, c, d, e, f, g, h, i);
    } else if constexpr (count == 10) {
      const auto& [a, b, c, d, e, f, g, h, i, j] = s;
      add(a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (count == 11) {
      const auto& [a, b, c, d, e, f, g, h, i, j, k] = s;
      add(a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (count == 12) {
      const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = s;
      add(a, b, c, d, e, f, g, h, i, j, k, l);
    } else if constexpr (count == 13) {
      const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = s;
      add(a, b, c, d, e, f, g, h, i, j, k, l, m);
    } else if constexpr (count == 14) {
      const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = s;
      add(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    }
  }

  Time now_;
  std::uint64_t value_ = 0x9e3779b97f4a7c15U;
};

template <typename Machine>
[[nodiscard]] std::uint64_t state_digest_of(const Machine& machine, Time now) {
  StateDigest digest{now};
  digest.add(machine);
  return digest.value();
}

}  // namespace hawser
