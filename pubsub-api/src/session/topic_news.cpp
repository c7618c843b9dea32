#include "pubsub-api/src/session/topic_news.hpp"

#include <set>
#include <utility>

#include "pubsub-api/src/session/item_chunker.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_message.hpp"

namespace hawser {
namespace {

using MessageId = std::pair<NodeId, std::uint64_t>;

MessageId id_of(const RetainedMessage& message) { return {message.publisher, message.number}; }

// Those of the history that are there already. One that stands in it in total order has no place of its own by which it
// would be known again.
void drop_known(std::vector<RetainedMessage>& messages, const TopicLog& log) {
  std::set<MessageId> ids;
  std::erase_if(messages, [&](const RetainedMessage& one) { return one.logged && !ids.insert(id_of(one)).second; });
  std::set<MessageId> known;
  log.for_each([&](const RetainedMessage& message) {
    if (ids.contains(id_of(message))) known.insert(id_of(message));
  });
  std::erase_if(messages, [&](const RetainedMessage& one) { return one.logged && known.contains(id_of(one)); });
}

// Whether a message is the last of its key, its stamp decides; where in a history in total order it stands, the place
// that it comes at.
void add(std::vector<RetainedMessage>& messages, bool ordered, TopicContents& contents,
         const std::function<void(const RetainedMessage&)>& changed) {
  const auto unlogged = [&](const RetainedMessage& gone) { contents.values.set_unlogged(gone); };
  drop_known(messages, contents.log);
  std::vector<RetainedMessage> not_last;
  for (RetainedMessage& message : messages) {
    message.ordered = false;
    message.place = 0;
    const bool is_last = contents.values.fold(message);
    if (is_last) changed(message);
    if (!message.logged) continue;
    message.ordered = ordered;
    if (is_last || !ordered) {
      contents.log.add(message, unlogged);
    } else {
      not_last.push_back(message);
    }
  }
  for (auto at = not_last.rbegin(); at != not_last.rend(); ++at) contents.log.add_before(*at, unlogged);
}

}  // namespace

// Positions tell what a state covers only where it was never lost: else what they reach over may be missing. How far
// the news reach comes last: whoever hears only a part of them must not take the rest for covered.
std::vector<Buffer> encode_news(const FormerContents& former, const TopicPositions& theirs, std::uint64_t number) {
  ItemChunker chunker{[=](std::size_t index, Writer& into) { encode_news_header(number + index, into); }};
  const auto covered = [&](const NodeId& publisher, std::uint64_t up_to) {
    return theirs.complete() && theirs.of(publisher) >= up_to;
  };
  std::set<MessageId> told;
  TopicPositions reaches;
  for (const std::vector<StoreRecord>& records : former.sets) {
    bool is_complete = true;
    for_each_item(records, [&](StateItem& item) {
      if (const auto* clock = std::get_if<StateClock>(&item)) {
        is_complete = clock->positions_complete;
      } else if (const auto* position = std::get_if<StatePosition>(&item)) {
        const bool is_news = is_complete && !covered(position->publisher, position->number);
        if (is_news) reaches.raise(position->publisher, position->number);
      } else if (const auto* message = std::get_if<RetainedMessage>(&item)) {
        const bool is_news = !covered(message->publisher, message->number);
        if (is_news && told.insert(id_of(*message)).second) chunker.add(*message);
      }
    });
  }
  if (told.empty()) return {};
  for (const StatePosition& position : reaches.all()) chunker.add(position);
  return chunker.finish();
}

bool add_news(ByteView items, const Buffer& memory, bool ordered, TopicContents& contents,
              const std::function<void(const RetainedMessage&)>& each,
              const std::function<void(const RetainedMessage&)>& changed,
              const std::function<void(const StatePosition&)>& reaches) {
  std::vector<RetainedMessage> messages;
  std::vector<StatePosition> positions;
  Reader from{items};
  while (auto item = read_item(from)) {
    if (const auto* position = std::get_if<StatePosition>(&*item)) positions.push_back(*position);
    if (auto* message = std::get_if<RetainedMessage>(&*item)) {
      message->memory = &memory;
      each(*message);
      messages.push_back(*message);
    }
  }
  if (!from.ok()) return false;
  add(messages, ordered, contents, changed);
  for (const StatePosition& position : positions) reaches(position);
  return true;
}

void add_former(const std::vector<StoreRecord>& records, bool ordered, TopicContents& contents) {
  std::vector<RetainedMessage> messages;
  for_each_item(records, [&](StateItem& item) {
    if (const auto* message = std::get_if<RetainedMessage>(&item)) messages.push_back(*message);
    if (const auto* position = std::get_if<StatePosition>(&item)) {
      contents.positions.raise(position->publisher, position->number);
    }
  });
  add(messages, ordered, contents, [](const RetainedMessage& /*changed*/) {});
}

}  // namespace hawser
