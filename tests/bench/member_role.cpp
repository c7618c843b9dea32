#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/group_members.hpp"
#include "tests/bench/hawser_member.hpp"
#include "tests/bench/process_memory.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

constexpr std::chrono::minutes kOrderPatience{5};

/// Passes on what the Bus tells. Threads: tell() on the Bus's event thread; the others any.
class EventTeller {
 public:
  EventTeller(JsonChannel& bench, std::uint32_t topics) : bench_(bench), topics_(topics), goal_(topics) {}

  /// From now on a merge is an error: it makes topics join anew, and so nothing that is counted means anything.
  void expect_no_merge() { merge_expected_ = false; }

  void tell(const BusEvent& event) {
    const std::int64_t at_ns = std::chrono::nanoseconds{event.at.time_since_epoch()}.count();
    if (event.kind == BusEvent::Kind::view_installed) {
      bench_.send({{"word", "view"}, {"members", event.members.size()}, {"at_ns", at_ns}});
    } else if (event.kind == BusEvent::Kind::member_failed) {
      bench_.send({{"word", "failed"}, {"node", event.node}, {"at_ns", at_ns}});
    } else if (event.kind == BusEvent::Kind::topics_changed) {
      changes_ += event.topics;
      tell_changes(at_ns);
    } else if (event.kind == BusEvent::Kind::merged && !merge_expected_) {
      bench_.send({{"word", "error"}, {"what", "it was taken for a partition of its own, and has merged"}});
    }
  }

 private:
  // A line for each event would keep the bench's own process busy while something is measured.
  void tell_changes(std::int64_t at_ns) {
    if (changes_ < goal_) return;
    bench_.send({{"word", "changed"}, {"changes", changes_}, {"at_ns", at_ns}});
    goal_ += topics_;
  }

  JsonChannel& bench_;
  const std::uint64_t topics_;
  std::uint64_t changes_ = 0;
  std::uint64_t goal_;
  std::atomic<bool> merge_expected_{true};  // While the members find each other.
};

class MemberRole {
 public:
  MemberRole(const MemberSpec& spec, JsonChannel& bench) : spec_(spec), bench_(bench), events_(bench, spec.topics) {}

  Status run() {
    bench_.send({{"word", "joining"}, {"at_ns", monotonic_ns()}});
    auto bus = join_with_others(spec_.domain, spec_.members, kPatience,
                                [this](const BusEvent& event) { events_.tell(event); });
    if (!bus) return bus.error();
    bench_.send({{"word", "opened"}, {"name", bus->name()}});
    for (;;) {
      const auto order = bench_.receive(kOrderPatience);
      if (!order) return order.error();
      if (order->at("word") == "end") return Ok{};
      if (auto done = obey(order->at("word"), *bus); !done) return done;
    }
  }

 private:
  Status obey(const std::string& order, Bus& bus) {
    if (order == "subscribe") return subscribe(bus);
    if (order == "unsubscribe") return unsubscribe();
    if (order == "tell figures") return tell_figures(bus);
    return Error{Errc::invalid_argument, "no order '" + order + "'"};
  }

  Status subscribe(Bus& bus) {
    events_.expect_no_merge();
    const std::vector<std::string> topics = topic_names(topics_, spec_.topics);
    topics_ += spec_.topics;
    std::int64_t synced_ns = 0;
    const std::int64_t began_ns = monotonic_ns();
    auto subscription = subscribe_and_sync(bus, topics, [](const Message&) {}, kPatience, &synced_ns);
    if (!subscription) return subscription.error();
    subscriptions_.push_back(std::move(subscription).value());
    bench_.send({{"word", "synced"}, {"began_ns", began_ns}, {"at_ns", synced_ns}});
    return Ok{};
  }

  Status unsubscribe() {
    const std::int64_t began_ns = monotonic_ns();
    subscriptions_.clear();
    bench_.send({{"word", "unsubscribed"}, {"began_ns", began_ns}});
    return Ok{};
  }

  Status tell_figures(const Bus& bus) {
    MemberFigures figures{.resident_bytes = resident_bytes(), .heap_bytes = heap_bytes()};
    const Statistics statistics = bus.statistics();
    figures.datagrams = statistics.datagrams_sent;
    figures.bytes = statistics.bytes_sent;
    bench_.send({{"word", "figures"}, {"figures", figures}});
    return Ok{};
  }

  const MemberSpec& spec_;
  JsonChannel& bench_;
  EventTeller events_;
  std::uint32_t topics_ = 0;  // Subscribed to so far.
  std::vector<Subscription> subscriptions_;
};

}  // namespace

Status run_member(const MemberSpec& spec, JsonChannel& bench) { return MemberRole{spec, bench}.run(); }

}  // namespace hawser::bench
