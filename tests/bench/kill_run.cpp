#include "tests/bench/kill_run.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/child.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/roles.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStepPatience = kPatience + milliseconds{5000};
constexpr milliseconds kRepairPatience{20000};
constexpr milliseconds kEndPatience{5000};
constexpr double kNs_per_ms = 1e6;

class KillConductor {
 public:
  KillConductor(std::uint32_t topics, std::uint32_t victim)
      : spec_{fresh_domain(), kKillMembers, topics}, victim_(victim) {}

  Result<KillRun> run() {
    for (const auto step :
         {&KillConductor::start, &KillConductor::subscribe, &KillConductor::kill, &KillConductor::end}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return run_;
  }

 private:
  Status start() {
    for (std::uint32_t i = 0; i < kKillMembers; ++i) {
      auto member = Child::start("member " + std::to_string(i + 1), member_role(spec_));
      if (!member) return member.error();
      members_.push_back(std::move(member).value());
    }
    for (std::uint32_t i = 0; i < kKillMembers; ++i) {
      const auto opened = members_[i]->wait_for("opened", kStepPatience);
      if (!opened) return opened.error();
      if (i == victim_) victim_name_ = opened.value().at("name");
    }
    return Ok{};
  }

  Status subscribe() {
    const std::int64_t began_ns = monotonic_ns();
    for (const auto& member : members_) member->tell({{"word", "subscribe"}});
    for (const auto& member : members_) {
      if (auto ready = member->wait_for("ready", kStepPatience); !ready) return ready.error();
    }
    run_.join_ms = static_cast<double>(monotonic_ns() - began_ns) / kNs_per_ms;
    return Ok{};
  }

  Status kill() {
    const std::int64_t killed_ns = monotonic_ns();
    members_[victim_]->kill_now();
    std::int64_t first_failed_ns = std::numeric_limits<std::int64_t>::max();
    std::int64_t last_repaired_ns = 0;
    for (std::uint32_t i = 0; i < kKillMembers; ++i) {
      if (i == victim_) continue;
      auto times = follow(*members_[i]);
      if (!times) return times.error();
      first_failed_ns = std::min(first_failed_ns, times->failed_ns);
      last_repaired_ns = std::max(last_repaired_ns, times->repaired_ns);
    }
    if (first_failed_ns > last_repaired_ns) {
      return Error{Errc::bad_data, "the survivors have repaired their topics, and none has told of the failure"};
    }
    run_.detect_ms = static_cast<double>(first_failed_ns - killed_ns) / kNs_per_ms;
    run_.repair_ms = static_cast<double>(last_repaired_ns - first_failed_ns) / kNs_per_ms;
    return Ok{};
  }

  struct Times {
    std::int64_t failed_ns = 0;
    std::int64_t repaired_ns = 0;
  };
  // A survivor's events until it has repaired its topics. It may learn of the failure from a peer's proposal first, and
  // then knows no time of its own.
  Result<Times> follow(Child& survivor) {
    Times times{std::numeric_limits<std::int64_t>::max(), 0};
    while (times.repaired_ns == 0) {
      const auto event = survivor.receive(kRepairPatience);
      if (!event) return event.error();
      const std::string word = event->at("word");
      if (word == "error") return Error{Errc::system, survivor.title() + ": " + event->value("what", "")};
      if (word == "failed" && event->at("node") == victim_name_) {
        times.failed_ns = event->at("at_ns");
      } else if (word == "failed") {
        ++run_.false_alarms;
      } else if (word == "repaired") {
        if (auto right = check_topics(survivor, event->at("topics")); !right) return right.error();
        times.repaired_ns = event->at("at_ns");
      }
    }
    return times;
  }

  [[nodiscard]] Status check_topics(const Child& survivor, std::uint32_t topics) const {
    if (topics == spec_.topics) return Ok{};
    return Error{Errc::bad_data, survivor.title() + " repaired " + std::to_string(topics) + " topics and not " +
                                     std::to_string(spec_.topics)};
  }

  Status end() {
    for (std::uint32_t i = 0; i < kKillMembers; ++i) {
      if (i == victim_) continue;
      if (auto ended = members_[i]->end(kEndPatience); !ended) return ended;
    }
    return Ok{};
  }

  MemberSpec spec_;
  std::uint32_t victim_;
  std::string victim_name_;
  std::vector<std::unique_ptr<Child>> members_;
  KillRun run_;
};

}  // namespace

Result<KillRun> run_kill(std::uint32_t topics, std::uint32_t victim) { return KillConductor{topics, victim}.run(); }

}  // namespace hawser::bench
