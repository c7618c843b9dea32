// Lines of JSON over two descriptors: between the bench and one of its child processes, at either end.
#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "hawser/result.hpp"

namespace hawser::bench {

using nlohmann::json;

/// Each message is an object with a "word" that says what it is.
/// Threads:   send() any; the others one at a time.
/// Ownership: borrows the descriptors.
class JsonChannel {
 public:
  JsonChannel(int in, int out) : in_(in), out_(out) {}

  /// False where the other end is gone.
  bool send(const json& message);

  /// The next message.
  /// Errors: timeout, closed (the other end is gone), bad_data (a line that is no JSON object with a word).
  Result<json> receive(std::chrono::milliseconds timeout);

  /// The next message with that word; others before it are skipped.
  /// Errors: as receive(); system  the other end reported an error: its own words.
  Result<json> wait_for(std::string_view word, std::chrono::milliseconds timeout);

 private:
  Result<std::string> receive_line(std::chrono::milliseconds timeout);

  int in_;
  int out_;
  std::string unread_;
  std::mutex sending_;
};

}  // namespace hawser::bench
