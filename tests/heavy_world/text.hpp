// Traces for people.
#pragma once

#include <string>
#include <vector>

#include "tests/heavy_world/machine.hpp"
#include "tests/heavy_world/scenario.hpp"

namespace hawser::heavy {

/// The node of this index: "A", "B", …
[[nodiscard]] NodeId id_of(std::size_t node);
[[nodiscard]] std::string name_of(std::size_t node);
[[nodiscard]] std::string names_of(const std::vector<NodeId>& nodes);

/// "proposal 3 of AB, sync 3 cut 1 0 2"
[[nodiscard]] std::string text_of_datagram(const Buffer& datagram);
/// "→ all: ack 1 0 2"
[[nodiscard]] std::string text_of_sent(const Outbound& sent, const Datagrams& datagrams);
[[nodiscard]] std::string text_of_record(const TraceRecord& record);
[[nodiscard]] std::string text_of_message(const Message& message);

}  // namespace hawser::heavy
