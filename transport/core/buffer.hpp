// Packet memory: one allocation a packet, shared by all messages in it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include "transport/core/check.hpp"

namespace hawser {

using ByteView = std::span<const std::byte>;

/// Of the concatenation.
[[nodiscard]] inline std::size_t size_of(std::span<const ByteView> parts) {
  std::size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  return size;
}

/// A reference to a block of bytes with a count of its references inside it.
/// Threads: the count is atomic, so references may be copied and dropped anywhere; the bytes are written by one owner
/// before they are shared, and only read after that.
class Buffer {
 public:
  Buffer() = default;
  /// `capacity` bytes, of which none are in use yet.
  static Buffer allocate(std::size_t capacity);
  static Buffer copy_of(ByteView bytes);
  /// The concatenation.
  static Buffer joined(std::span<const ByteView> parts);

  Buffer(const Buffer& other) noexcept : memory_(other.memory_) {
    if (memory_ != nullptr) head().references.fetch_add(1, std::memory_order_relaxed);
  }
  Buffer(Buffer&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~Buffer() {
    if (memory_ != nullptr) drop(memory_);
  }

  explicit operator bool() const noexcept { return memory_ != nullptr; }
  [[nodiscard]] std::byte* data() const noexcept { return memory_ + sizeof(Head); }
  [[nodiscard]] std::size_t size() const noexcept { return memory_ == nullptr ? 0 : head().size; }
  [[nodiscard]] std::size_t capacity() const noexcept { return memory_ == nullptr ? 0 : head().capacity; }
  [[nodiscard]] ByteView bytes() const noexcept {
    return memory_ == nullptr ? ByteView{} : ByteView{data(), head().size};
  }
  void resize(std::size_t size) {
    HAWSER_CHECK(memory_ != nullptr && size <= head().capacity);
    head().size = size;
  }

 private:
  /// Stands at the beginning of the memory; the bytes follow it.
  struct Head {
    std::atomic<std::uint32_t> references;
    std::size_t capacity;
    std::size_t size;
  };
  explicit Buffer(std::byte* memory) : memory_(memory) {}
  [[nodiscard]] Head& head() const noexcept { return *std::launder(reinterpret_cast<Head*>(memory_)); }
  /// One reference less; frees the memory with the last one.
  static void drop(std::byte* memory) noexcept;

  std::byte* memory_ = nullptr;
};

/// A part of a Buffer that keeps the whole alive.
class Slice {
 public:
  Slice() = default;
  explicit Slice(Buffer buffer) : buffer_(std::move(buffer)), bytes_(buffer_.bytes()) {}
  /// `bytes` must lie within `buffer`.
  Slice(Buffer buffer, ByteView bytes) : buffer_(std::move(buffer)), bytes_(bytes) {}

  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] const Buffer& buffer() const noexcept { return buffer_; }
  [[nodiscard]] Slice subslice(std::size_t offset) const { return Slice{buffer_, bytes_.subspan(offset)}; }
  [[nodiscard]] Slice subslice(ByteView part) const { return Slice{buffer_, part}; }
  /// As subslice(), with this reference instead of one more: counting references is a good part of a small message.
  [[nodiscard]] Slice narrowed(ByteView part) && { return Slice{std::move(buffer_), part}; }

 private:
  Buffer buffer_;
  ByteView bytes_;
};

/// The bytes of a message, in parts that are valid for the time of a call. Where `keeper` is set, the last part lies in
/// it: who needs that for longer keeps it, where a copy would take long.
struct Parts {
  Parts() = default;
  Parts(const ByteView* first, std::size_t count) : views(first, count) {}
  /// Of parts, whatever holds them.
  template <typename Range>
  Parts(const Range& parts)  // NOLINT(google-explicit-constructor): as std::span
      : views(parts) {}
  Parts(std::span<const ByteView> parts, const Buffer* kept_by) : views(parts), keeper(kept_by) {}

  [[nodiscard]] std::size_t size() const { return size_of(views); }
  /// What must be copied to be kept, and what need not be.
  [[nodiscard]] std::span<const ByteView> lent() const {
    return keeper == nullptr ? views : views.first(views.size() - 1);
  }
  [[nodiscard]] Slice kept() const { return keeper == nullptr ? Slice{} : Slice{*keeper, views.back()}; }

  std::span<const ByteView> views;
  const Buffer* keeper = nullptr;
};

inline Buffer Buffer::joined(std::span<const ByteView> parts) {
  const std::size_t bytes = size_of(parts);
  Buffer copy = allocate(bytes);
  copy.resize(bytes);
  std::byte* to = copy.data();
  for (const ByteView part : parts) to = std::copy(part.begin(), part.end(), to);
  return copy;
}

}  // namespace hawser
