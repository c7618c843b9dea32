#include "examples/stock_ticker/comparer.hpp"

namespace ticker {
namespace {

std::string row_name(std::uint64_t number) { return "row " + std::to_string(number); }

std::string came_after(std::uint64_t number, std::uint64_t newest) {
  return row_name(number) + " came after " + row_name(newest);
}

}  // namespace

StreamComparer::StreamComparer(const FeedIndex& feed) {
  for (const auto& [topic, rows] : feed) {
    topics_[topic].rows = &rows;
    outstanding_ += rows.size();
  }
}

void StreamComparer::on_message(std::string_view topic, std::uint64_t number, std::string_view text, bool retained) {
  ++counts_.delivered;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return fault(counts_.altered, 1, topic, "nobody subscribed to it");
  const TopicRows& rows = *found->second.rows;
  const bool is_row = number >= 1 && number <= rows.size() && rows[number - 1] == text;
  if (retained) {
    on_state(*found, number, is_row);
  } else {
    on_live(*found, number, is_row);
  }
}

void StreamComparer::on_state(Topics::value_type& topic, std::uint64_t number, bool is_row) {
  auto& [name, progress] = topic;
  ++progress.retained;
  if (!is_row) return fault(counts_.wrong_state, 1, name, "state: " + row_name(number) + " is not the feed's");
  if (progress.synced) return fault(counts_.wrong_state, 1, name, "state: " + row_name(number) + " came after the cut");
  if (progress.retained > 1) return fault(counts_.wrong_state, 1, name, "state: " + row_name(number) + " came second");
  if (progress.newest == 0) {
    ++counts_.state_topics;
  } else if (number < progress.newest) {
    return fault(counts_.wrong_state, 1, name, "state: " + came_after(number, progress.newest));
  } else if (number > progress.newest + 1) {
    fault(counts_.lost, number - progress.newest - 1, name, "state: " + came_after(number, progress.newest));
  }
  move_on(progress, number);
}

void StreamComparer::on_live(Topics::value_type& topic, std::uint64_t number, bool is_row) {
  auto& [name, progress] = topic;
  if (!is_row) return fault(counts_.altered, 1, name, row_name(number) + " is not the feed's");
  if (!progress.synced) fault(counts_.wrong_state, 1, name, row_name(number) + " came live before the state was in");
  if (number <= progress.newest) {
    return fault(counts_.duplicated, 1, name, came_after(number, progress.newest));
  }
  const std::uint64_t passed_over = number - progress.newest - 1;
  if (passed_over > 0) {
    fault(counts_.lost, passed_over, name, came_after(number, progress.newest));
  }
  move_on(progress, number);
}

void StreamComparer::on_synced(std::string_view topic, std::size_t retained_messages, bool state_lost) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return fault(counts_.altered, 1, topic, "synced, but nobody subscribed to it");
  Progress& progress = found->second;
  if (state_lost) fault(counts_.wrong_state, 1, topic, "its state is lost");
  if (progress.synced) return fault(counts_.wrong_state, 1, topic, "synced twice");
  if (progress.retained != retained_messages) {
    fault(counts_.wrong_state, 1, topic, "its state had another number of messages than was announced");
  }
  progress.synced = true;
  ++counts_.topics_synced;
}

void StreamComparer::on_joining_anew(std::string_view topic) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  if (found->second.synced) --counts_.topics_synced;
  found->second.synced = false;
  found->second.retained = 0;
}

std::string_view StreamComparer::newest_row(std::string_view topic) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end() || found->second.newest == 0) return {};
  return (*found->second.rows)[found->second.newest - 1];
}

void StreamComparer::move_on(Progress& progress, std::uint64_t number) {
  if (progress.newest == 0) ++counts_.topics_heard;
  outstanding_ -= number - progress.newest;
  progress.newest = number;
}

void StreamComparer::fault(std::uint64_t& count, std::uint64_t by, std::string_view topic, const std::string& what) {
  count += by;
  if (first_fault_.empty()) first_fault_ = std::string(topic) + ": " + what;
}

}  // namespace ticker
