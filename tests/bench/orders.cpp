#include "tests/bench/orders.hpp"

#include <algorithm>
#include <string>

#include "transport/core/check.hpp"

namespace hawser {
namespace bench {

const std::vector<OrderName>& order_names() {
  static const std::vector<OrderName> names{
      {"unordered", Order::unordered}, {"fifo", Order::fifo}, {"bulk", Order::bulk},    {"causal", Order::causal},
      {"total", Order::total},         {"safe", Order::safe}, {"gbcast", Order::gbcast}};
  HAWSER_CHECK(names.size() == kOrders);
  return names;
}

std::string_view name_of(Order order) {
  for (const OrderName& known : order_names()) {
    if (known.order == order) return known.name;
  }
  return "?";
}

bool has_sequencer(Order order) { return order == Order::total || order == Order::safe; }

}  // namespace bench

void to_json(nlohmann::json& to, const Order& order) { to = bench::name_of(order); }

void from_json(const nlohmann::json& from, Order& order) {
  const auto name = from.get<std::string>();
  for (const bench::OrderName& known : bench::order_names()) {
    if (known.name == name) {
      order = known.order;
      return;
    }
  }
  throw nlohmann::json::other_error::create(501, "no order class '" + name + "'", &from);
}

}  // namespace hawser
