#include "pubsub-api/src/session/topic_message.hpp"

namespace hawser {
namespace {

enum class ItemTag : std::uint8_t {
  clock = 1,
  position = 2,
  retained = 3,
  log_floor = 4,
  logged = 5,
  last = 6,
  logged_in_order = 7,
  lineage = 8,
  base = 9,
  left_out = 10,
};

constexpr std::size_t kNodeBytes = 8 + 4 + 2;

void write_node(const NodeId& node, Writer& into) {
  into.number(node.incarnation.value);
  into.number(node.endpoint.address);
  into.number(node.endpoint.port);
}

NodeId read_node(Reader& from) {
  NodeId node;
  node.incarnation.value = from.number<std::uint64_t>();
  node.endpoint.address = from.number<std::uint32_t>();
  node.endpoint.port = from.number<std::uint16_t>();
  return node;
}

void write_view_id(const ViewId& view, Writer& into) {
  into.varint(view.epoch);
  into.number(view.digest);
}

ViewId read_view_id(Reader& from) {
  ViewId view;
  view.epoch = from.varint();
  view.digest = from.number<std::uint64_t>();
  return view;
}

void write_cut(const StateCut& cut, Writer& into) {
  write_view_id(cut.era.control_view, into);
  into.varint(cut.era.number);
  write_view_id(cut.heavy_view, into);
}

StateCut read_cut(Reader& from) {
  StateCut cut;
  cut.era.control_view = read_view_id(from);
  cut.era.number = from.varint();
  cut.heavy_view = read_view_id(from);
  return cut;
}

std::string_view read_key(Reader& from) {
  const std::string_view key = from.text();
  if (key.size() > kKeyBytesMax) from.fail();
  return key;
}

bool read_flag(Reader& from) {
  const auto flag = from.number<std::uint8_t>();
  if (flag > 1) from.fail();
  return flag == 1;
}

std::uint64_t read_time(Reader& from, std::uint64_t least = 1) {
  const std::uint64_t time = from.varint();
  if (time < least || time > kTimeMax) from.fail();
  return time;
}

RetainedMessage read_retained(Reader& from) {
  RetainedMessage message;
  message.lamport = from.varint();
  message.publisher = read_node(from);
  message.number = from.varint();
  message.key = read_key(from);
  message.payload = from.bytes(from.varint());
  return message;
}

RetainedMessage read_logged(Reader& from, bool ordered) {
  const std::uint64_t time = read_time(from);
  RetainedMessage message = read_retained(from);
  message.time = time;
  message.logged = true;
  message.ordered = ordered;
  return message;
}

ItemTag tag_of(const RetainedMessage& message) {
  if (!message.logged) return ItemTag::retained;
  return message.ordered ? ItemTag::logged_in_order : ItemTag::logged;
}

// Of the items that are a publisher's message, by its number.
template <typename Item>
void write_numbered(ItemTag tag, const Item& item, Writer& into) {
  into.number(static_cast<std::uint8_t>(tag));
  write_node(item.publisher, into);
  into.varint(item.number);
}

template <typename Item>
Item read_numbered(Reader& from) {
  const NodeId publisher = read_node(from);
  return {publisher, from.varint()};
}

struct ItemWriter {
  Writer& into;

  void operator()(const StateClock& clock) const {
    into.number(static_cast<std::uint8_t>(ItemTag::clock));
    into.varint(clock.lamport);
    into.number(static_cast<std::uint8_t>(clock.positions_complete ? 1 : 0));
  }
  void operator()(const StatePosition& position) const { write_numbered(ItemTag::position, position, into); }
  void operator()(const StateLast& last) const { write_numbered(ItemTag::last, last, into); }
  void operator()(const StateBase& base) const { write_numbered(ItemTag::base, base, into); }
  void operator()(const RetainedMessage& message) const {
    into.number(static_cast<std::uint8_t>(tag_of(message)));
    if (message.logged) into.varint(message.time);
    into.varint(message.lamport);
    write_node(message.publisher, into);
    into.varint(message.number);
    into.text(message.key);
    into.varint(message.payload.size());
    into.bytes(message.payload);
  }
  void operator()(const StateLineage& lineage) const {
    into.number(static_cast<std::uint8_t>(ItemTag::lineage));
    into.number(lineage.id);
  }
  void operator()(const StateLeftOut& left_out) const {
    into.number(static_cast<std::uint8_t>(ItemTag::left_out));
    into.varint(left_out.logged);
  }
  void operator()(const StateLogFloor& floor) const {
    into.number(static_cast<std::uint8_t>(ItemTag::log_floor));
    into.varint(floor.time);
    into.varint(floor.lamport);
    write_node(floor.publisher, into);
    into.varint(floor.newest);
  }
};

StateItem read_item_of(ItemTag tag, Reader& from) {
  switch (tag) {
    case ItemTag::clock: {
      const std::uint64_t lamport = from.varint();
      return StateClock{lamport, read_flag(from)};
    }
    case ItemTag::position: return read_numbered<StatePosition>(from);
    case ItemTag::retained: return read_retained(from);
    case ItemTag::logged: return read_logged(from, false);
    case ItemTag::logged_in_order: return read_logged(from, true);
    case ItemTag::last: return read_numbered<StateLast>(from);
    case ItemTag::lineage: return StateLineage{from.number<std::uint64_t>()};
    case ItemTag::base: return read_numbered<StateBase>(from);
    case ItemTag::left_out: return StateLeftOut{from.varint()};
    case ItemTag::log_floor: {
      StateLogFloor floor;
      floor.time = read_time(from, 0);
      floor.lamport = from.varint();
      floor.publisher = read_node(from);
      floor.newest = read_time(from);
      return floor;
    }
  }
  from.fail();
  return StateClock{};
}

}  // namespace

std::optional<TopicMessageKind> kind_of(ByteView message) {
  if (message.empty()) return std::nullopt;
  return static_cast<TopicMessageKind>(message.front());
}

ByteView encode_data_header(const TopicData& data, TopicDataHeader& into) {
  HAWSER_CHECK(data.key.size() <= kKeyBytesMax);
  Writer writer{into};
  const bool timed = data.time > 0;
  writer.number(static_cast<std::uint8_t>(timed ? TopicMessageKind::timed_data : TopicMessageKind::data));
  if (timed) writer.varint(data.time);
  writer.varint(data.number);
  writer.varint(data.lamport);
  writer.text(data.key);
  return writer.written();
}

std::optional<TopicData> decode_data(ByteView message) {
  Reader from{message};
  const auto kind = static_cast<TopicMessageKind>(from.number<std::uint8_t>());
  TopicData data;
  const bool timed = kind == TopicMessageKind::timed_data;
  if (timed) data.time = read_time(from);
  data.number = from.varint();
  data.lamport = from.varint();
  data.key = read_key(from);
  data.payload = from.rest();
  if (!from.ok() || (kind != TopicMessageKind::data && !timed)) return std::nullopt;
  return data;
}

RetainedMessage retained_of(const NodeId& publisher, const TopicData& data, const Slice& message, bool ordered) {
  return {.lamport = data.lamport,
          .publisher = publisher,
          .number = data.number,
          .key = data.key,
          .payload = data.payload,
          .memory = &message.buffer(),
          .ordered = ordered,
          .time = data.time,
          .logged = data.time > 0};
}

FlowWordBytes encode_flow(const FlowWord& word) {
  FlowWordBytes bytes;
  Writer into{bytes};
  into.number(static_cast<std::uint8_t>(TopicMessageKind::flow));
  into.number(static_cast<std::uint8_t>(word.paused ? 1 : 0));
  into.number(word.number);
  return bytes;
}

std::optional<FlowWord> decode_flow(ByteView message) {
  Reader from{message};
  const auto kind = from.number<std::uint8_t>();
  FlowWord word;
  word.paused = read_flag(from);
  word.number = from.number<std::uint64_t>();
  if (!from.done() || kind != static_cast<std::uint8_t>(TopicMessageKind::flow)) return std::nullopt;
  return word;
}

void encode_state_header(const StateChunk& chunk, Writer& into) {
  into.number(static_cast<std::uint8_t>(TopicMessageKind::state));
  into.number(static_cast<std::uint8_t>(chunk.last ? 1 : 0));
  write_cut(chunk.cut, into);
  into.varint(chunk.index);
}

std::optional<StateChunk> decode_state(ByteView message) {
  Reader from{message};
  const auto kind = from.number<std::uint8_t>();
  StateChunk chunk;
  chunk.last = read_flag(from);
  chunk.cut = read_cut(from);
  chunk.index = from.varint();
  chunk.items = from.rest();
  if (!from.ok() || kind != static_cast<std::uint8_t>(TopicMessageKind::state)) return std::nullopt;
  return chunk;
}

std::size_t item_bytes_max(const StateItem& item) {
  constexpr std::size_t kFixed =
      1 + 10 + 10 + kNodeBytes + 10 + 2 + 10;  // The longest item's, without key and payload.
  const auto* message = std::get_if<RetainedMessage>(&item);
  return kFixed + (message == nullptr ? 0 : message->key.size() + message->payload.size());
}

void write_item(const StateItem& item, Writer& into) { std::visit(ItemWriter{into}, item); }

void encode_want_header(const StateWant& want, Writer& into) {
  into.number(static_cast<std::uint8_t>(TopicMessageKind::want));
  write_cut(want.cut, into);
  into.number(want.lineage);
}

std::optional<StateWant> decode_want(ByteView message) {
  Reader from{message};
  const auto kind = from.number<std::uint8_t>();
  StateWant want;
  want.cut = read_cut(from);
  want.lineage = from.number<std::uint64_t>();
  want.items = from.rest();
  if (!from.ok() || kind != static_cast<std::uint8_t>(TopicMessageKind::want)) return std::nullopt;
  return want;
}

void encode_news_header(std::uint64_t number, Writer& into) {
  into.number(static_cast<std::uint8_t>(TopicMessageKind::news));
  into.number(std::uint8_t{0});
  into.varint(number);
}

std::optional<TopicNews> decode_news(ByteView message) {
  Reader from{message};
  const auto kind = from.number<std::uint8_t>();
  TopicNews news;
  news.last = read_flag(from);
  news.number = from.varint();
  news.items = from.rest();
  if (!from.ok() || kind != static_cast<std::uint8_t>(TopicMessageKind::news)) return std::nullopt;
  return news;
}

std::optional<StateItem> read_item(Reader& from) {
  if (!from.ok() || from.left() == 0) return std::nullopt;
  const auto tag = static_cast<ItemTag>(from.number<std::uint8_t>());
  StateItem item = read_item_of(tag, from);
  if (!from.ok()) return std::nullopt;
  return item;
}

}  // namespace hawser
