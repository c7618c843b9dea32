#include "tests/heavy_world/histories.hpp"

#include <algorithm>

#include "transport/core/state_digest.hpp"

namespace hawser::heavy {

HistoryNumber Histories::add(HistoryNumber history, const TraceRecord& record) {
  StateDigest digest;
  digest.add(record);
  const auto next_record = static_cast<RecordNumber>(records_.size());
  const auto [known, is_new_record] = record_numbers_.try_emplace(digest.value(), next_record);
  if (is_new_record) records_.push_back(record);
  const auto next = static_cast<HistoryNumber>(ends_.size());
  const auto [at, is_new] = longer_.try_emplace({history, known->second}, next);
  if (is_new) ends_.push_back({history, known->second});
  return at->second;
}

std::vector<TraceEvent> Histories::events(HistoryNumber history) const {
  std::vector<TraceEvent> events;
  for (; history != 0; history = ends_[history].before) events.push_back({Time{}, records_[ends_[history].record]});
  std::reverse(events.begin(), events.end());
  return events;
}

}  // namespace hawser::heavy
