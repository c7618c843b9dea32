#include "pubsub-api/src/session/topic_news.hpp"

#include <iterator>
#include <set>
#include <utility>

#include "pubsub-api/src/session/item_chunker.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_message.hpp"

namespace hawser {
namespace {

using MessageId = std::pair<NodeId, std::uint64_t>;

// What stands in a history in total order has no place of its own, by which the same would be known again.
std::set<MessageId> ids_in(const TopicLog& log) {
  std::set<MessageId> ids;
  log.for_each([&](const RetainedMessage& message) { ids.emplace(message.publisher, message.number); });
  return ids;
}

}  // namespace

void FormerContents::add(std::vector<StoreRecord> more) {
  if (records.empty()) {
    records = std::move(more);
  } else {
    std::move(more.begin(), more.end(), std::back_inserter(records));
  }
}

// How far they reach comes last: whoever hears only a part of the news must not take the rest for covered.
std::vector<Buffer> encode_news(const FormerContents& former) {
  ItemChunker chunker{[](std::size_t, Writer& into) { encode_news_header(into); }};
  bool any = false;
  std::vector<StatePosition> reaches;
  for_each_item(former.records, [&](StateItem& item) {
    if (const auto* position = std::get_if<StatePosition>(&item)) {
      if (!former.theirs.covers(position->publisher, position->number)) reaches.push_back(*position);
    } else if (const auto* message = std::get_if<RetainedMessage>(&item)) {
      if (former.theirs.covers(message->publisher, message->number)) return;
      chunker.add(*message);
      any = true;
    }
  });
  if (!any) return {};
  for (const StatePosition& position : reaches) chunker.add(position);
  return chunker.finish();
}

bool add_news(ByteView items, const Buffer& memory, bool ordered, TopicContents& contents,
              const std::function<void(const RetainedMessage&)>& changed,
              const std::function<void(const StatePosition&)>& reaches) {
  std::set<MessageId> known = ids_in(contents.log);
  Reader from{items};
  while (auto item = read_item(from)) {
    if (const auto* position = std::get_if<StatePosition>(&*item)) {
      reaches(*position);
    } else if (auto* message = std::get_if<RetainedMessage>(&*item)) {
      if (message->logged && !known.emplace(message->publisher, message->number).second) continue;
      message->memory = &memory;
      message->ordered = false;  // Whether it is the last of its key, its stamp decides.
      if (contents.values.fold(*message)) changed(*message);
      if (!message->logged) continue;
      message->ordered = ordered;  // Where in the history it stands, the place that it has come at.
      message->place = 0;
      contents.log.add(*message, [&](const RetainedMessage& gone) { contents.values.set_unlogged(gone); });
    }
  }
  return from.ok();
}

}  // namespace hawser
