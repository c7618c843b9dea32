#include "pubsub-api/src/store/store_thread.hpp"

#include <iterator>
#include <utility>

#include "transport/io/named_thread.hpp"

namespace hawser {

Result<std::unique_ptr<StoreThread>> StoreThread::start(std::unique_ptr<TopicDatabase> database, WakeUp& wake_up) {
  std::unique_ptr<StoreThread> store{new StoreThread{std::move(database), wake_up}};
  auto thread = start_thread("hawser-store", [raw = store.get()] { raw->run(); });
  if (!thread) return thread.error();
  store->thread_ = std::move(thread).value();
  return store;
}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StoreThread::push(std::vector<TopicStoreRequest>&& requests) {
  {
    const std::lock_guard lock{mutex_};
    std::move(requests.begin(), requests.end(), std::back_inserter(waiting_));
  }
  changed_.notify_one();
}

std::vector<StoreThread::Answer> StoreThread::take_answers() {
  const std::lock_guard lock{mutex_};
  return std::exchange(answers_, {});
}

void StoreThread::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const TopicStoreRequest request = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Answer answer = carry_out(request);
    lock.lock();
    const bool failed = std::holds_alternative<Error>(answer);
    answers_.push_back(std::move(answer));
    wake_up_.force();
    if (failed) return;
  }
}

StoreThread::Answer StoreThread::carry_out(const TopicStoreRequest& request) {
  if (const auto* write = std::get_if<StoreWrite>(&request)) {
    const Status status = database_->write(*write);
    if (!status) return status.error();
    return Written{};
  }
  std::vector<StoredTopic> topics;
  for (const StoreRead::Wanted& wanted : std::get<StoreRead>(request).topics) {
    auto records = database_->read(wanted.range);
    if (!records) return records.error();
    topics.push_back({wanted.topic, std::move(records).value()});
  }
  return topics;
}

}  // namespace hawser
