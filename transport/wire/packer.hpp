// Makes one node's datagrams: control frames for the same destination share one, and each gets its fixed header.
#pragma once

#include "transport/core/outbox.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"

namespace hawser::wire {

/// Appends `frame` to the last control datagram for `destination` in `out`, or to a new one where it does not fit.
/// A frame that alone is longer than `datagram_bytes_max` goes out in pieces, a datagram each (long_frames.hpp).
class Packer {
 public:
  Packer(std::uint64_t domain, Incarnation self, std::size_t datagram_bytes_max)
      : header_{domain, self, 0, 0, {}}, datagram_bytes_max_(datagram_bytes_max) {}

  template <typename Frame>
  void send(Destination destination, const Frame& frame, Outbox& out) {
    const std::size_t body = body_size(frame);
    HAWSER_CHECK(body <= kFrameBodyBytesMax);
    if (kHeaderBytes + kFrameHeaderBytes + body > datagram_bytes_max_) {
      Buffer whole = Buffer::allocate(kFrameHeaderBytes + body);
      whole.resize(kFrameHeaderBytes + body);
      Writer writer{std::span{whole.data(), whole.size()}};
      encode_frame(frame, writer);
      return send_in_pieces(destination, whole.bytes(), out);
    }
    Buffer& datagram = datagram_with_room(destination, kFrameHeaderBytes + body, out);
    const std::size_t before = datagram.size();
    datagram.resize(before + kFrameHeaderBytes + body);
    Writer writer{std::span{datagram.data(), datagram.size()}.subspan(before)};
    encode_frame(frame, writer);
  }

  /// A datagram of its own for `data`, records copied.
  Buffer datagram_of(const Data& data);

  /// Writes the fixed header of a datagram that was made elsewhere.
  void write_header(Buffer& datagram) {
    ++header_.counter;
    encode_header(header_, std::span{datagram.data(), datagram.size()});
  }

  [[nodiscard]] std::size_t datagram_bytes_max() const { return datagram_bytes_max_; }

 private:
  void send_in_pieces(const Destination& destination, ByteView frame, Outbox& out);
  Buffer& datagram_with_room(const Destination& destination, std::size_t bytes, Outbox& out);
  DatagramHeader header_;
  std::size_t datagram_bytes_max_;
  std::uint32_t long_frames_ = 0;
};

}  // namespace hawser::wire
