#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "pubsub-api/src/trace/trace_file.hpp"
#include "tests/net/bus_test_support.hpp"

namespace hawser {
namespace {

Options options_with(Journal<BusEvent>& events) {
  Options options = options_of_test();
  options.on_event = [&events](const BusEvent& event) { events.add(event); };
  return options;
}

bool has_view_of(const std::vector<BusEvent>& events, std::size_t members) {
  return !events.empty() && events.back().kind == BusEvent::Kind::view_installed &&
         events.back().members.size() == members;
}

bool any_failed(const std::vector<BusEvent>& events) {
  return std::any_of(events.begin(), events.end(),
                     [](const BusEvent& event) { return event.kind == BusEvent::Kind::member_failed; });
}

std::size_t changes_of_topics(const std::vector<BusEvent>& events) {
  std::size_t changes = 0;
  for (const BusEvent& event : events) {
    if (event.kind == BusEvent::Kind::topics_changed) changes += event.topics;
  }
  return changes;
}

TEST(BusLifetime, ViewsNameAllMembersOldestFirst) {
  Journal<BusEvent> events;
  Bus a = join(options_with(events));
  Bus b = join(options_of_test());
  ASSERT_TRUE(events.wait_until([](const auto& all) { return has_view_of(all, 2); }));
  EXPECT_EQ(events.entries().back().members, (std::vector<std::string>{a.name(), b.name()}));
}

TEST(BusLifetime, WhoLeavesHasNotFailed) {
  Journal<BusEvent> events;
  Bus a = join(options_with(events));
  Bus b = join(options_of_test());
  ASSERT_TRUE(events.wait_until([](const auto& all) { return has_view_of(all, 2); }));
  EXPECT_TRUE(b.leave(kBound).ok());
  ASSERT_TRUE(events.wait_until([](const auto& all) { return has_view_of(all, 1); }));
  EXPECT_FALSE(any_failed(events.entries()));
}

TEST(BusLifetime, WhoIsInATopicHearsThatOthersComeAndGo) {
  Journal<BusEvent> events;
  Bus a = join(options_with(events));
  const auto changes_come_to = [&](std::size_t wanted) {
    return events.wait_until([wanted](const auto& all) { return changes_of_topics(all) == wanted; });
  };
  Listener of_a{a, {"t", "u"}};
  ASSERT_TRUE(changes_come_to(2)) << "its own first views";
  Bus b = join(options_of_test());
  {
    Listener of_b{b, {"t", "u", "v"}};
    ASSERT_TRUE(changes_come_to(4));
  }
  EXPECT_TRUE(changes_come_to(6));
}

TEST(BusLifetime, WhatWasPublishedBeforeLeavingArrives) {
  Bus a = join(options_of_test());
  Listener listener{a, {"topic"}};
  {
    Bus b = join(options_of_test());
    for (int i = 0; i < 1000; ++i) publish(b, "topic", "x");
    EXPECT_TRUE(b.leave(kBound).ok());
  }
  EXPECT_TRUE(listener.heard.wait_for_count(1000));
}

TEST(BusLifetime, ABusThatHasLeftIsClosed) {
  Bus bus = join(options_of_test());
  publish(bus, "topic", "x");
  ASSERT_TRUE(bus.leave(kBound).ok());
  EXPECT_EQ(bus.publish("topic", "x").error().code, Errc::closed);
  EXPECT_EQ(bus.subscribe("topic", [](const Message&) {}).error().code, Errc::closed);
  EXPECT_EQ(bus.flush(kBound).error().code, Errc::closed);
  EXPECT_TRUE(bus.leave(kBound).ok()) << "it has left already";
  EXPECT_EQ(bus.statistics().published, 1U) << "as of the end";
}

TEST(BusLifetime, ADestroyedBusIsMissedAtOnceAndHasNotFailed) {
  Journal<BusEvent> events;
  Options options = options_with(events);
  options.silence_timeout = std::chrono::minutes{1};  // So that it is not noticed by silence.
  Bus a = join(options);
  {
    const Bus b = join(options_of_test());
    ASSERT_TRUE(events.wait_until([](const auto& all) { return has_view_of(all, 2); }));
  }
  ASSERT_TRUE(events.wait_until([](const auto& all) { return has_view_of(all, 1); }));
  EXPECT_FALSE(any_failed(events.entries()));
}

TEST(BusLifetime, ThreadsThatWaitAreToldWhenTheBusIsDestroyed) {
  for (int round = 0; round < 5; ++round) {
    Bus other = join(options_of_test());
    auto bus = std::make_unique<Bus>(join(options_of_test()));
    Journal<int> started;
    auto subscription = bus->subscribe("topic", [&, raw = bus.get()](const Message&) {
      started.add(1);
      while (raw->flush(kBound).ok()) {
      }
    });
    ASSERT_TRUE(subscription.ok());
    publish(*bus, "topic", "x");
    ASSERT_TRUE(started.wait_for_count(1));
    bus.reset();
  }
}

TEST(BusLifetime, ABusMayBeMoved) {
  Bus a = join(options_of_test());
  Bus b = std::move(a);
  Listener listener{b, {"topic"}};
  publish(b, "topic", "x");
  EXPECT_TRUE(listener.heard.wait_for_count(1));
  b = join(options_of_test());
  publish(b, "topic", "y");
}

TEST(BusLifetime, FlushMeansThatOthersHaveIt) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  for (int i = 0; i < 1000; ++i) publish(a, "topic", "x");
  ASSERT_TRUE(a.flush(kBound).ok());
  EXPECT_EQ(b.statistics().delivered, 1000U);
}

TEST(BusLifetime, StatisticsCountByTopic) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"heard"}};
  for (int i = 0; i < 3; ++i) publish(a, "heard", "x");
  for (int i = 0; i < 2; ++i) publish(a, "unheard", "x");
  ASSERT_TRUE(a.flush(kBound).ok());

  const Statistics sent = a.statistics();
  EXPECT_EQ(sent.published, 5U);
  ASSERT_EQ(sent.topics.size(), 2U);
  EXPECT_EQ(sent.topics[0].topic, "heard");
  EXPECT_EQ(sent.topics[0].published, 3U);
  EXPECT_EQ(sent.topics[1].published, 2U);
  EXPECT_GT(sent.packets_sent, 0U);
  EXPECT_GT(sent.datagrams_sent, sent.packets_sent) << "heartbeats, too";
  EXPECT_GT(sent.bytes_sent, sent.datagrams_sent);
  EXPECT_GE(sent.views_installed, 2U);

  const Statistics received = b.statistics();
  EXPECT_EQ(received.delivered, 3U);
  EXPECT_EQ(received.filtered, 2U);
  EXPECT_GT(received.packets_received, 0U);
}

TEST(BusLifetime, TheTraceHasWhatWasPublishedAndReceived) {
  Options options = options_of_test();
  options.trace_file = (std::filesystem::temp_directory_path() / ("hawser_" + options.domain)).string();
  std::string name;
  {
    Bus bus = join(options);
    name = bus.name();
    Listener listener{bus, {"topic"}};
    publish(bus, "topic", "x");
    ASSERT_TRUE(listener.heard.wait_for_count(1));
    // What a handler has seen is in the file already, whatever happens to the process now.
    const auto trace = read_trace_file(options.trace_file);
    ASSERT_TRUE(trace.ok()) << trace.error().message;
    const auto has = [&](auto is_wanted) {
      return std::any_of(trace.value().events.begin(), trace.value().events.end(),
                         [&](const TraceEvent& event) { return is_wanted(event.what); });
    };
    EXPECT_TRUE(has([](const TraceRecord& what) { return std::holds_alternative<trace::HeavyView>(what); }));
    EXPECT_TRUE(has([](const TraceRecord& what) {
      const auto* published = std::get_if<trace::Published>(&what);
      return published != nullptr && published->topic == "topic" && published->number == 1;
    }));
    EXPECT_TRUE(has([](const TraceRecord& what) {
      const auto* received = std::get_if<trace::Received>(&what);
      return received != nullptr && received->topic == "topic" && received->number == 1;
    }));
    EXPECT_EQ(to_string(trace.value().node), name);
  }
  EXPECT_TRUE(read_trace_file(options.trace_file).ok());
  std::filesystem::remove(options.trace_file);
}

}  // namespace
}  // namespace hawser
