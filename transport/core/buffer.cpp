#include "transport/core/buffer.hpp"

#include <cstring>

namespace hawser {

Buffer Buffer::allocate(std::size_t capacity) {
  auto* memory = static_cast<std::byte*>(::operator new(sizeof(Head) + capacity));
  new (memory) Head{{1}, capacity, 0};
  return Buffer{memory};
}

Buffer Buffer::copy_of(ByteView bytes) {
  Buffer buffer = allocate(bytes.size());
  buffer.resize(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

void Buffer::drop(std::byte* memory) noexcept {
  auto* head = std::launder(reinterpret_cast<Head*>(memory));
  if (head->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  head->~Head();
  ::operator delete(memory);
}

}  // namespace hawser
