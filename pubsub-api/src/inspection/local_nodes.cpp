#include "hawser/inspection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

#include "pubsub-api/src/inspection/question.hpp"
#include "pubsub-api/src/inspection/socket_folder.hpp"
#include "pubsub-api/src/inspection/unix_socket.hpp"
#include "transport/io/system_error.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAnswerBytesMax = std::size_t{256} << 20U;

Error ended(const std::string& socket) { return {Errc::closed, "the node at " + socket + " ended without an answer"}; }

// True where something can be read, or the other end is gone.
bool wait_for_bytes(int fd, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd readable{fd, POLLIN, 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, INT32_MAX)));
    if (ready > 0) return true;
    if (left <= 0) return false;
  }
}

}  // namespace

std::vector<LocalNode> find_local_nodes(std::optional<std::string_view> domain) {
  std::vector<LocalNode> nodes;
  for (const std::string& folder : socket_folders()) {
    for (const SocketName& name : find_sockets(folder)) {
      if (domain && name.domain != wire::domain_digest(*domain)) continue;
      nodes.push_back({name.process_id, folder + "/" + to_string(name)});
    }
  }
  std::sort(nodes.begin(), nodes.end(), [](const LocalNode& a, const LocalNode& b) {
    return std::tie(a.process_id, a.socket) < std::tie(b.process_id, b.socket);
  });
  return nodes;
}

std::string groups_question() { return to_line({Question::Kind::groups, {}}); }
std::string topics_question() { return to_line({Question::Kind::topics, {}}); }
std::string flight_question() { return to_line({Question::Kind::flight, {}}); }
std::string topic_question(std::string_view topic) { return to_line({Question::Kind::topic, std::string{topic}}); }

Result<std::string> ask_local_node(const std::string& socket, std::string_view question,
                                   std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto connection = connect_to(socket);
  if (!connection) return connection.error();
  const std::string line = std::string{question} + '\n';  // Short: the kernel takes it whole.
  const ssize_t sent = ::send(connection->get(), line.data(), line.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(line.size())) return ended(socket);
  std::string answer;
  std::array<char, 65536> bytes;
  while (wait_for_bytes(connection->get(), deadline)) {
    const ssize_t got = ::recv(connection->get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ended(socket);
    answer.append(bytes.data(), static_cast<std::size_t>(got));
    if (answer.back() == '\n') {
      answer.pop_back();
      return answer;
    }
    if (answer.size() > kAnswerBytesMax) return Error{Errc::bad_data, "the answer of " + socket + " does not end"};
  }
  return Error{Errc::timeout, "no answer from the node at " + socket + " within " + std::to_string(timeout.count()) +
                                  " ms: it may be stopped, or very busy"};
}

}  // namespace hawser
