// Asking a running node about itself: who is where, and why. Joins nothing. The answers are JSON; their fields are
// in broker/INSPECTION.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"

namespace hawser {

/// A node on this machine, of a process of this user.
struct LocalNode {
  std::uint32_t process_id = 0;
  std::string socket;  ///< the path on which it answers
};

/// Those of the domain, or of all domains; the lowest process id first. Removes sockets that ended processes have left.
[[nodiscard]] std::vector<LocalNode> find_local_nodes(std::optional<std::string_view> domain = std::nullopt);

/// All heavy-weight groups.
[[nodiscard]] std::string groups_question();
/// All topics.
[[nodiscard]] std::string topics_question();
/// One topic.
[[nodiscard]] std::string topic_question(std::string_view topic);

/// What the node sent, received and went through last.
[[nodiscard]] std::string flight_question();

/// Asks, and waits for the answer: one JSON object without a line end, an error in the node's words included. At most
/// 256 MiB.
/// Errors: system    nobody answers at `socket`;
///         timeout   not in the given time;
///         closed    the node ended before its answer was here;
///         bad_data  the answer is too long.
Result<std::string> ask_local_node(const std::string& socket, std::string_view question,
                                   std::chrono::milliseconds timeout = std::chrono::seconds{10});

}  // namespace hawser
