#include "pubsub-api/src/inspection/inspection_loop.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "pubsub-api/src/inspection/answers.hpp"
#include "pubsub-api/src/inspection/question.hpp"

namespace hawser {
namespace {

// After accept(2) has failed for want of something.
constexpr std::chrono::milliseconds kAcceptPause{500};

bool would_block(ssize_t result) { return result < 0 && (errno == EAGAIN || errno == EINTR); }

std::string too_long() {
  return error_answer("bad_question", "a question has at most " + std::to_string(kQuestionBytesMax) + " bytes");
}

}  // namespace

// ---- One connection ----

bool InspectionConnection::go_on(const InspectionServer::Answer& answer) {
  if (!is_answered_) {
    if (!read()) return false;
    if (!has_question()) return true;
    const std::size_t end = text_.find('\n');
    const bool is_short = (end == std::string::npos ? text_.size() : end) <= kQuestionBytesMax;
    text_ = (is_short ? answer(text_.substr(0, end)) : too_long()) + '\n';
    is_answered_ = true;
  }
  return write();
}

bool InspectionConnection::read() {
  std::array<char, kQuestionBytesMax + 1> bytes;
  const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) return would_block(got);
  text_.append(bytes.data(), static_cast<std::size_t>(got));
  is_ended_ = got == 0;
  return !is_ended_ || !text_.empty();
}

bool InspectionConnection::has_question() const {
  return is_ended_ || text_.size() > kQuestionBytesMax || text_.find('\n') != std::string::npos;
}

bool InspectionConnection::write() {
  const ssize_t sent = ::send(socket_.get(), text_.data() + written_, text_.size() - written_, MSG_NOSIGNAL);
  if (sent < 0) return would_block(sent);
  written_ += static_cast<std::size_t>(sent);
  return written_ < text_.size();
}

// ---- All of them ----

void InspectionLoop::run() {
  while (true) {
    std::vector<pollfd> ready = watched();
    ::poll(ready.data(), ready.size(), timeout());
    if (ready[0].revents != 0) return;
    const auto now = Clock::now();
    std::size_t place = 2;  // Those after the two descriptors of the server itself.
    std::erase_if(connections_, [&](InspectionConnection& connection) {
      const bool is_ready = ready[place++].revents != 0;
      return (is_ready && !connection.go_on(answer_)) || connection.deadline() <= now;
    });
    if (ready[1].revents != 0) accept();
  }
}

std::vector<pollfd> InspectionLoop::watched() const {
  const bool accepts = connections_.size() < limits_.connections_max && Clock::now() >= accepts_again_;
  std::vector<pollfd> watched = {{stop_, POLLIN, 0}, {accepts ? listener_ : -1, POLLIN, 0}};
  for (const auto& connection : connections_) watched.push_back({connection.fd(), connection.awaited(), 0});
  return watched;
}

int InspectionLoop::timeout() const {
  const auto now = Clock::now();
  auto next = Clock::time_point::max();
  if (accepts_again_ > now) next = accepts_again_;
  for (const auto& connection : connections_) next = std::min(next, connection.deadline());
  if (next == Clock::time_point::max()) return -1;
  return static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(next - now).count()));
}

void InspectionLoop::accept() {
  FileDescriptor socket{::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  const auto now = Clock::now();
  if (socket) {
    connections_.emplace_back(std::move(socket), now + limits_.patience);
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    accepts_again_ = now + kAcceptPause;
  }
}

}  // namespace hawser
