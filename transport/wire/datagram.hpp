// The fixed header that every datagram begins with, and packing frames behind it. The bytes are fixed in FORMAT.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser::wire {

inline constexpr std::uint32_t kMagic = 0x52535748;  // "HWSR"
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 52;
inline constexpr std::size_t kFrameHeaderBytes = 4;
inline constexpr std::size_t kFrameBodyBytesMax = 65535;

struct DatagramHeader {
  std::uint64_t domain = 0;  ///< digest of the domain's name
  Incarnation sender;
  std::uint64_t counter = 0;        ///< grows with every datagram of a sender: for replay checks
  std::uint32_t key_epoch = 0;      ///< reserved: 0 while datagrams are not sealed
  std::array<std::byte, 16> tag{};  ///< reserved: authentication tag
  bool operator==(const DatagramHeader&) const = default;
};

enum class HeaderFault { none, not_hawser, other_version };

struct DecodedHeader {
  HeaderFault fault = HeaderFault::none;
  std::uint8_t version = 0;
  DatagramHeader header;
};

/// Writes the header over the first kHeaderBytes of `datagram`.
void encode_header(const DatagramHeader& header, std::span<std::byte> datagram);
DecodedHeader decode_header(ByteView datagram);

/// A digest of a domain's name (FNV-1a): keeps domains apart, is no secret.
std::uint64_t domain_digest(std::string_view name);

}  // namespace hawser::wire
