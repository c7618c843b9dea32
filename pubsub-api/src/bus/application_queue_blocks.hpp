// Records of any size from many threads to one, in memory that is used again and again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace hawser {

/// A chain of blocks. A producer takes its place in the last block with one atomic addition, writes, and commits;
/// whoever finds the block full appends another. The consumer goes along the chain in the order of places, and blocks
/// that it has emptied go to the end again. So the memory in use is what waits, and hot in the caches where that is
/// little.
///
/// No bound of its own: see ApplicationQueue.
/// Threads: reserve() and commit() on any; front() and pop() on one.
class BlockChain {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;
  /// What precedes each record.
  static constexpr std::size_t kRecordHeaderBytes = 8;
  static constexpr std::size_t kRecordBytesMax = kBlockBytes / 4;

  BlockChain();
  ~BlockChain();
  BlockChain(const BlockChain&) = delete;
  BlockChain& operator=(const BlockChain&) = delete;

  /// Room for a record of `bytes` bytes, at most kRecordBytesMax, aligned to 8. The order of reservations is the order
  /// in which records are taken out, so the consumer waits for the commit() that must follow soon.
  std::byte* reserve(std::size_t bytes);
  /// The record is written. Sequentially consistent, so that it can be followed by WakeUp::notify().
  static void commit(std::byte* record, std::size_t bytes);

  /// The oldest record, or nullptr where there is none that is committed. Valid until pop().
  [[nodiscard]] std::byte* front() const;
  /// Gives up the record that front() returned.
  void pop();

 private:
  struct Block;

  void append_after(Block& full, std::size_t end);
  Block* take_block();
  void give_back(std::unique_ptr<Block> block);
  void advance();

  std::atomic<Block*> last_;
  // The consumer's.
  Block* first_;
  std::size_t at_ = 0;
  // Blocks to be used again. They are not freed before the end, since a slow producer may still look at one. The mutex
  // is locked once a block, so it costs nothing.
  std::mutex spare_mutex_;
  std::vector<std::unique_ptr<Block>> spare_;
};

}  // namespace hawser
