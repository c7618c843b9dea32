#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <map>
#include <thread>

#include "tests/net/bus_test_support.hpp"

namespace hawser {
namespace {

/// A process of its own that runs `body` and ends by being killed. Make it before the test has other threads. What the
/// body writes to the stream comes out of next_line().
class Process {
 public:
  explicit Process(const std::function<void(std::FILE*)>& body) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      std::FILE* out = ::fdopen(ends[1], "w");
      std::setvbuf(out, nullptr, _IOLBF, 0);
      body(out);
      for (;;) ::pause();
    }
    ::close(ends[1]);
    lines_ = ::fdopen(ends[0], "r");
  }
  ~Process() {
    kill();
    std::fclose(lines_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(id_, number); }
  void kill() {
    if (id_ <= 0) return;
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
  }
  /// Waits for a line; empty where the process is gone and all its lines are read.
  std::string next_line() {
    char line[256];
    if (std::fgets(line, sizeof line, lines_) == nullptr) return {};
    std::string text{line};
    text.pop_back();
    return text;
  }

 private:
  pid_t id_ = 0;
  std::FILE* lines_ = nullptr;
};

/// A node that subscribes, says "ready", and then each message's publisher and text. It lives until it is killed.
void listen(const Options& options, const std::string& topic, std::FILE* out) {
  static Bus bus = join(options);
  std::fprintf(out, "%s\n", bus.name().c_str());
  const std::vector<std::string> topics{topic};
  static auto subscription = bus.subscribe(
      topics,
      {.on_message = [out](const Message& message) { std::fprintf(out, "%s\n", std::string{message.text()}.c_str()); },
       .on_synced = [out](const Synced&) { std::fprintf(out, "ready\n"); }});
}

Options options_with(Journal<BusEvent>& events) {
  Options options = options_of_test();
  options.on_event = [&events](const BusEvent& event) { events.add(event); };
  return options;
}

/// Whether a view of that many members came after the last failure of `node`, if one is given.
bool has_view_of(const std::vector<BusEvent>& events, std::size_t members, const std::string& after_failure_of = {}) {
  bool counts = after_failure_of.empty();
  bool has = false;
  for (const BusEvent& event : events) {
    if (event.kind == BusEvent::Kind::member_failed && event.node == after_failure_of) counts = true;
    if (event.kind == BusEvent::Kind::view_installed && counts) has = event.members.size() == members;
  }
  return has;
}

bool has_failed(const std::vector<BusEvent>& events, const std::string& node) {
  return std::any_of(events.begin(), events.end(), [&](const BusEvent& event) {
    return event.kind == BusEvent::Kind::member_failed && event.node == node;
  });
}

TEST(BusProcess, ProcessesHearEachOther) {
  const Options options = options_of_test();
  Process child{[&](std::FILE* out) { listen(options, "topic", out); }};
  Bus bus = join(options);
  child.next_line();
  EXPECT_EQ(child.next_line(), "ready");
  for (int i = 0; i < 100; ++i) publish(bus, "topic", std::to_string(i));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(child.next_line(), std::to_string(i));
}

TEST(BusProcess, AKilledProcessIsMissedLongBeforeItsSilenceWouldTell) {
  Journal<BusEvent> events;
  Options options = options_with(events);
  options.silence_timeout = std::chrono::minutes{1};  // Beyond the bound of this test.
  Process child{[&](std::FILE* out) { listen(options, "topic", out); }};
  Bus bus = join(options);
  const std::string name = child.next_line();
  EXPECT_EQ(child.next_line(), "ready");
  publish(bus, "topic", "x");
  EXPECT_EQ(child.next_line(), "x");

  child.kill();
  ASSERT_TRUE(events.wait_until([&](const auto& all) { return has_view_of(all, 1, name); }));
  EXPECT_TRUE(bus.flush(kBound).ok()) << "the survivor goes on alone";
  EXPECT_TRUE(events.wait_until([](const auto& all) {
    return std::any_of(all.begin(), all.end(), [](const BusEvent& event) {
      return event.kind == BusEvent::Kind::topics_repaired && event.topics == 1;
    });
  }));
}

TEST(BusProcess, SurvivorsOfAKillHearTheSameStream) {
  const Options options = options_of_test();
  std::vector<std::unique_ptr<Process>> listeners;
  for (int i = 0; i < 3; ++i) {
    listeners.push_back(std::make_unique<Process>([&](std::FILE* out) { listen(options, "topic", out); }));
  }
  Bus bus = join(options);
  for (const auto& listener : listeners) {
    listener->next_line();
    EXPECT_EQ(listener->next_line(), "ready");
  }
  constexpr int kMessages = 3000;
  for (int i = 0; i < kMessages; ++i) {
    if (i == kMessages / 2) listeners[2]->kill();
    publish(bus, "topic", std::to_string(i));
  }
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_EQ(listeners[0]->next_line(), std::to_string(i));
    ASSERT_EQ(listeners[1]->next_line(), std::to_string(i));
  }
}

TEST(BusProcess, APausedProcessIsExcludedAndComesBack) {
  Journal<BusEvent> events;
  const Options options = options_with(events);
  Process child{[&](std::FILE* out) { listen(options, "topic", out); }};
  Bus bus = join(options);
  const std::string name = child.next_line();
  EXPECT_EQ(child.next_line(), "ready");

  child.signal(SIGSTOP);
  ASSERT_TRUE(events.wait_until([&](const auto& all) { return has_failed(all, name); }));
  ASSERT_TRUE(events.wait_until([&](const auto& all) { return has_view_of(all, 1, name); }));
  child.signal(SIGCONT);
  ASSERT_TRUE(events.wait_until([&](const auto& all) { return has_view_of(all, 2, name); }));
  publish(bus, "topic", "welcome back");
  std::string line;
  do {
    line = child.next_line();
  } while (!line.empty() && line != "welcome back");
  EXPECT_EQ(line, "welcome back");
}

}  // namespace
}  // namespace hawser
