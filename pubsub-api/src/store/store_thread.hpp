// Carries out what the session asks of its store, on a thread of its own: the node goes on meanwhile.
#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/store/topic_database.hpp"
#include "transport/core/result.hpp"
#include "transport/io/wake_up.hpp"

namespace hawser {

/// Threads: any.
class StoreThread {
 public:
  /// A request that takes longer is taken for a failure: whatever waits for the store goes on without it.
  static constexpr std::chrono::seconds kPatience{10};

  /// `wake_up`, which must outlive it, is forced when there is an answer.
  /// Errors: system  no thread could be started.
  static Result<std::unique_ptr<StoreThread>> start(std::unique_ptr<TopicDatabase> database, WakeUp& wake_up);
  /// Carries out what waits; unless the store has failed, for a disk that does not answer may never do so.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void push(std::vector<TopicStoreRequest>&& requests);
  struct Written {};
  /// To each request, in order; an error is the last word.
  using Answer = std::variant<Written, std::vector<StoredTopic>, Error>;
  std::vector<Answer> take_answers();

 private:
  /// What the thread needs, and may need longer than there is a StoreThread.
  struct Shared;
  explicit StoreThread(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace hawser
