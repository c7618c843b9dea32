#include "tests/hosts/member.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <mutex>
#include <optional>

#include "hawser/bus.hpp"

namespace hawser::hosts {
namespace {

constexpr std::size_t kTopics = 6;
constexpr std::size_t kTopicsHeard = 4;
constexpr std::chrono::milliseconds kTick{10};
constexpr int kTicksPerSecond = 100;
constexpr std::uint64_t kTicksPerChangeOfMind = 70;
constexpr std::chrono::minutes kPatience{2};

std::string topic(std::size_t number) { return "lab." + std::to_string(number % kTopics); }

/// What the process does.
class Role {
 public:
  Role(const MemberPlan& plan, int input, int output) : plan_(plan), input_(input), output_(output) {}

  void run() {
    Options options = plan_.options;
    options.on_event = [this](const BusEvent& event) { on_event(event); };
    auto bus = Bus::join(options);
    if (!bus) return say("failed " + bus.error().message);
    std::vector<Subscription> subscriptions;
    for (std::size_t i = 0; i < kTopicsHeard; ++i) {
      subscriptions.push_back(std::move(bus->subscribe(topic(plan_.host + i), [](const Message&) {}).value()));
    }
    while (!told_to_be_quiet()) publish(*bus);
    fickle_.reset();
    const Status flushed = bus->flush(kPatience);
    say(flushed ? "finished" : "failed " + flushed.error().message);
    for (;;) ::pause();
  }

 private:
  void say(const std::string& line) {
    const std::lock_guard lock{mutex_};
    const std::string whole = line + "\n";
    static_cast<void>(!::write(output_, whole.data(), whole.size()));
  }
  void on_event(const BusEvent& event) {
    if (event.kind != BusEvent::Kind::view_installed) return;
    std::string line = "view";
    for (const std::string& member : event.members) line += " " + member;
    say(line);
  }
  /// Waits for the next tick. Nothing is said but that.
  [[nodiscard]] bool told_to_be_quiet() const {
    pollfd told{.fd = input_, .events = POLLIN, .revents = 0};
    return ::poll(&told, 1, static_cast<int>(kTick.count())) != 0;
  }
  void publish(Bus& bus) {
    for (due_ += plan_.messages_per_second; due_ >= kTicksPerSecond; due_ -= kTicksPerSecond) {
      const std::string text = bus.name() + " " + std::to_string(published_);
      // One that finds the queue full is not made up for: that is what a full queue is for.
      static_cast<void>(bus.publish(topic(plan_.host + published_ % 2 * 2), text, std::to_string(published_ % 5)).ok());
      ++published_;
    }
    if (++ticks_ % kTicksPerChangeOfMind == 0) change_mind(bus);
  }
  void change_mind(Bus& bus) {
    if (fickle_) return fickle_.reset();
    fickle_.emplace(std::move(bus.subscribe(topic(plan_.host + kTopicsHeard), [](const Message&) {}).value()));
  }

  const MemberPlan& plan_;
  const int input_;
  const int output_;
  std::mutex mutex_;
  unsigned due_ = 0;
  std::uint64_t published_ = 0;
  std::uint64_t ticks_ = 0;
  std::optional<Subscription> fickle_;
};

}  // namespace

Member::Member(const NetworkNamespace& network, const MemberPlan& plan) : trace_file_(plan.options.trace_file) {
  std::array<int, 2> down{-1, -1};
  std::array<int, 2> up{-1, -1};
  EXPECT_EQ(::pipe2(down.data(), O_CLOEXEC), 0);
  EXPECT_EQ(::pipe2(up.data(), O_CLOEXEC), 0);
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_DFL);
    if (!network.enter()) ::_exit(1);
    (new Role{plan, down[0], up[1]})->run();  // Kept until the process is killed.
    for (;;) ::pause();
  }
  ::close(down[0]);
  ::close(up[1]);
  input_ = FileDescriptor{down[1]};
  output_ = FileDescriptor{up[0]};
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
}

void Member::quiet() const { EXPECT_EQ(::write(input_.get(), "q", 1), 1); }

void Member::signal(int number) const {
  if (process_ > 0) ::kill(process_, number);  // To 0 it would go to the test and all that belongs to it.
}

void Member::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void Member::listen() {
  std::array<char, 4096> bytes;
  ssize_t got = 0;
  while ((got = ::read(output_.get(), bytes.data(), bytes.size())) > 0) {
    unread_.append(bytes.data(), static_cast<std::size_t>(got));
  }
  if (got == 0 && !is_killed()) failure_ = "it has ended by itself";
  for (std::size_t end; (end = unread_.find('\n')) != std::string::npos; unread_.erase(0, end + 1)) {
    on_line(unread_.substr(0, end));
  }
}

void Member::on_line(const std::string& line) {
  if (line.starts_with("view ")) {
    view_ = line.substr(5);
    ++views_;
  }
  if (line == "finished") finished_ = true;
  if (line.starts_with("failed ")) failure_ = line.substr(7);
}

}  // namespace hawser::hosts
