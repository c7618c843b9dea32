#include "pubsub-api/src/session/state_store.hpp"

#include <array>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser {

std::uint64_t digest_of_state(const TopicStore& store) {
  std::uint64_t digest = 1;  // of nothing; 0 is for who has no state
  store.for_each([&](const RetainedMessage& message) {
    const std::array<std::uint64_t, 8> fields{digest,
                                              message.lamport,
                                              message.publisher.incarnation.value,
                                              message.publisher.endpoint.address,
                                              message.publisher.endpoint.port,
                                              message.number,
                                              digest_of(std::as_bytes(std::span{message.key})),
                                              digest_of(message.payload)};
    digest = digest_of(std::as_bytes(std::span{fields}));
  });
  return digest;
}

}  // namespace hawser
