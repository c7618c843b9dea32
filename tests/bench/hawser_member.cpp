#include "tests/bench/hawser_member.hpp"

#include <utility>

#include "tests/bench/level.hpp"
#include "tests/bench/received_stream.hpp"

namespace hawser::bench {

using std::chrono::milliseconds;

Result<Bus> join_with_others(const std::string& domain, std::size_t members, milliseconds timeout,
                             std::function<void(const BusEvent&)> on_event) {
  const auto in_view = std::make_shared<Level>();
  Options options;
  options.domain = domain;
  options.join_timeout = timeout;
  options.on_event = [in_view, pass_on = std::move(on_event)](const BusEvent& event) {
    if (event.kind == BusEvent::Kind::view_installed) in_view->set(event.members.size());
    if (pass_on) pass_on(event);
  };
  auto bus = Bus::join(std::move(options));
  if (!bus) return bus;
  if (auto all = in_view->wait_for(members, timeout, "members in the view"); !all) return all.error();
  return bus;
}

Result<Subscription> subscribe_and_sync(Bus& bus, std::span<const std::string> topics,
                                        std::function<void(const Message&)> on_message, milliseconds timeout,
                                        std::int64_t* synced_ns) {
  // Each topic says once that it is synced; only a merge of partitions makes it do so again.
  struct Progress {
    std::size_t synced = 0;
    std::int64_t at_ns = 0;
    Level done;
  };
  const auto progress = std::make_shared<Progress>();
  Handlers handlers;
  handlers.on_message = std::move(on_message);
  handlers.on_synced = [progress, wanted = topics.size()](const Synced&) {
    if (++progress->synced != wanted) return;
    progress->at_ns = monotonic_ns();
    progress->done.set(wanted);
  };
  auto subscription = bus.subscribe(topics, std::move(handlers));
  if (!subscription) return subscription;
  if (auto all = progress->done.wait_for(topics.size(), timeout, "topics in sync"); !all) return all.error();
  if (synced_ns != nullptr) *synced_ns = progress->at_ns;
  return subscription;
}

std::vector<std::string> topic_names(std::uint32_t first, std::uint32_t topics) {
  std::vector<std::string> names;
  names.reserve(topics);
  for (std::uint32_t i = 0; i < topics; ++i) names.push_back("bench/" + std::to_string(first + i));
  return names;
}

}  // namespace hawser::bench
