#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "tests/net/bus_test_support.hpp"
#include "tests/net/forked_process.hpp"

namespace hawser {
namespace {

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
  ForkedProcess child{[&](std::FILE*, std::FILE* out) { listen(options, "topic", out); }};
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
  ForkedProcess child{[&](std::FILE*, std::FILE* out) { listen(options, "topic", out); }};
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
  std::vector<std::unique_ptr<ForkedProcess>> listeners;
  for (int i = 0; i < 3; ++i) {
    listeners.push_back(
        std::make_unique<ForkedProcess>([&](std::FILE*, std::FILE* out) { listen(options, "topic", out); }));
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
  ForkedProcess child{[&](std::FILE*, std::FILE* out) { listen(options, "topic", out); }};
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
