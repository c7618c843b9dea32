// The topics that this process publishes on, with the number of the last message of each.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pubsub-api/src/session/session.hpp"

namespace hawser {

struct PublishedTopic {
  explicit PublishedTopic(std::string_view topic) : name(topic) {}

  const std::string name;
  /// Held while a message takes its number and its place in the application queue, so that both are in one order.
  std::mutex mutex;
  /// Written under `mutex`; read by anybody.
  std::atomic<std::uint64_t> last_number{0};
  /// A subscriber asks publishers to wait. Written by the reactor; read by anybody.
  std::atomic<bool> held{false};
  PublishedTopic* next_in_bucket = nullptr;
  /// The reactor's own: set with the first message that it takes.
  std::optional<TopicHandle> handle;
};

/// Searched without a lock, since every publish() does it. Topics are added by the application and never removed, so
/// references to them last; their number is bounded by the names that it uses.
/// Threads: any.
class PublishedTopics {
 public:
  PublishedTopics() : buckets_(std::make_unique<std::atomic<PublishedTopic*>[]>(kBuckets)) {}
  ~PublishedTopics();
  PublishedTopics(const PublishedTopics&) = delete;
  PublishedTopics& operator=(const PublishedTopics&) = delete;

  /// Created where it is new.
  PublishedTopic& named(std::string_view name);
  /// nullptr where nothing was published on it.
  [[nodiscard]] const PublishedTopic* find(std::string_view name) const;
  /// In no order.
  void for_each(const std::function<void(const PublishedTopic&)>& visit) const;

 private:
  [[nodiscard]] std::atomic<PublishedTopic*>& bucket_of(std::string_view name) const {
    return buckets_[std::hash<std::string_view>{}(name) % kBuckets];
  }

  static constexpr std::size_t kBuckets = 8192;  // A power of two; ten thousand topics leave the chains short.

  std::unique_ptr<std::atomic<PublishedTopic*>[]> buckets_;
};

}  // namespace hawser
