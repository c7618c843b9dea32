#include "pubsub-api/src/session/topic_shadow.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/store_layout.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

TopicShadow::TopicShadow(TopicContents& contents, Store store) : is_new_(store == Store::differs) {
  contents.track_changes();
}

void TopicShadow::write(const TopicRecord& topic, StoreBatch& batch) {
  is_changed_ = false;
  if (std::exchange(is_new_, false)) {
    batch.erased_ranges.push_back(topic_range(topic.name));
    std::vector<StoreRecord> all = records_of(topic.name, topic.configuration, topic.contents, topic.lamport);
    std::move(all.begin(), all.end(), std::back_inserter(batch.puts));
    topic.contents.track_changes();
    return;
  }
  batch.puts.push_back(head_record(topic.name, topic.configuration, topic.contents, topic.lamport));
  topic.contents.log.take_changed(
      [&](const RetainedMessage& added) { batch.puts.push_back(message_record(topic.name, added)); },
      [&](const RetainedMessage& gone, bool all_before) {
        if (HAWSER_FAULT("session_stored_history_kept")) return;
        if (all_before) {
          batch.erased_ranges.push_back(logged_range_to(topic.name, gone));
        } else {
          batch.erased.push_back(logged_key(topic.name, gone));
        }
      });
  topic.contents.values.take_changed([&](const RetainedMessage& value) {
    if (value.logged) {
      batch.erased.push_back(value_key(topic.name, value.key));
    } else {
      batch.puts.push_back(message_record(topic.name, value));
    }
  });
}

}  // namespace hawser
