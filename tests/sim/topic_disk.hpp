// A site's store of topics, which outlives its processes: a map, written in batches. What was not synced, a crash of
// the machine may take back, from some batch on.
#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"

namespace hawser::sim {

class TopicDisk {
 public:
  using Records = std::map<std::string, std::string>;

  void write(const StoreWrite& write) {
    apply(write.batch, records_);
    unsynced_.push_back(write.batch);
    puts_ += write.batch.puts.size();
    if (write.sync) sync(unsynced_.size());
  }
  [[nodiscard]] std::vector<StoredTopic> read(const StoreRead& read) const {
    std::vector<StoredTopic> topics;
    for (const StoreRead::Wanted& wanted : read.topics) {
      StoredTopic& topic = topics.emplace_back(StoredTopic{wanted.topic, {}});
      const auto end = records_.lower_bound(wanted.range.end);
      for (auto at = records_.lower_bound(wanted.range.first); at != end; ++at) {
        topic.records.push_back({at->first, at->second});
      }
    }
    return topics;
  }
  /// Of what was not synced, this many batches stay.
  void crash_machine(std::size_t stay) {
    sync(stay);
    unsynced_.clear();
    records_ = synced_;
  }

  [[nodiscard]] std::size_t unsynced() const { return unsynced_.size(); }
  [[nodiscard]] const Records& records() const { return records_; }
  /// How many records have been written, over others or not.
  [[nodiscard]] std::size_t puts() const { return puts_; }

 private:
  static void apply(const StoreBatch& batch, Records& to) {
    for (const StoreRange& range : batch.erased_ranges) {
      to.erase(to.lower_bound(range.first), to.lower_bound(range.end));
    }
    for (const std::string& key : batch.erased) to.erase(key);
    for (const StoreRecord& record : batch.puts) to[record.key] = record.value;
  }
  void sync(std::size_t batches) {
    for (; batches > 0; --batches) {
      apply(unsynced_.front(), synced_);
      unsynced_.pop_front();
    }
  }

  Records records_;  // as a process that goes on finds them
  Records synced_;
  std::size_t puts_ = 0;
  std::deque<StoreBatch> unsynced_;  // in records_, and not in synced_
};

}  // namespace hawser::sim
