#include "lwg/early_messages.hpp"

#include <algorithm>
#include <iterator>

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
  std::vector<Message>& messages = at->second;
  const auto later =
      std::stable_partition(messages.begin(), messages.end(), [&](const Message& m) { return !is_before(era, m.era); });
  taken.assign(std::make_move_iterator(messages.begin()), std::make_move_iterator(later));
  messages.erase(messages.begin(), later);
  if (messages.empty()) waiting_.erase(at);
  for (const Message& message : taken) bytes_ -= cost(message);
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
