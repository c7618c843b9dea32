// Messages that came before the light view they were sent in. They wait here, or are dropped with a count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lwg/light_messages.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/limits.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// Threads: single-threaded.
class EarlyMessages {
 public:
  /// All groups together; what comes beyond it is refused, and the caller counts it as dropped.
  static constexpr std::size_t kBytesMax = 4 * kMessageBytesMax;

  struct Message {
    EraTag era;
    NodeId sender;
    Slice payload;
  };

  /// False where there is no room. A payload that is a small part of its packet is copied, so that it does not keep the
  /// rest of the packet in memory.
  [[nodiscard]] bool keep(LightGroupId group, Message message);
  /// Takes out what waits for `era` or an earlier one, in the order of arrival.
  [[nodiscard]] std::vector<Message> take_until(LightGroupId group, const EraTag& era);
  /// Forgets what waits for the group. Returns the number of messages.
  std::size_t forget(LightGroupId group);
  /// Forgets every message for which `unwanted(group, message)`. Returns their number.
  template <typename Unwanted>
  std::size_t forget_if(Unwanted unwanted);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void add_to(StateDigest& digest) const { digest.add(waiting_); }

 private:
  static std::size_t cost(const Message& message) { return message.payload.size() + sizeof(Message); }

  // Iterated by forget_if() alone, where the order cannot show.
  std::unordered_map<LightGroupId, std::vector<Message>> waiting_;
  std::size_t bytes_ = 0;
};

template <typename Unwanted>
std::size_t EarlyMessages::forget_if(Unwanted unwanted) {
  std::size_t count = 0;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto& [group, messages] = *at;
    count += std::erase_if(messages, [&, id = group](const Message& message) {
      if (!unwanted(id, message)) return false;
      bytes_ -= cost(message);
      return true;
    });
    at = messages.empty() ? waiting_.erase(at) : std::next(at);
  }
  return count;
}

}  // namespace hawser
