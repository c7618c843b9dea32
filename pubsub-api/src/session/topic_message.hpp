// What travels on a topic's light-weight group: published messages, and the retained state on its way to newcomers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "lwg/light_view.hpp"
#include "pubsub-api/src/session/retained_message.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

inline constexpr std::size_t kKeyBytesMax = 256;
/// In milliseconds since 1970: in the year 2248. Later ones are refused, so that nothing that is done with one
/// overflows.
inline constexpr std::uint64_t kTimeMax = (std::uint64_t{1} << 43U) - 1;

/// The first byte of every message.
enum class TopicMessageKind : std::uint8_t { data = 1, state = 2, flow = 3, timed_data = 4, news = 5, want = 6 };

/// The kind, unchecked; nothing for an empty message.
std::optional<TopicMessageKind> kind_of(ByteView message);

// ---- Published messages: kind, number (varint), lamport (varint), key (varint length, text), payload (the rest) ----
// ---- Of kind timed_data, where the topic keeps a history: kind, time (varint), number … ----

struct TopicData {
  std::uint64_t number = 0;
  std::uint64_t lamport = 0;
  std::string_view key;
  ByteView payload;
  std::uint64_t time = 0;  ///< milliseconds since 1970 where it belongs into the history; else 0
};

/// Room for all of a published message but its payload.
using TopicDataHeader = std::array<std::byte, 1 + 10 + 10 + 10 + 2 + kKeyBytesMax>;

/// Writes all but the payload, and returns what it wrote. The key must not be longer than kKeyBytesMax.
ByteView encode_data_header(const TopicData& data, TopicDataHeader& into);
std::optional<TopicData> decode_data(ByteView message);

/// As it may be kept, where `message` is the whole of it; `ordered`: it was delivered in total order.
[[nodiscard]] RetainedMessage retained_of(const NodeId& publisher, const TopicData& data, const Slice& message,
                                          bool ordered);

// ---- Flow: kind, paused (a byte, 1 or 0), number (u64) ----

struct FlowWord {
  bool paused = false;       ///< the sender has a subscription that asks publishers to wait
  std::uint64_t number = 0;  ///< the sender's count of these on the topic: tells equal ones apart in traces
};

using FlowWordBytes = std::array<std::byte, 1 + 1 + 8>;
FlowWordBytes encode_flow(const FlowWord& word);
std::optional<FlowWord> decode_flow(ByteView message);

// ---- State: kind, last (a byte, 1 or 0), cut, index (varint), items (the rest) ----

/// The light view at which a state was taken.
struct StateCut {
  Era era;
  ViewId heavy_view;
  bool operator==(const StateCut&) const = default;
};
inline StateCut cut_of(const LightView& view) { return {view.era, view.heavy_view}; }

/// A part of a topic's state at a cut. `index` counts from 0; the part marked `last` completes the state.
struct StateChunk {
  StateCut cut;
  std::uint64_t index = 0;
  bool last = false;
  ByteView items;
};

/// The donor's logical clock, and whether its StatePositions name every publisher that the topic ever had here.
struct StateClock {
  std::uint64_t lamport = 0;
  bool positions_complete = true;
};
/// How far the state reaches into one publisher's messages.
struct StatePosition {
  NodeId publisher;
  std::uint64_t number = 0;
};
/// What members must agree on of the history besides its messages; before these.
struct StateLogFloor {
  std::uint64_t time = 0;
  std::uint64_t lamport = 0;
  NodeId publisher;
  std::uint64_t newest = 0;
};
/// A retained message that is `logged` is one of the history: they come in its order, before those that are not.
/// The last message that came in total order: one of the retained ones.
struct StateLast {
  NodeId publisher;
  std::uint64_t number = 0;
};
/// One of the lineages that the contents are of, from the earliest to the latest (TopicLineage).
struct StateLineage {
  std::uint64_t id = 0;
};
/// How far contents in total order were agreed on at the beginning of the latest view; or, at the beginning of a
/// difference, up to where messages are left out of it.
struct StateBase {
  NodeId publisher;
  std::uint64_t number = 0;
};
/// This is a difference: of what the base covers nothing is in it, and so many of those belong to the history.
struct StateLeftOut {
  std::uint64_t logged = 0;
};
using StateItem = std::variant<StateClock, StatePosition, RetainedMessage, StateLogFloor, StateLast, StateLineage,
                               StateBase, StateLeftOut>;

inline constexpr std::size_t kStateHeaderBytesMax = 2 + 10 + 8 + 10 + 10 + 8 + 10;
/// Where `last` stands in a message of a state or of news: it is known last.
inline constexpr std::size_t kLastOffset = 1;

void encode_state_header(const StateChunk& chunk, Writer& into);
std::optional<StateChunk> decode_state(ByteView message);

// ---- Want: kind, cut, lineage (u64), items (the rest) ----

/// What a newcomer has of the topic whose state of this cut it awaits: nothing (lineage 0), or all of this lineage up
/// to these positions, and in the donor's order up to these bases.
struct StateWant {
  StateCut cut;
  std::uint64_t lineage = 0;
  ByteView items;
};
inline constexpr std::size_t kWantHeaderBytesMax = 1 + 10 + 8 + 10 + 10 + 8 + 8;
void encode_want_header(const StateWant& want, Writer& into);
std::optional<StateWant> decode_want(ByteView message);

// ---- News: kind, last (a byte, 1 or 0), number (varint), items (the rest) ----

/// What its sender brought along and the topic's members did not have: messages, and at the end how far they reach.
struct TopicNews {
  bool last = false;
  std::uint64_t number = 0;  ///< the sender's count of these on the topic: tells equal ones apart in traces
  ByteView items;
};
/// As for one that is not the last.
void encode_news_header(std::uint64_t number, Writer& into);
std::optional<TopicNews> decode_news(ByteView message);

/// At least as many bytes as write_item() takes.
std::size_t item_bytes_max(const StateItem& item);
void write_item(const StateItem& item, Writer& into);
/// The next item, whose views point into what is read; nothing at the end or at bad bytes (then !from.ok()).
std::optional<StateItem> read_item(Reader& from);

}  // namespace hawser
