// Keeps the node's store in step with its topics: memory is what counts, and the store its shadow. What has changed is
// written now and then, all of it in one batch, so that a topic that changes all the time costs what its last values
// cost; and while one batch is being written, the next gathers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// Something whose changes are written.
class Stored {
 public:
  /// Adds what has changed since the last call.
  virtual void write_changes(StoreBatch& batch) = 0;

 protected:
  ~Stored() = default;
};

/// The shortest time from one batch to the next, and so what a crash of the process may cost a topic where the disk is
/// no slower.
inline constexpr Duration kStoreInterval = std::chrono::milliseconds{10};
/// The longest time that something written waits to be synced, and so what a crash of the machine may cost a topic.
inline constexpr Duration kStoreSyncInterval = std::chrono::seconds{1};
/// Topics are added to a batch until it has about so many bytes; one topic's changes are never parted.
inline constexpr std::size_t kStoreBatchBytes = std::size_t{1} << 20;

/// Threads: single-threaded.
class SessionStore {
 public:
  /// From now on there is a store. Before anything else.
  void enable() { enabled_ = true; }
  /// There is a store, and it has not failed.
  [[nodiscard]] bool enabled() const { return enabled_; }

  void read(std::vector<StoreRead::Wanted> topics);
  /// `who` must live until it has been asked for its changes, or was taken back.
  void note_changed(Stored& who);
  /// Its changes are not wanted any more.
  void forget(Stored& who) { std::erase(changed_, &who); }
  /// It is going: its last changes are written now.
  void take_back(Stored& who, Time now);
  /// No more changes come: what is written is synced as soon as nothing waits.
  void finish() { finishing_ = true; }

  void on_written() { --in_flight_; }
  void on_failed();

  /// What is to be asked of the store now; to be called after every step.
  [[nodiscard]] std::vector<TopicStoreRequest> take_requests(Time now);
  [[nodiscard]] Time next_deadline() const;
  /// All that has changed is written and synced, or never will be.
  [[nodiscard]] bool all_stored() const {
    return !enabled_ || (changed_.empty() && !is_unsynced_ && in_flight_ == 0 && requests_.empty());
  }

 private:
  void write_changed(Time now);
  void write(StoreBatch batch, Time now);

  bool enabled_ = false;
  bool finishing_ = false;
  std::vector<TopicStoreRequest> requests_;
  std::vector<Stored*> changed_;  // Each once.
  std::size_t in_flight_ = 0;     // Writes that are not answered yet.
  Time write_at_{};               // Not before.
  bool is_unsynced_ = false;      // Something is written, or about to be.
  Time sync_at_{};                // … and to be synced by the first write from then on.
};

}  // namespace hawser
