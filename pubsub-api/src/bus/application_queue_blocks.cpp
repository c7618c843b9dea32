#include "pubsub-api/src/bus/application_queue_blocks.hpp"

#include <array>
#include <cstring>
#include <thread>

#include "transport/core/check.hpp"

namespace hawser {
namespace {

// A record's header: how many bytes it takes with it; 0 until it is committed.
using Header = std::atomic_ref<std::uint32_t>;
constexpr std::uint32_t kEndOfBlock = 0xffffffffU;

Header header_at(std::byte* place) { return Header{*reinterpret_cast<std::uint32_t*>(place)}; }

constexpr std::size_t whole_record(std::size_t bytes) {
  return (BlockChain::kRecordHeaderBytes + bytes + 7U) & ~std::size_t{7};
}

}  // namespace

/// Its bytes are zero wherever no record was written yet.
struct BlockChain::Block {
  static constexpr std::size_t kClosed = kBlockBytes + 1;

  /// How far producers have come. Past the end while the block is closed: full, emptied, or not in the chain yet.
  std::atomic<std::size_t> reserved{kClosed};
  std::atomic<Block*> next{nullptr};
  alignas(8) std::array<std::byte, kBlockBytes> bytes{};
};

BlockChain::BlockChain() : last_(new Block), first_(last_.load()) { first_->reserved.store(0); }

BlockChain::~BlockChain() {
  while (first_ != nullptr) {
    const std::unique_ptr<Block> gone{first_};
    first_ = gone->next.load();
  }
}

std::byte* BlockChain::reserve(std::size_t bytes) {
  HAWSER_CHECK(bytes <= kRecordBytesMax);
  const std::size_t size = whole_record(bytes);
  for (;;) {
    Block* block = last_.load(std::memory_order_acquire);
    const std::size_t place = block->reserved.fetch_add(size, std::memory_order_acq_rel);
    if (place + size <= kBlockBytes) return block->bytes.data() + place + kRecordHeaderBytes;
    // Only the first for whom the block is too short appends one; the others wait for it. A block that was closed all
    // the time, since it was looked up an age ago, is waited for in vain, but not for long: look it up again.
    if (place <= kBlockBytes) {
      append_after(*block, place);
    } else {
      std::this_thread::yield();
    }
  }
}

void BlockChain::append_after(Block& full, std::size_t end) {
  Block* next = take_block();
  full.next.store(next, std::memory_order_seq_cst);
  if (end < kBlockBytes) header_at(full.bytes.data() + end).store(kEndOfBlock, std::memory_order_seq_cst);
  last_.store(next, std::memory_order_release);
  // Opened when all is in place: whoever still has a reference to it from its former use can't come in earlier.
  next->reserved.store(0, std::memory_order_release);
}

void BlockChain::commit(std::byte* record, std::size_t bytes) {
  header_at(record - kRecordHeaderBytes)
      .store(static_cast<std::uint32_t>(whole_record(bytes)), std::memory_order_seq_cst);
}

std::byte* BlockChain::front() const {
  Block* block = first_;
  std::size_t at = at_;
  for (;;) {
    const std::uint32_t size = at == kBlockBytes ? kEndOfBlock : header_at(block->bytes.data() + at).load();
    if (size == 0) return nullptr;
    if (size != kEndOfBlock) return block->bytes.data() + at + kRecordHeaderBytes;
    block = block->next.load(std::memory_order_seq_cst);
    if (block == nullptr) return nullptr;
    at = 0;
  }
}

void BlockChain::pop() {
  advance();
  at_ += header_at(first_->bytes.data() + at_).load(std::memory_order_relaxed);
  HAWSER_CHECK(at_ <= kBlockBytes);
}

// Goes to the next block where this one has no further record.
void BlockChain::advance() {
  const bool at_end = at_ == kBlockBytes || header_at(first_->bytes.data() + at_).load() == kEndOfBlock;
  if (!at_end) return;
  Block* next = first_->next.load(std::memory_order_acquire);
  HAWSER_CHECK(next != nullptr);  // front() has shown a record there.
  give_back(std::unique_ptr<Block>{first_});
  first_ = next;
  at_ = 0;
}

BlockChain::Block* BlockChain::take_block() {
  std::unique_ptr<Block> block;
  {
    const std::lock_guard lock{spare_mutex_};
    if (!spare_.empty()) {
      block = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  if (!block) return new Block;
  block->next.store(nullptr, std::memory_order_relaxed);
  return block.release();
}

void BlockChain::give_back(std::unique_ptr<Block> block) {
  // All records in it are committed, and nobody can reserve in a closed block, so nobody writes now.
  std::memset(block->bytes.data(), 0, block->bytes.size());
  const std::lock_guard lock{spare_mutex_};
  spare_.push_back(std::move(block));
}

}  // namespace hawser
