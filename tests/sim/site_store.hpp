// A site's store of topics as its processes meet it: what they ask takes its time, in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/sim/sim_time.hpp"
#include "tests/sim/topic_disk.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {

class SiteStore {
 public:
  /// What its processes have met.
  struct Counts {
    std::uint64_t found = 0;  ///< topics that a process found there
    std::uint64_t cut = 0;    ///< crashes of the machine that lost what was not synced
  };

  explicit SiteStore(Rng rng) : rng_(rng) {}

  /// Returns when it will be answered.
  Instant push(TopicStoreRequest request, Instant now) {
    busy_until_ =
        std::max(now, busy_until_) + rng_.between(Duration{20us}, rng_.one_in(20) ? Duration{100ms} : Duration{2ms});
    waiting_.push_back(std::move(request));
    return busy_until_;
  }
  /// Carries out the oldest: what it has read, or nothing where it was a write.
  std::optional<std::vector<StoredTopic>> finish() {
    const TopicStoreRequest request = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto* write = std::get_if<StoreWrite>(&request)) {
      disk_.write(*write);
      return std::nullopt;
    }
    std::vector<StoredTopic> topics = disk_.read(std::get<StoreRead>(request));
    for (const StoredTopic& topic : topics) counts_.found += topic.records.empty() ? 0 : 1;
    return topics;
  }
  /// The process is gone, and in some cases the machine with it: where all was synced, that makes no difference.
  void on_end() {
    while (!waiting_.empty() && rng_.one_in(2)) static_cast<void>(finish());
    waiting_.clear();
    busy_until_ = {};
    if (disk_.unsynced() == 0 || rng_.one_in(2)) return;
    disk_.crash_machine(rng_.below(disk_.unsynced()));
    ++counts_.cut;
  }

  [[nodiscard]] const TopicDisk& disk() const { return disk_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  Rng rng_;
  TopicDisk disk_;
  std::deque<TopicStoreRequest> waiting_;
  Instant busy_until_{};
  Counts counts_;
};

}  // namespace hawser::sim
