// How far back into a topic's past a subscription begins.
#pragma once

#include <chrono>
#include <cstdint>

namespace hawser {

/// What a subscriber is handed of each of its topics before `Synced`.
class Start {
 public:
  enum class From {
    values,  ///< the last message of each key
    all,     ///< the topic's history; before it the last message of each key that is not in the history
    last,    ///< the last message
    none,    ///< nothing: what is published from here on
  };

  constexpr Start() = default;
  constexpr bool operator==(const Start&) const = default;
  constexpr static Start values() { return Start{From::values, 0}; }
  constexpr static Start all() { return Start{From::all, 0}; }
  constexpr static Start last() { return Start{From::last, 0}; }
  constexpr static Start none() { return Start{From::none, 0}; }
  /// Of the history, what was published at `time` or later, by the publishers' clocks.
  static Start since(std::chrono::system_clock::time_point time) {
    const auto passed = std::chrono::ceil<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return Start{From::all, passed > 0 ? static_cast<std::uint64_t>(passed) : 1};
  }

  [[nodiscard]] constexpr From from() const { return from_; }
  /// Milliseconds since 1970; 0: from the beginning.
  [[nodiscard]] constexpr std::uint64_t since() const { return since_; }

 private:
  constexpr Start(From from, std::uint64_t since) : from_(from), since_(since) {}

  From from_ = From::values;
  std::uint64_t since_ = 0;
};

}  // namespace hawser
