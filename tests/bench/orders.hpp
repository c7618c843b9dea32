// The order classes of heavy-weight groups, by name: the one place in the bench that lists them.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/json_channel.hpp"
#include "transport/core/order.hpp"

namespace hawser {

/// As its name.
void to_json(nlohmann::json& to, const Order& order);
/// Throws json::exception where there is no such class.
void from_json(const nlohmann::json& from, Order& order);

namespace bench {

struct OrderName {
  std::string_view name;
  Order order;
};
/// All of them.
[[nodiscard]] const std::vector<OrderName>& order_names();
[[nodiscard]] std::string_view name_of(Order order);
/// Whether messages of the class wait for a place that the member of rank 0 gives them.
[[nodiscard]] bool has_sequencer(Order order);

/// Who has rank 0 in the group. What a receiver gives a place makes one way more than what its sender does.
enum class Sequencer { sender, receiver };
NLOHMANN_JSON_SERIALIZE_ENUM(Sequencer, {{Sequencer::sender, "sender"}, {Sequencer::receiver, "receiver"}})

}  // namespace bench
}  // namespace hawser
