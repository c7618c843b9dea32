// The last things that a node sent, received and went through, kept in memory all the time: read when something has
// gone wrong, or when somebody asks. What there is much of does not push out what there is little of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/link/received_datagram.hpp"

namespace hawser {

/// One thing that was recorded, in words.
struct FlightEntry {
  enum class Kind : std::uint8_t { received, sent, event };
  Time at;
  Kind kind = Kind::event;
  Destination peer;       ///< sent: where to; received: from whom, and by which group's multicast if by any
  std::size_t bytes = 0;  ///< of the datagram
  std::string text;       ///< its frames, or what happened
};

/// Costs a copy of some bytes for each datagram. Threads: single-threaded.
class FlightRecorder {
 public:
  // How many of each are kept; the oldest go.
  static constexpr std::size_t kTrafficKept = 2048;   ///< datagrams of nothing but data, acknowledgements, heartbeats…
  static constexpr std::size_t kProtocolKept = 1024;  ///< the others: who is there, which view is next
  static constexpr std::size_t kEventsKept = 512;
  /// Of a datagram's frames, or of an event's words.
  static constexpr std::size_t kBytesKept = 192;

  void on_received(const ReceivedDatagram& datagram, Time now);
  void on_sent(std::span<const OutboundDatagram> datagrams, Time now);
  /// `text` in UTF-8; cut at kBytesKept.
  void on_event(std::string_view text, Time now);

  /// By time, the oldest first.
  [[nodiscard]] std::vector<FlightEntry> entries() const;

 private:
  struct Note {
    Time at;
    FlightEntry::Kind kind = FlightEntry::Kind::event;
    Destination peer;
    std::uint32_t bytes = 0;
    std::uint32_t kept = 0;
    std::array<std::byte, kBytesKept> head;
  };
  /// Grows to its size, and then writes over the oldest.
  struct Ring {
    Note& next(std::size_t size);
    std::vector<Note> notes;
    std::size_t at = 0;
  };

  void note_datagram(FlightEntry::Kind kind, const Destination& peer, ByteView datagram, Time now);
  static void keep(Note& note, ByteView bytes);
  static FlightEntry in_words(const Note& note);

  Ring traffic_;
  Ring protocol_;
  Ring events_;
};

/// "received", "sent" or "event".
[[nodiscard]] std::string_view name_of(FlightEntry::Kind kind);
/// "-0.001234 s  received  127.0.0.1:40001  97 bytes  heartbeat, hears 3": seconds before `now`.
std::string to_string(const FlightEntry& entry, Time now);

}  // namespace hawser
