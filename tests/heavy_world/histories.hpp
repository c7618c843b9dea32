// What has happened at a node so far, as the property checkers read it. Histories are kept once and have numbers: a
// world has millions of states, and its nodes a few thousand histories.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser::heavy {

using HistoryNumber = std::uint32_t;

class Histories {
 public:
  Histories() : ends_(1) {}

  HistoryNumber add(HistoryNumber history, const TraceRecord& record);
  /// Without times.
  [[nodiscard]] std::vector<TraceEvent> events(HistoryNumber history) const;
  [[nodiscard]] std::size_t size() const { return ends_.size(); }

 private:
  using RecordNumber = std::uint32_t;
  struct End {
    HistoryNumber before = 0;
    RecordNumber record = 0;
  };
  std::vector<TraceRecord> records_;
  std::unordered_map<std::uint64_t, RecordNumber> record_numbers_;  // by digest
  std::vector<End> ends_;                                           // the first one is the empty history
  std::map<std::pair<HistoryNumber, RecordNumber>, HistoryNumber> longer_;
};

}  // namespace hawser::heavy
