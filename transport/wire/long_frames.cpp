#include "transport/wire/long_frames.hpp"

#include <algorithm>

namespace hawser::wire {

LongFrames::Incomplete& LongFrames::entry(std::vector<Incomplete>& of_sender, const FramePiece& piece) {
  const auto known = std::find_if(of_sender.begin(), of_sender.end(), [&](const Incomplete& one) {
    return one.number == piece.number && one.pieces.size() == piece.count;
  });
  if (known != of_sender.end()) return *known;
  if (of_sender.size() == kIncompleteMax) of_sender.erase(of_sender.begin());
  return of_sender.emplace_back(Incomplete{piece.number, std::vector<Buffer>(piece.count), piece.count});
}

std::optional<Buffer> LongFrames::on_piece(Incarnation sender, const FramePiece& piece) {
  if (senders_.size() >= kIncompleteSendersMax && !senders_.contains(sender)) senders_.clear();
  std::vector<Incomplete>& of_sender = senders_[sender];
  Incomplete& frame = entry(of_sender, piece);
  Buffer& place = frame.pieces[piece.index];
  if (place.size() > 0) return std::nullopt;
  place = Buffer::copy_of(piece.bytes);
  if (--frame.missing > 0) return std::nullopt;
  std::vector<ByteView> parts;
  for (const Buffer& one : frame.pieces) parts.push_back(one.bytes());
  Buffer whole = Buffer::joined(parts);
  std::erase_if(of_sender, [&](const Incomplete& one) { return one.number == piece.number && one.missing == 0; });
  if (of_sender.empty()) senders_.erase(sender);
  return whole;
}

}  // namespace hawser::wire
