#include "transport/wire/datagram.hpp"

namespace hawser::wire {

void encode_header(const DatagramHeader& header, std::span<std::byte> datagram) {
  Writer writer{datagram.first(kHeaderBytes)};
  writer.number(kMagic);
  writer.number(kVersion);
  writer.number(std::uint8_t{0});   // flags: none defined
  writer.number(std::uint16_t{0});  // reserved
  writer.number(header.domain);
  writer.number(header.sender.value);
  writer.number(header.counter);
  writer.number(header.key_epoch);
  writer.bytes(header.tag);
}

DecodedHeader decode_header(ByteView datagram) {
  DecodedHeader decoded;
  Reader reader{datagram};
  const auto magic = reader.number<std::uint32_t>();
  decoded.version = reader.number<std::uint8_t>();
  reader.number<std::uint8_t>();
  reader.number<std::uint16_t>();
  decoded.header.domain = reader.number<std::uint64_t>();
  decoded.header.sender = {reader.number<std::uint64_t>()};
  decoded.header.counter = reader.number<std::uint64_t>();
  decoded.header.key_epoch = reader.number<std::uint32_t>();
  const ByteView tag = reader.bytes(decoded.header.tag.size());
  if (!reader.ok() || magic != kMagic) {
    decoded.fault = HeaderFault::not_hawser;
  } else if (decoded.version != kVersion) {
    decoded.fault = HeaderFault::other_version;
  } else {
    std::memcpy(decoded.header.tag.data(), tag.data(), tag.size());
  }
  return decoded;
}

std::uint64_t domain_digest(std::string_view name) {
  std::uint64_t digest = 0xcbf29ce484222325U;
  for (const char c : name) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix64(digest);
}

}  // namespace hawser::wire
