// This same executable started again as a process with one role, with a channel to it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "hawser/result.hpp"
#include "tests/bench/json_channel.hpp"
#include "tests/hosts/network_namespace.hpp"

namespace hawser::bench {

/// The child runs `hawser-bench role JSON`. It dies with the bench.
/// Threads:   one at a time.
/// Ownership: destruction kills the child, by its pid, if it still runs, and reaps it.
class Child {
 public:
  /// `title` is what errors call it. `role` is an object that says which role, and with what (roles.hpp). The child
  /// lives in `network`, or where that is nullptr in the bench's own.
  /// Errors: system.
  static Result<std::unique_ptr<Child>> start(std::string title, const json& role,
                                              const hosts::NetworkNamespace* network = nullptr);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool tell(const json& message) { return channel_.send(message); }
  /// As JsonChannel's, with errors that name the child, and how it ended where it did.
  Result<json> receive(std::chrono::milliseconds timeout);
  Result<json> wait_for(std::string_view word, std::chrono::milliseconds timeout);

  /// kill -9.
  void kill_now();
  /// It stands still until resume().
  void pause();
  void resume();
  /// Tells the child to end and waits for it.
  /// Errors: timeout (then it is killed), system (it ended with something else than exit code 0).
  Status end(std::chrono::milliseconds timeout);

  [[nodiscard]] const std::string& title() const { return title_; }

 private:
  Child(std::string title, pid_t pid, int to_child, int from_child);
  Error naming_the_child(const Error& error, const std::string& what);
  void reap();

  std::string title_;
  pid_t pid_;
  int to_child_;
  int from_child_;
  JsonChannel channel_;
  bool reaped_ = false;
  int wait_status_ = 0;
};

}  // namespace hawser::bench
