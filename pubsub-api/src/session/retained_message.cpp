#include "pubsub-api/src/session/retained_message.hpp"

#include <array>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser {

void RetainedPayload::set(const RetainedMessage& message) {
  // A small message would keep the whole packet alive that it came in with many others.
  const bool shares = message.memory != nullptr && message.payload.size() >= message.memory->capacity() / 2;
  if (shares || is_shared_) shared_ = shares ? Slice{*message.memory, message.payload} : Slice{};
  is_shared_ = shares;
  if (shares) {
    copy_ = {};
  } else {
    copy_.assign(message.payload.begin(), message.payload.end());
  }
}

std::uint64_t digest_of_message(const RetainedMessage& message) {
  const std::array<std::uint64_t, 7> fields{message.lamport,
                                            message.publisher.incarnation.value,
                                            message.publisher.endpoint.address,
                                            message.publisher.endpoint.port,
                                            message.number,
                                            digest_of(std::as_bytes(std::span{message.key})),
                                            digest_of(message.payload)};
  return digest_of(std::as_bytes(std::span{fields}));
}

}  // namespace hawser
