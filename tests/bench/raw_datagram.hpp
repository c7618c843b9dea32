// How the raw system packs messages into datagrams: as Hawser does, without the protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tests/bench/received_stream.hpp"
#include "transport/core/buffer.hpp"
#include "transport/io/udp_multicast.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser::bench {

/// What Hawser sends on loopback, where its MTU is the usual 65,536.
inline constexpr std::size_t kRawDatagramBytesMax = kLoopbackDatagramBytes;
/// A header as long as Hawser's, with the datagram's number in it, 1, 2, 3…
inline constexpr std::size_t kRawHeaderBytes = wire::kHeaderBytes;
/// Before each message; its length, and room for what tells a topic.
struct RawMessageHeader {
  std::uint32_t payload_bytes = 0;
  std::uint32_t topic = 0;
};

/// Puts the messages of a datagram into the stream and returns the datagram's number; 0 where it is none of ours.
inline std::uint64_t read_raw_datagram(ByteView datagram, ReceivedStream& stream) {
  if (datagram.size() < kRawHeaderBytes) return 0;
  std::uint64_t number = 0;
  std::memcpy(&number, datagram.data(), sizeof number);
  ByteView rest = datagram.subspan(kRawHeaderBytes);
  while (rest.size() >= sizeof(RawMessageHeader)) {
    RawMessageHeader header;
    std::memcpy(&header, rest.data(), sizeof header);
    rest = rest.subspan(sizeof header);
    if (header.payload_bytes > rest.size()) return 0;
    stream.on_message(rest.first(header.payload_bytes));
    rest = rest.subspan(header.payload_bytes);
  }
  return number;
}

}  // namespace hawser::bench
