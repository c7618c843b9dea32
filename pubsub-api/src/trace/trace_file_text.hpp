// The fields of trace records as text: written and read by the same description of each record, so that they agree.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser {

/// Appends fields to a line, each after a space.
class TraceTextWriter {
 public:
  explicit TraceTextWriter(std::string& line) : line_(line) {}

  template <typename T>
  void field(const T& value) {
    line_ += ' ';
    put(value);
  }

 private:
  void put(std::uint64_t value) { append_number(value, 10); }
  void put(bool value) { put(std::uint64_t{value}); }
  void put(Order value) { put(static_cast<std::uint64_t>(value)); }
  void put(Role value) { put(static_cast<std::uint64_t>(value)); }
  template <typename Tag>
  void put(Id<Tag> value) {
    put(value.value);
  }
  void put(const NodeId& value) { line_ += to_string(value); }
  void put(ViewId value);
  void put(const Era& value);
  void put(const LightMember& value);
  void put(const LightMembers& value) { put(value.list()); }
  void put(const std::string& value);
  template <typename T>
  void put(const std::vector<T>& values) {
    line_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line_ += ',';
      put(values[i]);
    }
    line_ += ']';
  }
  void append_number(std::uint64_t value, int base);

  std::string& line_;
};

/// Reads what TraceTextWriter wrote. Turns bad at the first thing that is not as it should be: ask done() at the end.
class TraceTextReader {
 public:
  explicit TraceTextReader(std::string_view line) : left_(line) {}

  template <typename T>
  void field(T& value) {
    expect(' ');
    take(value);
  }
  /// A field that is a plain word.
  std::string_view next_word() {
    expect(' ');
    return word();
  }
  template <typename T>
  T number(int base = 10) {
    T value{};
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value, base);
    if (error != std::errc{}) ok_ = false;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return value;
  }

  [[nodiscard]] bool done() const { return ok_ && left_.empty(); }

 private:
  void take(std::uint64_t& value) { value = number<std::uint64_t>(); }
  void take(bool& value) { value = flag(); }
  void take(Order& value) {
    const auto order = number<std::uint64_t>();
    ok_ = ok_ && order < kOrders;
    value = static_cast<Order>(order % kOrders);
  }
  void take(Role& value) { value = flag() ? Role::publisher : Role::subscriber; }
  template <typename Tag>
  void take(Id<Tag>& value) {
    value.value = number<std::uint64_t>();
  }
  void take(NodeId& value);
  void take(ViewId& value);
  void take(Era& value);
  void take(LightMember& value);
  void take(std::string& value);
  void take(LightMembers& value) {
    LightMembers::List members;
    take(members);
    value = LightMembers{std::move(members)};
  }
  template <typename T>
  void take(std::vector<T>& values) {
    expect('[');
    while (ok_ && !accept(']')) {
      if (!values.empty()) expect(',');
      take(values.emplace_back());
    }
  }
  std::string_view word();
  bool flag();
  bool accept(char c);
  void expect(char c) { ok_ = accept(c) && ok_; }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace hawser
