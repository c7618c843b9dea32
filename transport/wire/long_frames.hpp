// Frames that are longer than a datagram, in pieces: those of many nodes, or of one with much to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/wire/frames.hpp"

namespace hawser::wire {

/// Of each sender so many frames may be incomplete at a time: of older ones nothing more is waited for.
inline constexpr std::size_t kIncompleteMax = 4;
/// … and of all senders together so many have any.
inline constexpr std::size_t kIncompleteSendersMax = 1024;

/// Threads: single-threaded.
class LongFrames {
 public:
  /// The frame, with its header, where this was its last piece.
  std::optional<Buffer> on_piece(Incarnation sender, const FramePiece& piece);

 private:
  struct Incomplete {
    std::uint32_t number = 0;
    std::vector<Buffer> pieces;
    std::size_t missing = 0;
  };
  Incomplete& entry(std::vector<Incomplete>& of_sender, const FramePiece& piece);

  std::map<Incarnation, std::vector<Incomplete>> senders_;  // oldest first
};

}  // namespace hawser::wire
