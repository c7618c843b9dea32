#include "pubsub-api/src/trace/trace.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hawser {

MessageDigest digest_of(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

MessageDigest digest_of(std::span<const ByteView> parts) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  for (const ByteView part : parts) XXH3_64bits_update(&state, part.data(), part.size());
  return XXH3_64bits_digest(&state);
}

}  // namespace hawser
