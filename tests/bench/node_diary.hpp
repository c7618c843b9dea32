// What a node went through, and when.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/json_channel.hpp"
#include "transport/core/events.hpp"

namespace hawser::bench {

struct DiaryEntry {
  std::string what;         ///< "view", "slow", or "failed: " and the cause
  std::string node;         ///< whom it is about; of a view nobody
  std::size_t members = 0;  ///< of a view
  std::int64_t at_ns = 0;   ///< CLOCK_MONOTONIC
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DiaryEntry, what, node, members, at_ns)

/// Threads: any.
class NodeDiary {
 public:
  /// `on_entry`: called first with each entry, on the thread that adds it; may be empty.
  explicit NodeDiary(std::function<void(const DiaryEntry&)> on_entry = {}) : on_entry_(std::move(on_entry)) {}

  void add(DiaryEntry entry) {
    if (on_entry_) on_entry_(entry);
    const std::lock_guard lock{mutex_};
    entries_.push_back(std::move(entry));
  }
  [[nodiscard]] std::vector<DiaryEntry> entries() const {
    const std::lock_guard lock{mutex_};
    return entries_;
  }

 private:
  const std::function<void(const DiaryEntry&)> on_entry_;
  mutable std::mutex mutex_;
  std::vector<DiaryEntry> entries_;
};

[[nodiscard]] constexpr std::string_view name_of(PeerFailed::Cause cause) {
  switch (cause) {
    case PeerFailed::Cause::silence: return "silence";
    case PeerFailed::Cause::process_exit: return "process exit";
    case PeerFailed::Cause::unreachable: return "unreachable";
    case PeerFailed::Cause::departed: return "departed";
    case PeerFailed::Cause::slow: return "slow";
  }
  return "?";
}

}  // namespace hawser::bench
