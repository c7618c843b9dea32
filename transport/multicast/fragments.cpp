#include "transport/multicast/fragments.hpp"

#include "transport/core/limits.hpp"

namespace hawser {

std::optional<Slice> Reassembler::on_piece(const Record& record) {
  if (record.piece == Piece::first) {
    reset();
    if (record.message_bytes > kMessageBytesMax) return std::nullopt;  // no sender of ours does this
    message_ = Buffer::allocate(record.message_bytes);
  }
  if (!message_ || message_.size() + record.bytes.size() > message_.capacity()) {
    reset();
    return std::nullopt;
  }
  const std::size_t at = message_.size();
  message_.resize(at + record.bytes.size());
  if (!record.bytes.empty()) std::memcpy(message_.data() + at, record.bytes.data(), record.bytes.size());
  if (record.piece != Piece::last) return std::nullopt;
  const bool complete = message_.size() == message_.capacity();
  Slice whole{std::move(message_)};
  reset();
  return complete ? std::optional{std::move(whole)} : std::nullopt;
}

}  // namespace hawser
