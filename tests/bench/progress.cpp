#include "tests/bench/progress.hpp"

#include <algorithm>
#include <iterator>

namespace hawser::bench {

void Progress::note(std::int64_t at_ns, std::uint64_t messages) { notes_.push_back({at_ns, messages}); }

double Progress::messages_until(std::int64_t at_ns) const {
  const auto after = std::upper_bound(notes_.begin(), notes_.end(), at_ns,
                                      [](std::int64_t time, const Note& note) { return time < note.at_ns; });
  if (after == notes_.begin()) return notes_.empty() ? 0 : static_cast<double>(notes_.front().messages);
  const Note& before = *std::prev(after);
  if (after == notes_.end()) return static_cast<double>(before.messages);
  const double part = static_cast<double>(at_ns - before.at_ns) / static_cast<double>(after->at_ns - before.at_ns);
  return static_cast<double>(before.messages) + part * static_cast<double>(after->messages - before.messages);
}

double Progress::messages_per_second(std::int64_t from_ns, std::int64_t to_ns) const {
  if (to_ns <= from_ns) return 0;
  return (messages_until(to_ns) - messages_until(from_ns)) * 1e9 / static_cast<double>(to_ns - from_ns);
}

std::optional<std::int64_t> Progress::first_at_rate(double messages_per_second, std::int64_t from_ns,
                                                    std::int64_t window_ns) const {
  for (std::int64_t end_ns = from_ns + window_ns; end_ns <= ended_ns(); end_ns += window_ns / 2) {
    if (this->messages_per_second(end_ns - window_ns, end_ns) >= messages_per_second) return end_ns;
  }
  return std::nullopt;
}

std::int64_t Progress::began_ns() const {
  const auto first = std::find_if(notes_.begin(), notes_.end(), [](const Note& note) { return note.messages > 0; });
  return first == notes_.end() ? 0 : first->at_ns;
}

std::int64_t Progress::ended_ns() const { return notes_.empty() ? 0 : notes_.back().at_ns; }

void to_json(json& to, const Progress& progress) {
  to = json::array();
  for (const auto& note : progress.notes_) to.push_back({note.at_ns, note.messages});
}

void from_json(const json& from, Progress& progress) {
  progress.notes_.clear();
  for (const json& note : from) progress.note(note.at(0), note.at(1));
}

}  // namespace hawser::bench
