// What the application asks of the reactor besides publishing, and how it waits for the answer.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hawser/subject.hpp"
#include "hawser/topic.hpp"
#include "pubsub-api/src/session/session.hpp"

namespace hawser {

class SubscriptionQueue;

/// The outcome of one request, once. Threads: any.
class Answer {
 public:
  enum class Outcome {
    done,
    closed,  ///< the reactor ended before it was done
  };
  /// The first call counts.
  void give(Outcome outcome) {
    {
      const std::lock_guard lock{mutex_};
      if (!outcome_) outcome_ = outcome;
    }
    given_.notify_all();
  }
  Outcome wait() {
    std::unique_lock lock{mutex_};
    given_.wait(lock, [this] { return outcome_.has_value(); });
    return *outcome_;
  }
  /// Nothing where the time ran out.
  std::optional<Outcome> wait_for(std::chrono::milliseconds timeout) {
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours{24 * 365};  // A longer one would overflow.
    std::unique_lock lock{mutex_};
    given_.wait_for(lock, std::min(timeout, kLongest), [this] { return outcome_.has_value(); });
    return outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<Outcome> outcome_;
};

/// The asking side keeps one reference, the request another. A request that is dropped undone answers `closed`.
class Promise {
 public:
  explicit Promise(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  Promise(Promise&&) noexcept = default;
  Promise& operator=(Promise&& other) noexcept {
    std::swap(answer_, other.answer_);
    return *this;
  }
  ~Promise() {
    if (answer_) answer_->give(Answer::Outcome::closed);
  }
  void done() { answer_->give(Answer::Outcome::done); }

 private:
  std::shared_ptr<Answer> answer_;
};

struct SubscribeCommand {
  SubscriberId subscriber;
  std::vector<Pattern> patterns;
  Start start;
  std::shared_ptr<SubscriptionQueue> queue;
};
struct UnsubscribeCommand {
  SubscriberId subscriber;
};
/// A subscription whose publishers had to wait may have room again.
struct ResumeCommand {
  SubscriberId subscriber;
};
/// Answered when the topic has been told something, by whomever: `in_force`, to be read after that.
struct DeclareCommand {
  std::string topic;
  TopicOptions options;
  std::shared_ptr<TopicDeclared> in_force;
  Promise promise;
};
/// Answered when all that was published before it is stable.
struct FlushCommand {
  Promise promise;
};
/// The planned end, after all that was published before it. Answered just before the reactor ends.
struct LeaveCommand {
  Promise promise;
};
using Command =
    std::variant<SubscribeCommand, UnsubscribeCommand, ResumeCommand, DeclareCommand, FlushCommand, LeaveCommand>;

}  // namespace hawser
