#include "tests/bench/raw_credit.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "transport/io/system_error.hpp"

namespace hawser::bench {

Result<FileDescriptor> RawCredit::create_memory() {
  FileDescriptor memory{::memfd_create("hawser-bench", 0)};
  if (!memory || ::ftruncate(memory.get(), sizeof(Counters)) != 0) return system_error("cannot share memory");
  return memory;
}

Result<std::unique_ptr<RawCredit>> RawCredit::attach(int memory) {
  void* mapped = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (mapped == MAP_FAILED) return system_error("cannot map the shared memory");
  // Fresh pages are zero, and so are counters that begin.
  return std::unique_ptr<RawCredit>{new RawCredit{static_cast<Counters*>(mapped)}};
}

RawCredit::~RawCredit() { ::munmap(counters_, sizeof(Counters)); }

std::uint64_t RawCredit::taken_by_all(std::uint32_t receivers) const {
  std::uint64_t least = UINT64_MAX;
  for (std::uint32_t i = 0; i < receivers; ++i) {
    least = std::min(least, counters_->at(i).taken.load(std::memory_order_relaxed));
  }
  return least;
}

}  // namespace hawser::bench
