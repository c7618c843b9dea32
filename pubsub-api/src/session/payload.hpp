// What a publisher hands over.
#pragma once

#include "transport/core/buffer.hpp"

namespace hawser {

/// The bytes to be published, valid for the time of a call; longer where `keeper` holds them, and then they are not
/// copied.
struct Payload {
  Payload(ByteView payload,
          const Buffer* kept_by = nullptr)  // NOLINT(google-explicit-constructor): mostly it is a view.
      : bytes(payload), keeper(kept_by) {}
  ByteView bytes;
  const Buffer* keeper;
};

}  // namespace hawser
