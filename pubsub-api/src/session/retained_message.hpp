// One message as it is kept, in the last values of a topic or in its history.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A retained message. Of two for one key the one with the higher stamp stays, so that every member converges whatever
/// the order in which several publishers' messages arrive; where they came in total order, the last one.
struct RetainedMessage {
  std::uint64_t lamport = 0;  ///< Lamport's logical clock at the publisher
  NodeId publisher;
  std::uint64_t number = 0;
  std::string_view key;
  ByteView payload;
  /// Where `payload` lies, so that who keeps it need not copy it. May be null.
  const Buffer* memory = nullptr;
  /// It came in total order, which is the same everywhere: it takes the place of all that came before.
  bool ordered = false;
  /// Of a message of the history that came in total order: those whose numbers are lower came before. 0: none yet.
  std::uint64_t place = 0;
  /// Milliseconds since 1970 by the publisher's clock, where the topic keeps a history; else 0.
  std::uint64_t time = 0;
  bool logged = false;  ///< the topic's history has it, too
};

/// A payload that is kept: a copy, or the packet that it came in where it is most of that.
class RetainedPayload {
 public:
  void set(const RetainedMessage& message);
  [[nodiscard]] ByteView bytes() const { return is_shared_ ? shared_.bytes() : ByteView{copy_}; }

 private:
  std::vector<std::byte> copy_;  // keeps its capacity from value to value
  Slice shared_;
  bool is_shared_ = false;
};

[[nodiscard]] std::uint64_t digest_of_message(const RetainedMessage& message);

}  // namespace hawser
