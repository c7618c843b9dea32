// Carries out what the session asks of its store, on a thread of its own: the node goes on meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
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
  /// `wake_up`, which must outlive it, is forced when there is an answer.
  /// Errors: system  no thread could be started.
  static Result<std::unique_ptr<StoreThread>> start(std::unique_ptr<TopicDatabase> database, WakeUp& wake_up);
  /// Carries out what waits.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void push(std::vector<TopicStoreRequest>&& requests);
  struct Written {};
  /// To each request, in order; an error is the last word.
  using Answer = std::variant<Written, std::vector<StoredTopic>, Error>;
  std::vector<Answer> take_answers();

 private:
  StoreThread(std::unique_ptr<TopicDatabase> database, WakeUp& wake_up)
      : database_(std::move(database)), wake_up_(wake_up) {}
  void run();
  Answer carry_out(const TopicStoreRequest& request);

  std::unique_ptr<TopicDatabase> database_;
  WakeUp& wake_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TopicStoreRequest> waiting_;
  std::vector<Answer> answers_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hawser
