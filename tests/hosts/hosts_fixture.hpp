// Five hosts with a node each, what may happen to them, and what they then say.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hawser/inspection.hpp"
#include "tests/check/check_all.hpp"
#include "tests/hosts/fault_plan.hpp"
#include "tests/hosts/lab.hpp"
#include "tests/hosts/member.hpp"
#include "tests/net/bus_test_support.hpp"
#include "tests/net/recorded_traces.hpp"

namespace hawser::hosts {

inline constexpr std::size_t kHosts = 5;
// Everybody in one view, and then that everybody has everything.
inline constexpr std::chrono::seconds kSettles{60};
// Longer than any silence after which a host is taken for gone.
inline constexpr std::chrono::seconds kNoticed{3};

inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline constexpr std::uint64_t kRate = 300;  // Messages a second, of each host.

class Hosts : public ::testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);  // A member that is gone is a failure to be told, not the end of the test.
    auto lab = Lab::create(kHosts);
    if (!lab) GTEST_SKIP() << "no hosts can be made here: " << lab.error().message;
    lab_ = std::move(lab).value();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    const bool asked_for = std::getenv("HAWSER_HOSTS_TRACES") != nullptr;
    if (HasFailure() || asked_for) {
      save_flights();
      std::printf("traces are in %s\n", folder_.c_str());
    } else {
      std::filesystem::remove_all(folder_);
    }
  }

  void start(std::size_t host) {
    MemberPlan plan{.host = host, .options = options_of_test(), .messages_per_second = rate_};
    plan.options.interface = "eth0";
    plan.options.transport = transport_;
    plan.options.peers = peers_;
    plan.options.silence_timeout = silence_timeout_;
    plan.options.trace_file = folder_ / ("trace." + std::to_string(host) + "." + std::to_string(++started_));
    if (members_.size() <= host) members_.resize(host + 1);
    if (members_[host]) former_.push_back(std::move(members_[host]));
    members_[host] = std::make_unique<Member>(lab_->host(host), plan);
  }

  void begin(const Fault& fault) {
    switch (fault.kind) {
      case Fault::Kind::part: return expect_ok(lab_->part(fault.hosts));
      case Fault::Kind::cut: return expect_ok(lab_->cut(fault.hosts[0], fault.hosts[1]));
      case Fault::Kind::lose: return expect_ok(lab_->lose(fault.permille));
      case Fault::Kind::kill: return members_[fault.hosts[0]]->kill();
      case Fault::Kind::pause: return members_[fault.hosts[0]]->pause();
    }
  }
  void end_faults() {
    expect_ok(lab_->heal());
    for (std::size_t host = 0; host < kHosts; ++host) {
      members_[host]->is_killed() ? start(host) : members_[host]->go_on();
    }
  }
  void go_through(const Round& round) {
    std::printf("%s\n", to_string(round).c_str());
    std::fflush(stdout);
    for (const Fault& fault : round.faults) begin(fault);
    listen_for(round.lasts);
    end_faults();
    listen_for(round.rests);
  }

  /// False where `is_enough` did not come true in the time.
  bool listen_until(const std::function<bool()>& is_enough, std::chrono::milliseconds bound) {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    for (;;) {
      std::vector<pollfd> outputs;
      for (const auto& member : members_) outputs.push_back({.fd = member->output(), .events = POLLIN, .revents = 0});
      for (const auto& member : members_) member->listen();
      if (is_enough()) return true;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      // A killed member's closed output would wake it at once, for nothing.
      for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i].fd = members_[i]->is_killed() ? -1 : outputs[i].fd;
      ::poll(outputs.data(), outputs.size(), static_cast<int>(left.count()));
    }
  }
  void listen_for(std::chrono::milliseconds time) {
    listen_until([] { return false; }, time);
  }
  [[nodiscard]] bool has_failed() const {
    return std::any_of(members_.begin(), members_.end(), [](const auto& m) { return !m->failure().empty(); });
  }
  /// All say that they are in one view of them all.
  [[nodiscard]] bool is_one_view() const {
    const std::string& view = members_.front()->view();
    const auto names = static_cast<std::size_t>(std::count(view.begin(), view.end(), ' ')) + 1;
    return names == kHosts &&
           std::all_of(members_.begin(), members_.end(), [&](const auto& member) { return member->view() == view; });
  }
  [[nodiscard]] std::size_t views_seen() const {
    std::size_t views = 0;
    for (const auto& member : members_) views += member->views();
    return views;
  }
  [[nodiscard]] bool all_finished() const {
    return std::all_of(members_.begin(), members_.end(), [](const auto& member) { return member->is_finished(); });
  }
  void settle() {
    ASSERT_TRUE(listen_until([this] { return is_one_view() || has_failed(); }, kSettles)) << "no common view";
    for (const auto& member : members_) member->quiet();
    ASSERT_TRUE(listen_until([this] { return all_finished() || has_failed(); }, kSettles)) << "not all is everywhere";
    for (const auto& member : members_) EXPECT_EQ(member->failure(), "");
    std::vector<std::string> paths;
    for (const auto& member : members_) paths.push_back(member->trace_file());
    wait_until_traces_rest(paths, kSettles);
  }
  [[nodiscard]] check::History history() const {
    check::History history{.settled = true};
    for (const auto* members : {&former_, &members_}) {
      for (const auto& member : *members) {
        // One that was killed before it had opened its trace has done nothing either.
        if (!member->is_killed() || std::filesystem::exists(member->trace_file())) {
          add_trace(member->trace_file(), member->is_killed(), history);
        }
      }
    }
    return history;
  }

  static void expect_ok(const Status& status) {
    if (!status) ADD_FAILURE() << status.error().message;
  }

  /// Faults as planned, all in one view again, and all that was recorded without a violation.
  void come_through(std::uint64_t seed, std::uint64_t rounds) {
    for (std::size_t host = 0; host < kHosts; ++host) start(host);
    ASSERT_TRUE(listen_until([this] { return is_one_view() || has_failed(); }, kSettles)) << "no first view";
    for (const Round& round : plan_rounds(seed, rounds, kHosts)) {
      go_through(round);
      if (HasFailure()) return;
    }
    ASSERT_NO_FATAL_FAILURE(settle());
    const check::Findings findings = check::examine(history());
    std::printf("%s\n", check::to_string(findings.coverage).c_str());
    for (const check::Violation& violation : findings.violations) ADD_FAILURE() << check::to_string(violation);
    EXPECT_GE(findings.coverage.views, rounds);
    EXPECT_GT(findings.coverage.merges + findings.coverage.joins, 0U);
  }

  std::unique_ptr<Lab> lab_;
  Transport transport_ = Transport::automatic;
  std::vector<std::string> peers_;
  std::chrono::milliseconds silence_timeout_ = Options{}.silence_timeout;
  std::vector<std::unique_ptr<Member>> members_;

 private:
  /// What those who still live recorded last, beside their traces.
  void save_flights() const {
    for (const LocalNode& node : find_local_nodes(domain_of_test())) {
      const auto answer = ask_local_node(node.socket, flight_question());
      if (answer) std::ofstream{folder_ / ("flight." + std::to_string(node.process_id) + ".json")} << *answer << '\n';
    }
  }
  static std::filesystem::path traces_folder() {
    const char* asked = std::getenv("HAWSER_HOSTS_TRACES");
    return (asked == nullptr ? std::filesystem::temp_directory_path() : std::filesystem::path{asked}) /
           domain_of_test();
  }

  const std::filesystem::path folder_ = traces_folder();
  const unsigned rate_ = static_cast<unsigned>(number_from("HAWSER_HOSTS_RATE", kRate));
  std::size_t started_ = 0;
  std::vector<std::unique_ptr<Member>> former_;
};

}  // namespace hawser::hosts
