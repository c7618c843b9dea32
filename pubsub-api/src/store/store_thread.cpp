#include "pubsub-api/src/store/store_thread.hpp"

#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>

#include "transport/io/named_thread.hpp"

namespace hawser {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kSecondLook{1};

}  // namespace

struct StoreThread::Shared {
  Shared(std::unique_ptr<TopicDatabase> opened, WakeUp& to_wake) : database(std::move(opened)), wake_up(&to_wake) {}

  void run();
  Answer carry_out(const TopicStoreRequest& request);

  std::unique_ptr<TopicDatabase> database;
  std::mutex mutex;
  std::condition_variable changed;
  // Under the mutex.
  WakeUp* wake_up;  ///< nullptr where nobody waits for an answer any more
  std::deque<TopicStoreRequest> waiting;
  std::vector<Answer> answers;
  std::optional<Clock::time_point> busy_since;
  std::optional<Clock::time_point> seems_to_hang_since;  ///< as it was looked at
  bool stopped = false;
  bool ended = false;
  bool failed = false;
};

Result<std::unique_ptr<StoreThread>> StoreThread::start(std::unique_ptr<TopicDatabase> database, WakeUp& wake_up) {
  const auto shared = std::make_shared<Shared>(std::move(database), wake_up);
  std::unique_ptr<StoreThread> store{new StoreThread{shared}};
  auto thread = start_thread("hawser-store", [shared] { shared->run(); });
  if (!thread) return thread.error();
  store->thread_ = std::move(thread).value();
  return store;
}

// By then all is stored, or nobody wants to wait for it.
StoreThread::~StoreThread() {
  std::unique_lock lock{shared_->mutex};
  shared_->stopped = true;
  if (shared_->failed) shared_->waiting.clear();
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, kPatience, [this] { return shared_->ended; });
  const bool hangs = !shared_->ended;
  if (hangs) {
    shared_->failed = true;
    shared_->waiting.clear();
    shared_->wake_up = nullptr;
  }
  lock.unlock();
  if (!thread_.joinable()) return;
  if (hangs) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void StoreThread::push(std::vector<TopicStoreRequest>&& requests) {
  {
    const std::lock_guard lock{shared_->mutex};
    if (shared_->failed) return;
    std::move(requests.begin(), requests.end(), std::back_inserter(shared_->waiting));
  }
  shared_->changed.notify_one();
}

std::vector<StoreThread::Answer> StoreThread::take_answers() {
  const std::lock_guard lock{shared_->mutex};
  std::vector<Answer> answers = std::exchange(shared_->answers, {});
  // A process that was stopped finds that much time gone by at once: so it looks again.
  const Clock::time_point now = Clock::now();
  std::optional<Clock::time_point>& since = shared_->seems_to_hang_since;
  const bool hangs = shared_->busy_since && now - *shared_->busy_since > kPatience;
  since = hangs ? since.value_or(now) : std::optional<Clock::time_point>{};
  if (hangs && now - *since > kSecondLook && !std::exchange(shared_->failed, true)) {
    answers.emplace_back(Error{Errc::timeout, "the store has not answered for " + std::to_string(kPatience.count()) +
                                                  " s: look at its disk, and start this node again"});
  }
  return answers;
}

void StoreThread::Shared::run() {
  std::unique_lock lock{mutex};
  while (true) {
    changed.wait(lock, [this] { return stopped || !waiting.empty(); });
    if (waiting.empty() || failed) break;
    const TopicStoreRequest request = std::move(waiting.front());
    waiting.pop_front();
    busy_since = Clock::now();
    lock.unlock();
    Answer answer = carry_out(request);
    lock.lock();
    busy_since.reset();
    if (failed) break;  // Nobody waits for this answer any more.
    failed = std::holds_alternative<Error>(answer);
    answers.push_back(std::move(answer));
    if (wake_up != nullptr) wake_up->force();
  }
  // Closing takes the disk's time, too: nobody who looks may wait for that.
  lock.unlock();
  database.reset();
  lock.lock();
  ended = true;
  changed.notify_all();
}

StoreThread::Answer StoreThread::Shared::carry_out(const TopicStoreRequest& request) {
  if (const auto* write = std::get_if<StoreWrite>(&request)) {
    const Status status = database->write(*write);
    if (!status) return status.error();
    return Written{};
  }
  std::vector<StoredTopic> topics;
  for (const StoreRead::Wanted& wanted : std::get<StoreRead>(request).topics) {
    auto records = database->read(wanted.range);
    if (!records) return records.error();
    topics.push_back({wanted.topic, std::move(records).value()});
    const std::lock_guard lock{mutex};
    busy_since = Clock::now();
  }
  return topics;
}

}  // namespace hawser
