#include "pubsub-api/src/session/session_store.hpp"

#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

std::size_t bytes_of(const StoreRecord& record) { return record.key.size() + record.value.size(); }

}  // namespace

void SessionStore::read(std::vector<StoreRead::Wanted> topics) {
  if (enabled_) requests_.emplace_back(StoreRead{std::move(topics)});
}

void SessionStore::note_changed(Stored& who) {
  if (enabled_) changed_.push_back(&who);
}

void SessionStore::take_back(Stored& who, Time now) {
  if (std::erase(changed_, &who) == 0) return;
  StoreBatch batch;
  who.write_changes(batch);
  write(std::move(batch), now);
}

void SessionStore::on_failed() {
  enabled_ = false;
  is_unsynced_ = false;
  requests_.clear();
  changed_.clear();
}

std::vector<TopicStoreRequest> SessionStore::take_requests(Time now) {
  if (!enabled_) return {};
  if (in_flight_ == 0 && !changed_.empty() && (finishing_ || now >= write_at_)) write_changed(now);
  const bool sync_due = is_unsynced_ && (finishing_ ? changed_.empty() : now >= sync_at_);
  if (in_flight_ == 0 && sync_due) write({}, now);
  return std::exchange(requests_, {});
}

Time SessionStore::next_deadline() const {
  if (!enabled_ || in_flight_ > 0) return kNever;
  if (!changed_.empty()) return finishing_ ? Time::min() : write_at_;
  if (is_unsynced_) return finishing_ ? Time::min() : sync_at_;
  return kNever;
}

void SessionStore::write_changed(Time now) {
  write_at_ = now + kStoreInterval;
  StoreBatch batch;
  std::size_t bytes = 0;
  std::size_t topics = 0;
  while (topics < changed_.size() && bytes < kStoreBatchBytes) {
    const std::size_t before = batch.puts.size();
    changed_[topics++]->write_changes(batch);
    for (std::size_t i = before; i < batch.puts.size(); ++i) bytes += bytes_of(batch.puts[i]);
  }
  changed_.erase(changed_.begin(), changed_.begin() + static_cast<std::ptrdiff_t>(topics));
  write(std::move(batch), now);
}

void SessionStore::write(StoreBatch batch, Time now) {
  const bool sync = is_unsynced_ && (now >= sync_at_ || (finishing_ && changed_.empty()));
  if (!is_unsynced_ && !sync) sync_at_ = now + kStoreSyncInterval;
  is_unsynced_ = !sync;
  ++in_flight_;
  requests_.emplace_back(StoreWrite{std::move(batch), sync && !HAWSER_FAULT("session_store_never_synced")});
}

}  // namespace hawser
