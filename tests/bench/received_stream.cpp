#include "tests/bench/received_stream.hpp"

#include <algorithm>
#include <iterator>

namespace hawser::bench {

StreamCounts& StreamCounts::operator+=(const StreamCounts& other) {
  received += other.received;
  lost += other.lost;
  duplicated += other.duplicated;
  reordered += other.reordered;
  damaged += other.damaged;
  return *this;
}

void to_json(json& to, const StreamCounts& counts) {
  to = {{"received", counts.received},     {"lost", counts.lost},
        {"duplicated", counts.duplicated}, {"reordered", counts.reordered},
        {"damaged", counts.damaged},       {"messages_per_second", counts.messages_per_second}};
}

void from_json(const json& from, StreamCounts& counts) {
  from.at("received").get_to(counts.received);
  from.at("lost").get_to(counts.lost);
  from.at("duplicated").get_to(counts.duplicated);
  from.at("reordered").get_to(counts.reordered);
  from.at("damaged").get_to(counts.damaged);
  from.at("messages_per_second").get_to(counts.messages_per_second);
}

ReceivedStream::ReceivedStream(std::size_t payload_bytes, std::size_t latencies_max, std::size_t latencies_skipped)
    : payload_bytes_(payload_bytes), latencies_max_(latencies_max), latencies_skipped_(latencies_skipped) {
  latencies_ns_.reserve(latencies_max);
}

void ReceivedStream::on_unexpected(std::uint64_t number) {
  if (number > next_) {
    missing_.emplace(next_, number - 1);
    next_ = number + 1;
    return;
  }
  const auto after = missing_.upper_bound(number);
  const bool was_missing = after != missing_.begin() && std::prev(after)->second >= number;
  if (!was_missing) {
    ++duplicated_;
    return;
  }
  ++reordered_;
  const auto [first, last] = *std::prev(after);
  missing_.erase(first);
  if (first < number) missing_.emplace(first, number - 1);
  if (number < last) missing_.emplace(number + 1, last);
}

void ReceivedStream::note_latency(std::int64_t sent_ns) {
  if (latencies_skipped_ > 0) {
    --latencies_skipped_;
  } else if (latencies_ns_.size() < latencies_max_) {
    latencies_ns_.push_back(monotonic_ns() - sent_ns);
  }
}

void ReceivedStream::stamp(std::uint64_t received) {
  last_stamp_ns_ = monotonic_ns();
  last_stamp_received_ = received;
  if (first_stamp_ns_ != 0) return;
  first_stamp_ns_ = last_stamp_ns_;
  first_stamp_received_ = received;
}

std::uint64_t ReceivedStream::missing_until(std::uint64_t sent) const {
  std::uint64_t missing = sent >= next_ ? sent - next_ + 1 : 0;
  for (const auto& [first, last] : missing_)
    missing += last >= first && first <= sent ? std::min(last, sent) - first + 1 : 0;
  return missing;
}

StreamCounts ReceivedStream::counts(std::uint64_t sent) const {
  StreamCounts counts;
  counts.lost = missing_until(sent);
  counts.received = sent - counts.lost;
  counts.duplicated = duplicated_;
  counts.reordered = reordered_;
  counts.damaged = damaged_ + (next_ > sent + 1 ? next_ - sent - 1 : 0);
  const std::int64_t elapsed_ns = last_stamp_ns_ - first_stamp_ns_;
  if (elapsed_ns > 0) {
    const auto messages = static_cast<double>(last_stamp_received_ - first_stamp_received_);
    counts.messages_per_second = messages * 1e9 / static_cast<double>(elapsed_ns);
  }
  return counts;
}

}  // namespace hawser::bench
