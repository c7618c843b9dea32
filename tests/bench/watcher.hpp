// The bench's hold on one process of role "watcher": what its node went through, read as it comes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hawser/result.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/detection.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {

/// Threads: one at a time.
class Watcher {
 public:
  /// Errors: as Child::start.
  static Result<std::unique_ptr<Watcher>> start(std::string title, const WatcherSpec& spec,
                                                const hosts::NetworkNamespace& host);

  /// Waits until it is in a view with all the others. Errors: as Child::wait_for.
  Status wait_until_opened();
  /// Reads until this is true. False where it was not by then. Errors: as Child::receive, but for its timeout.
  Result<bool> read_until(const std::function<bool()>& is_enough, std::chrono::steady_clock::time_point deadline);

  /// Told of by the node as failed, at or after `since_ns`, as far as it has been read.
  [[nodiscard]] bool has_told(const std::string& node, std::int64_t since_ns) const;
  /// At or after `since_ns` it had a view of so many, as far as it has been read.
  [[nodiscard]] bool had_view(std::size_t members, std::int64_t since_ns) const;
  /// How many its view has, as it said last; 0 before the first.
  [[nodiscard]] std::size_t members() const;

  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] const std::string& node() const { return watch_.node; }
  void kill_now() { child_->kill_now(); }
  /// Of one that has been killed: reads the rest of what it told.
  const Watch& last_words();
  /// How often it found that it had been paused. Errors: as Child::wait_for.
  Result<std::uint64_t> self_fences();
  Status end();

 private:
  explicit Watcher(std::unique_ptr<Child> child) : child_(std::move(child)) {}
  Status take(const json& message);
  Result<json> take_until(std::string_view word);

  std::unique_ptr<Child> child_;
  Watch watch_;
};

}  // namespace hawser::bench
