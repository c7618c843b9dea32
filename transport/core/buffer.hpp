// Packet memory: one allocation a packet, shared by all messages in it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "transport/core/check.hpp"

namespace hawser {

using ByteView = std::span<const std::byte>;

/// A reference to a block of bytes with a count of its references inside it.
/// Threads: the count is atomic, so references may be copied and dropped anywhere; the bytes are written by one owner
/// before they are shared, and only read after that.
class Buffer {
 public:
  Buffer() = default;
  static Buffer allocate(std::size_t capacity) {
    return Buffer{new (::operator new(sizeof(Block) + capacity)) Block{{1}, capacity, 0}};
  }
  static Buffer copy_of(ByteView bytes) {
    Buffer buffer = allocate(bytes.size());
    buffer.resize(bytes.size());
    if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
    return buffer;
  }

  Buffer(const Buffer& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Buffer(Buffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Buffer() {
    if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      block_->~Block();
      ::operator delete(block_);
    }
  }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  [[nodiscard]] std::byte* data() const noexcept { return reinterpret_cast<std::byte*>(block_ + 1); }
  [[nodiscard]] std::size_t size() const noexcept { return block_ == nullptr ? 0 : block_->size; }
  [[nodiscard]] std::size_t capacity() const noexcept { return block_ == nullptr ? 0 : block_->capacity; }
  [[nodiscard]] ByteView bytes() const noexcept {
    return block_ == nullptr ? ByteView{} : ByteView{data(), block_->size};
  }
  void resize(std::size_t size) {
    HAWSER_CHECK(block_ != nullptr && size <= block_->capacity);
    block_->size = size;
  }

 private:
  struct Block {
    std::atomic<std::uint32_t> references;
    std::size_t capacity;
    std::size_t size;
  };
  explicit Buffer(Block* block) : block_(block) {}
  Block* block_ = nullptr;
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

 private:
  Buffer buffer_;
  ByteView bytes_;
};

}  // namespace hawser
