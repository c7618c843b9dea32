#include "transport/wire/packer.hpp"

#include <algorithm>

namespace hawser::wire {

Buffer& Packer::datagram_with_room(const Destination& destination, std::size_t bytes, Outbox& out) {
  const auto last = std::find_if(out.control.rbegin(), out.control.rend(),
                                 [&](const OutboundDatagram& d) { return d.destination == destination; });
  if (last != out.control.rend() && last->bytes.capacity() - last->bytes.size() >= bytes) return last->bytes;
  Buffer datagram = Buffer::allocate(datagram_bytes_max_);
  datagram.resize(kHeaderBytes);
  write_header(datagram);
  out.control.push_back({destination, std::move(datagram)});
  return out.control.back().bytes;
}

void Packer::send_in_pieces(const Destination& destination, ByteView frame, Outbox& out) {
  const std::size_t room = datagram_bytes_max_ - kHeaderBytes - kFrameHeaderBytes - kPiecePreambleBytes;
  const std::size_t count = (frame.size() + room - 1) / room;
  HAWSER_CHECK(count <= kPiecesMax);
  ++long_frames_;
  for (std::size_t index = 0; index < count; ++index) {
    const ByteView bytes = frame.subspan(index * room, std::min(room, frame.size() - index * room));
    send(destination,
         FramePiece{long_frames_, static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(count), bytes}, out);
  }
}

Buffer Packer::datagram_of(const Data& data) {
  const std::size_t body = kDataPreambleBytes + data.records.size();
  HAWSER_CHECK(body <= kFrameBodyBytesMax);
  Buffer datagram = Buffer::allocate(kHeaderBytes + kFrameHeaderBytes + body);
  datagram.resize(kHeaderBytes + kFrameHeaderBytes + body);
  write_header(datagram);
  std::byte* frame = datagram.data() + kHeaderBytes;
  Writer writer{std::span{frame, kFrameHeaderBytes}};
  writer.number(static_cast<std::uint8_t>(FrameType::data));
  writer.number(std::uint8_t{0});
  writer.number(static_cast<std::uint16_t>(body));
  frame += kFrameHeaderBytes;
  encode_data_preamble(data, std::span{frame, kDataPreambleBytes});
  if (!data.records.empty()) std::memcpy(frame + kDataPreambleBytes, data.records.data(), data.records.size());
  return datagram;
}

}  // namespace hawser::wire
