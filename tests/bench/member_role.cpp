#include <chrono>
#include <set>
#include <utility>

#include "tests/bench/hawser_member.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

constexpr std::chrono::minutes kOrderPatience{5};

std::set<std::string> topic_names(std::uint32_t topics) {
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < topics; ++i) names.insert("bench/" + std::to_string(i));
  return names;
}

void tell(JsonChannel& bench, const BusEvent& event) {
  const std::int64_t at_ns = std::chrono::nanoseconds{event.at.time_since_epoch()}.count();
  switch (event.kind) {
    case BusEvent::Kind::member_failed:
      bench.send({{"word", "failed"}, {"node", event.node}, {"at_ns", at_ns}});
      return;
    case BusEvent::Kind::topics_repaired:
      bench.send({{"word", "repaired"}, {"topics", event.topics}, {"at_ns", at_ns}});
      return;
    case BusEvent::Kind::view_installed:
      bench.send({{"word", "view"}, {"members", event.members.size()}, {"at_ns", at_ns}});
      return;
    case BusEvent::Kind::merged: return;
  }
}

}  // namespace

Status run_member(const MemberSpec& spec, JsonChannel& bench) {
  auto bus =
      join_with_others(spec.domain, spec.members, kPatience, [&bench](const BusEvent& event) { tell(bench, event); });
  if (!bus) return bus.error();
  bench.send({{"word", "opened"}, {"name", bus->name()}});

  if (auto order = bench.wait_for("subscribe", kOrderPatience); !order) return order.error();
  const auto subscription = subscribe_and_sync(*bus, topic_names(spec.topics), [](const Message&) {}, kPatience);
  if (!subscription) return subscription.error();
  bench.send({{"word", "ready"}});
  if (auto end = bench.wait_for("end", kOrderPatience); !end) return end.error();
  return Ok{};
}

}  // namespace hawser::bench
