#include "tests/bench/json_channel.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds until(Clock::time_point deadline) {
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

bool is_message(const json& value) { return value.is_object() && value.contains("word") && value["word"].is_string(); }

}  // namespace

bool JsonChannel::send(const json& message) {
  const std::string line = message.dump() + '\n';
  const std::lock_guard lock{sending_};
  std::string_view rest{line};
  while (!rest.empty()) {
    const ssize_t written = ::write(out_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<json> JsonChannel::receive(milliseconds timeout) {
  const auto line = receive_line(timeout);
  if (!line) return line.error();
  json message = json::parse(*line, nullptr, false);
  if (!is_message(message)) return Error{Errc::bad_data, "no message of the bench: '" + *line + "'"};
  return message;
}

Result<json> JsonChannel::wait_for(std::string_view word, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    auto message = receive(until(deadline));
    if (!message) return message;
    const std::string got = (*message)["word"];
    if (got == word) return message;
    if (got == "error") return Error{Errc::system, message->value("what", "an error without words")};
  }
}

Result<std::string> JsonChannel::receive_line(milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = unread_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    searched = unread_.size();
    pollfd readable{in_, POLLIN, 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(until(deadline).count()));
    if (ready == 0) return Error{Errc::timeout, "no message within " + std::to_string(timeout.count()) + " ms"};
    std::array<char, 16384> bytes;
    const ssize_t got = ready < 0 ? -1 : ::read(in_, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{Errc::closed, "the other end of the pipe is closed"};
    unread_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace hawser::bench
