#include "lwg/early_messages.hpp"

#include <utility>

namespace hawser {

bool EarlyMessages::keep(LightGroupId group, Message message) {
  if (bytes_ + cost(message) > kBytesMax) return false;
  const bool small_part = message.payload.size() < message.payload.buffer().capacity() / 2;
  if (small_part) message.payload = Slice{Buffer::copy_of(message.payload.bytes())};
  bytes_ += cost(message);
  waiting_[group].push_back(std::move(message));
  return true;
}

std::vector<EarlyMessages::Message> EarlyMessages::take_until(LightGroupId group, const EraTag& era) {
  std::vector<Message> taken;
  const auto at = waiting_.find(group);
  if (at == waiting_.end()) return taken;
  std::vector<Message> later;
  for (Message& message : at->second) {
    if (is_before(era, message.era)) {
      later.push_back(std::move(message));
    } else {
      bytes_ -= cost(message);
      taken.push_back(std::move(message));
    }
  }
  at->second = std::move(later);
  if (at->second.empty()) waiting_.erase(at);
  return taken;
}

std::size_t EarlyMessages::forget(LightGroupId group) {
  const auto at = waiting_.find(group);
  if (at == waiting_.end()) return 0;
  const std::size_t count = at->second.size();
  for (const Message& message : at->second) bytes_ -= cost(message);
  waiting_.erase(at);
  return count;
}

}  // namespace hawser
