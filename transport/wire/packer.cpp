#include "transport/wire/packer.hpp"

#include <algorithm>

namespace hawser::wire {

Buffer& Packer::datagram_with_room(const Destination& destination, std::size_t bytes, Outbox& out) {
  const auto last = std::find_if(out.control.rbegin(), out.control.rend(),
                                 [&](const OutboundDatagram& d) { return d.destination == destination; });
  if (last != out.control.rend() && last->bytes.capacity() - last->bytes.size() >= bytes) return last->bytes;
  Buffer datagram = Buffer::allocate(std::max(datagram_bytes_max_, kHeaderBytes + bytes));
  datagram.resize(kHeaderBytes);
  write_header(datagram);
  out.control.push_back({destination, std::move(datagram)});
  return out.control.back().bytes;
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
