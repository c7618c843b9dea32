// What application threads hand to the reactor, in order: messages, and commands among them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "pubsub-api/src/bus/application_queue_blocks.hpp"
#include "pubsub-api/src/bus/published_topics.hpp"
#include "pubsub-api/src/bus/reactor_commands.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// The oldest entry of the queue: a message (`topic` is set) or a command.
struct QueuedInput {
  PublishedTopic* topic = nullptr;
  std::uint64_t number = 0;
  std::string_view key;
  ByteView payload;
  const Buffer* keeper = nullptr;  ///< which the payload lies in, where it is large
  Command* command = nullptr;
};

/// Bounded by the bytes of the messages in it: a message that does not fit is refused, unless the queue is empty.
/// Commands are not counted; an application has few under way. Small messages are copied into the queue's own memory,
/// without an allocation; large ones into a block each.
/// Threads: push on any; front(), pop() and release() on one, the reactor.
class ApplicationQueue {
 public:
  explicit ApplicationQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  ~ApplicationQueue();
  ApplicationQueue(const ApplicationQueue&) = delete;
  ApplicationQueue& operator=(const ApplicationQueue&) = delete;

  /// Copies the message and returns its number on the topic, or nothing where the queue is full. On one topic the order
  /// of numbers is the order in the queue, whichever threads publish. Follow it by WakeUp::notify().
  std::optional<std::uint64_t> push(PublishedTopic& topic, std::string_view key, ByteView payload);
  void push(std::unique_ptr<Command> command);

  [[nodiscard]] bool empty() const { return chain_.front() == nullptr; }
  /// Valid until pop().
  [[nodiscard]] std::optional<QueuedInput> front() const;
  void pop();
  /// Makes the room of what was popped available: to be called now and then, since it touches what producers touch.
  void release();

  /// What a message of this size counts for.
  static std::size_t cost_of(std::size_t key_bytes, std::size_t payload_bytes);

 private:
  struct Entry;
  struct TopicPlace {
    std::byte* record;
    std::uint64_t number;
  };
  TopicPlace take_place(PublishedTopic& topic, std::size_t record_bytes);
  bool take_budget(std::size_t bytes);

  const std::size_t bytes_max_;
  BlockChain chain_;
  alignas(64) std::atomic<std::size_t> bytes_used_{0};
  alignas(64) std::size_t bytes_popped_ = 0;  // The reactor's; not released yet.
};

}  // namespace hawser
