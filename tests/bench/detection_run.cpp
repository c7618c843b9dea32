// A detection run: members on hosts of their own, struck again and again.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "tests/bench/detection.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/stream_run.hpp"
#include "tests/bench/watcher.hpp"
#include "transport/core/rng.hpp"

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::system_clock;

// On a busy machine it takes a while to make the rules of a cut.
constexpr milliseconds kCutAhead{300};
constexpr milliseconds kNoticed{3000};  // Beyond the most that silence may take.
constexpr int kSilenceGrowthMax = 4;    // See FailureDetectorTimes.

std::size_t host_of(std::size_t member) { return member < 2 ? 0 : member - 1; }

class DetectionConductor {
 public:
  DetectionConductor(const DetectionPlan& plan, hosts::Lab& lab, Output& progress)
      : plan_(plan), lab_(lab), progress_(progress), rng_(plan.seed) {}

  Result<DetectionRun> run() {
    if (auto begun = begin(); !begun) return begun.error();
    const auto end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{plan_.minutes * 60});
    while (Clock::now() < end && !has_enough()) {
      be_quiet();
      if (auto struck = strike(); !struck) return struck.error();
      progress_.progress("strike " + std::to_string(run_.strikes.size()) + ": " +
                         std::string{to_string(run_.strikes.back().kind)});
    }
    be_quiet();
    if (auto ended = finish(); !ended) return ended.error();
    return std::move(run_);
  }

 private:
  Status begin();
  Status start(std::size_t member);
  [[nodiscard]] bool has_enough() const { return plan_.strikes_max != 0 && run_.strikes.size() >= plan_.strikes_max; }
  void be_quiet();
  Status strike();
  Status cut();
  Status part_from(std::size_t host, Strike& strike);
  Status kill(std::size_t victim);
  /// Until each of these has missed all of the others and has the view of its own, or would have had to.
  Status wait_until_missed(const std::vector<std::size_t>& by, const std::vector<std::string>& of,
                           const Strike& strike);
  Status wait_until_one_view();
  [[nodiscard]] std::vector<std::string> names(const std::vector<std::size_t>& members) const;
  Status finish();

  const DetectionPlan& plan_;
  hosts::Lab& lab_;
  Output& progress_;
  Rng rng_;
  WatcherSpec spec_;
  std::vector<std::unique_ptr<Child>> stress_;
  std::vector<std::unique_ptr<Watcher>> members_;
  DetectionRun run_;
};

Status DetectionConductor::begin() {
  spec_ = {.domain = fresh_domain(),
           .members = plan_.members,
           .silence_ms = plan_.silence_ms,
           .heartbeat_us = static_cast<std::uint32_t>(std::lround(heartbeat_ms_of(plan_) * 1000)),
           .impairment = "loss=" + plan_.loss};
  members_.resize(plan_.members);
  for (std::size_t member = 0; member < members_.size(); ++member) {
    if (auto started = start(member); !started) return started;
  }
  for (const auto& member : members_) {
    if (auto opened = member->wait_until_opened(); !opened) return opened;
  }
  for (std::uint32_t i = 0; i < plan_.stress; ++i) {
    auto child = Child::start("stress", stress_role(i));
    if (!child) return child.error();
    stress_.push_back(std::move(child).value());
  }
  if (auto one = wait_until_one_view(); !one) return one;
  run_.began_ns = monotonic_ns();
  return Ok{};
}

Status DetectionConductor::start(std::size_t member) {
  const std::size_t host = host_of(member);
  auto watcher = Watcher::start("member " + std::to_string(member + 1) + " on host " + std::to_string(host + 1), spec_,
                                lab_.host(host));
  if (!watcher) return watcher.error();
  members_[member] = std::move(watcher).value();
  return Ok{};
}

void DetectionConductor::be_quiet() {
  const auto least = static_cast<std::uint64_t>(plan_.quiet_seconds_min * 1e6);
  const auto most = static_cast<std::uint64_t>(plan_.quiet_seconds_max * 1e6);
  std::this_thread::sleep_for(std::chrono::microseconds{rng_.between(least, std::max(least, most))});
}

// By turns, so that each kind has as many.
Status DetectionConductor::strike() {
  switch (run_.strikes.size() % 3) {
    case 0: return cut();
    case 1: return kill(rng_.below(2));
    default: return kill(rng_.between(2, members_.size() - 1));
  }
}

Status DetectionConductor::cut() {
  const std::size_t host = rng_.below(lab_.size());
  std::vector<std::size_t> struck;
  std::vector<std::size_t> survivors;
  for (std::size_t member = 0; member < members_.size(); ++member) {
    (host_of(member) == host ? struck : survivors).push_back(member);
  }
  Strike strike{.kind = StrikeKind::silent, .struck = names(struck), .survivors = names(survivors)};
  if (auto parted = part_from(host, strike); !parted) return parted;
  if (auto missed = wait_until_missed(survivors, strike.struck, strike); !missed) return missed;
  if (auto missed = wait_until_missed(struck, strike.survivors, strike); !missed) return missed;
  strike.healed_ns = monotonic_ns();
  run_.strikes.push_back(std::move(strike));
  if (auto healed = lab_.heal(); !healed) return healed;
  return wait_until_one_view();
}

// Making a rule takes a busy machine some tens of milliseconds: so it is made before, for a moment that is known.
Status DetectionConductor::part_from(std::size_t host, Strike& strike) {
  for (;;) {
    const auto at = std::chrono::ceil<std::chrono::seconds>(system_clock::now() + kCutAhead);
    if (auto parted = lab_.part_at({host}, at); !parted) return parted;
    const auto left = std::chrono::nanoseconds{at - system_clock::now()};
    strike.at_ns = monotonic_ns() + left.count();
    if (left.count() > 0) return Ok{};
    if (auto healed = lab_.heal(); !healed) return healed;
    if (auto one = wait_until_one_view(); !one) return one;
  }
}

Status DetectionConductor::kill(std::size_t victim) {
  const bool alone = victim > 1;
  std::vector<std::size_t> survivors;
  for (std::size_t member = 0; member < members_.size(); ++member) {
    if (member != victim) survivors.push_back(member);
  }
  Strike strike{.kind = alone ? StrikeKind::alone : StrikeKind::killed,
                .struck = names({victim}),
                .survivors = names(survivors),
                .same_host = alone ? std::string{} : members_[1 - victim]->node()};
  strike.at_ns = monotonic_ns();
  members_[victim]->kill_now();
  if (auto missed = wait_until_missed(survivors, strike.struck, strike); !missed) return missed;
  strike.healed_ns = monotonic_ns();
  run_.strikes.push_back(std::move(strike));
  run_.watches.push_back(members_[victim]->last_words());
  if (auto started = start(victim); !started) return started;
  if (auto opened = members_[victim]->wait_until_opened(); !opened) return opened;
  return wait_until_one_view();
}

Status DetectionConductor::wait_until_missed(const std::vector<std::size_t>& by, const std::vector<std::string>& of,
                                             const Strike& strike) {
  const std::int64_t left_ns = strike.at_ns - monotonic_ns();
  const auto deadline =
      Clock::now() + std::chrono::nanoseconds{left_ns} + milliseconds{plan_.silence_ms} * kSilenceGrowthMax + kNoticed;
  for (const std::size_t index : by) {
    Watcher& member = *members_[index];
    const auto has_missed = [&] {
      return member.had_view(by.size(), strike.at_ns) &&
             std::all_of(of.begin(), of.end(), [&](const auto& node) { return member.has_told(node, strike.at_ns); });
    };
    if (auto read = member.read_until(has_missed, deadline); !read) return read.error();
  }
  return Ok{};
}

Status DetectionConductor::wait_until_one_view() {
  const auto deadline = Clock::now() + kPatience;
  const auto in_all = [](const Watcher& member, std::size_t all) { return member.members() == all; };
  // One that was asked before the others may have left that view again.
  for (bool is_one = false; !is_one;) {
    for (const auto& member : members_) {
      const auto came = member->read_until([&] { return in_all(*member, members_.size()); }, deadline);
      if (!came) return came.error();
      if (!*came) return Error{Errc::timeout, "the members do not come together"};
    }
    is_one = true;
    for (const auto& member : members_) {
      if (auto read = member->read_until([] { return false; }, Clock::now()); !read) return read.error();
      is_one = is_one && in_all(*member, members_.size());
    }
  }
  return Ok{};
}

std::vector<std::string> DetectionConductor::names(const std::vector<std::size_t>& members) const {
  std::vector<std::string> names;
  for (const std::size_t member : members) names.push_back(members_[member]->node());
  return names;
}

// What they tell on their way out is no word about a failure.
Status DetectionConductor::finish() {
  run_.ended_ns = monotonic_ns();
  for (const auto& member : members_) {
    const auto fences = member->self_fences();
    if (!fences) return fences.error();
    run_.self_fences += *fences;
    run_.watches.push_back(member->watch());
  }
  stress_.clear();
  for (const auto& member : members_) {
    if (auto ended = member->end(); !ended) return ended;
  }
  return Ok{};
}

}  // namespace

Result<DetectionRun> run_detection(const DetectionPlan& plan, hosts::Lab& lab, Output& progress) {
  return DetectionConductor{plan, lab, progress}.run();
}

}  // namespace hawser::bench
