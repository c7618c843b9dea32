// Little-endian bytes in and out of bounded memory. Every format of the project is written with these two.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "transport/core/buffer.hpp"
#include "transport/core/check.hpp"

namespace hawser {

static_assert(std::endian::native == std::endian::little, "the codecs copy integers as they lie in memory");

/// Appends to a fixed span. Writing past its end is a programming error: ask room() first.
class Writer {
 public:
  explicit Writer(std::span<std::byte> into) : into_(into) {}

  template <std::unsigned_integral T>
  void number(T value) {
    std::memcpy(take(sizeof value), &value, sizeof value);
  }
  /// LEB128: 7 bits a byte, least significant first; 1 to 10 bytes.
  void varint(std::uint64_t value) {
    while (value >= 0x80U) {
      number(static_cast<std::uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    number(static_cast<std::uint8_t>(value));
  }
  void bytes(ByteView from) {
    std::byte* at = take(from.size());
    if (!from.empty()) std::memcpy(at, from.data(), from.size());
  }
  /// A varint of the length, then the text.
  void text(std::string_view from) {
    varint(from.size());
    bytes(std::as_bytes(std::span{from}));
  }
  /// Overwrites what was written at `offset` before.
  template <std::unsigned_integral T>
  void patch(std::size_t offset, T value) {
    HAWSER_CHECK(offset + sizeof value <= size_);
    std::memcpy(into_.data() + offset, &value, sizeof value);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t room() const { return into_.size() - size_; }
  [[nodiscard]] ByteView written() const { return into_.first(size_); }

 private:
  std::byte* take(std::size_t count) {
    HAWSER_CHECK(count <= room());
    std::byte* at = into_.data() + size_;
    size_ += count;
    return at;
  }
  std::span<std::byte> into_;
  std::size_t size_ = 0;
};

/// How many bytes Writer::varint takes for `value`.
constexpr std::size_t varint_size(std::uint64_t value) {
  return value == 0 ? 1 : (static_cast<std::size_t>(std::bit_width(value)) + 6) / 7;
}

/// Reads a span. Past its end, or on a malformed varint, it turns bad and yields zeros: check ok() once, at the end.
class Reader {
 public:
  explicit Reader(ByteView from) : from_(from) {}

  template <std::unsigned_integral T>
  T number() {
    T value = 0;
    if (const std::byte* at = take(sizeof value)) std::memcpy(&value, at, sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    const std::size_t end = ok_ ? from_.size() : 0;
    std::size_t at = at_;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(from_[at++]);
      if (shift == 63 && byte > 1) break;  // more than 64 bits
      value |= (byte & 0x7fU) << shift;
      if ((byte & 0x80U) != 0) continue;
      at_ = at;
      return value;
    }
    ok_ = false;
    return 0;
  }
  ByteView bytes(std::size_t count) {
    const std::byte* at = take(count);
    return at == nullptr ? ByteView{} : ByteView{at, count};
  }
  std::string_view text() {
    const ByteView view = bytes(varint());
    return {reinterpret_cast<const char*>(view.data()), view.size()};
  }
  ByteView rest() { return bytes(left()); }

  /// For a count that precedes that many items of at least `item_bytes_min` each: bad, and 0, where they can't fit. Ask
  /// before memory is reserved for them.
  std::size_t count(std::size_t item_bytes_min) {
    const std::uint64_t items = varint();
    if (items <= left() / item_bytes_min) return static_cast<std::size_t>(items);
    ok_ = false;
    return 0;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  /// Read to the last byte, and nothing was bad.
  [[nodiscard]] bool done() const { return ok_ && left() == 0; }
  [[nodiscard]] std::size_t left() const { return from_.size() - at_; }
  void fail() { ok_ = false; }

 private:
  const std::byte* take(std::size_t count) {
    if (!ok_ || count > left()) {
      ok_ = false;
      return nullptr;
    }
    const std::byte* at = from_.data() + at_;
    at_ += count;
    return at;
  }
  ByteView from_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace hawser
