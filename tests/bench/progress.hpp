// How far a stream was, at which times.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/json_channel.hpp"

namespace hawser::bench {

/// Between two notes the stream is taken to have gone on evenly. Threads: single-threaded.
class Progress {
 public:
  /// Neither may be less than before.
  void note(std::int64_t at_ns, std::uint64_t messages);

  /// Over [from_ns, to_ns]; 0 where that is no time. Before the first note, and after the last, nothing came.
  [[nodiscard]] double messages_per_second(std::int64_t from_ns, std::int64_t to_ns) const;
  /// The end of the first window of `window_ns` after `from_ns` in which at least so many came; nothing where there is
  /// none.
  [[nodiscard]] std::optional<std::int64_t> first_at_rate(double messages_per_second, std::int64_t from_ns,
                                                          std::int64_t window_ns) const;
  /// From the first note on that has a message, to the last one; 0 where there is none.
  [[nodiscard]] std::int64_t began_ns() const;
  [[nodiscard]] std::int64_t ended_ns() const;

  friend void to_json(json& to, const Progress& progress);
  friend void from_json(const json& from, Progress& progress);

 private:
  struct Note {
    std::int64_t at_ns;
    std::uint64_t messages;
  };
  [[nodiscard]] double messages_until(std::int64_t at_ns) const;

  std::vector<Note> notes_;
};

}  // namespace hawser::bench
