#include "tests/bench/groups_run.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "tests/bench/received_stream.hpp"

namespace hawser::bench {
namespace {

double ms_between(std::int64_t from_ns, std::int64_t to_ns) { return static_cast<double>(to_ns - from_ns) / 1e6; }

class GroupsConductor {
 public:
  GroupsConductor(GroupEventKind event, std::uint32_t topics, std::uint32_t actor)
      : event_(event), topics_(topics), actor_(actor) {}

  Result<GroupsRun> run() {
    for (const auto step : {&GroupsConductor::prepare, &GroupsConductor::measure, &GroupsConductor::end}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return run_;
  }

 private:
  // One after the other, the actor last: so each member knows how many changes it has to see.
  Status prepare() {
    if (auto started = members_.start(topics_); !started) return started;
    for (std::uint32_t i = 1; i <= kGroupMembers; ++i) {
      const std::uint32_t index = (actor_ + i) % kGroupMembers;
      if (index == actor_ && event_ == GroupEventKind::join) continue;
      if (auto joined = members_.join(index); !joined) return joined.error();
    }
    return Ok{};
  }

  Status measure() {
    members_.settle();
    const auto left_out = event_ == GroupEventKind::kill ? std::optional{actor_} : std::nullopt;
    const auto before = members_.figures(left_out);
    if (!before) return before.error();
    if (auto done = go_through_the_event(); !done) return done;
    const auto after = members_.figures();
    if (!after) return after.error();
    run_.datagrams = after->datagrams - before->datagrams;
    run_.bytes = after->bytes - before->bytes;
    return Ok{};
  }

  Status go_through_the_event() {
    switch (event_) {
      case GroupEventKind::join: return join();
      case GroupEventKind::leave: return leave();
      case GroupEventKind::kill: return kill();
    }
    return Error{Errc::invalid_argument, "no such event"};
  }

  Status join() {
    const auto times = members_.join(actor_);
    if (!times) return times.error();
    run_.views_ms = ms_between(times->began_ns, times->views_ns);
    run_.synced_ms = ms_between(times->began_ns, times->synced_ns);
    return Ok{};
  }

  Status leave() {
    const auto began_ns = members_.leave_ns(actor_);
    if (!began_ns) return began_ns.error();
    const auto views_ns = members_.wait_until_all_changed_ns();
    if (!views_ns) return views_ns.error();
    run_.views_ms = ms_between(*began_ns, *views_ns);
    return Ok{};
  }

  Status kill() {
    const std::int64_t began_ns = members_.kill_ns(actor_);
    const auto views_ns = members_.wait_until_all_changed_ns();
    if (!views_ns) return views_ns.error();
    const std::optional<std::int64_t> decided_ns = first_failed_ns();
    if (!decided_ns || *decided_ns > *views_ns) {
      return Error{Errc::bad_data, "the survivors have repaired their topics, and none has told of the failure"};
    }
    run_.views_ms = ms_between(began_ns, *views_ns);
    run_.decided_ms = ms_between(began_ns, *decided_ns);
    run_.repaired_ms = ms_between(*decided_ns, *views_ns);
    return Ok{};
  }

  // Not every survivor knows a time of its own: it may learn of the failure from a peer's proposal.
  [[nodiscard]] std::optional<std::int64_t> first_failed_ns() const {
    std::optional<std::int64_t> first;
    for (const std::uint32_t index : members_.in()) {
      const auto failed_ns = members_.at(index).failed_ns(members_.at(actor_).name());
      if (failed_ns) first = std::min(first.value_or(*failed_ns), *failed_ns);
    }
    return first;
  }

  Status end() {
    const std::string nobody;
    const std::string& gone = event_ == GroupEventKind::kill ? members_.at(actor_).name() : nobody;
    for (const std::uint32_t index : members_.in()) run_.false_alarms += members_.at(index).failures_but_of(gone);
    return members_.end();
  }

  GroupEventKind event_;
  std::uint32_t topics_;
  std::uint32_t actor_;
  GroupMembers members_;
  GroupsRun run_;
};

}  // namespace

std::string_view to_string(GroupEventKind event) {
  switch (event) {
    case GroupEventKind::join: return "join";
    case GroupEventKind::leave: return "leave";
    case GroupEventKind::kill: return "kill";
  }
  return "?";
}

Result<GroupsRun> run_groups(GroupEventKind event, std::uint32_t topics, std::uint32_t actor) {
  return GroupsConductor{event, topics, actor}.run();
}

}  // namespace hawser::bench
