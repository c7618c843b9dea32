// One whole node, alone in its domain: the layers are wired, and every event is handled before an input returns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pubsub-api/src/session/bus_node.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;

const NodeId kSelf{Incarnation{7}, Endpoint{0x7f000001, 40001}};

std::vector<Pattern> topics(const std::vector<std::string>& names) {
  std::vector<Pattern> patterns;
  for (const std::string& name : names) patterns.push_back(Pattern::parse(name).value());
  return patterns;
}

class LoneNode {
 public:
  LoneNode() : node_({.node = {.self = kSelf}}, Rng{1}) {
    node_.on_start(now_, out_);
    done();
  }

  BusNode& operator*() { return node_; }

  // Lets time pass until `reached`; false where that takes more than a virtual minute.
  template <typename Condition>
  bool run_until(Condition&& reached) {
    const Time end = now_ + std::chrono::minutes{1};
    while (!reached() && now_ < end) {
      now_ = std::max(now_, node_.next_deadline());
      node_.on_timeout(now_, out_);
      done();
    }
    return reached();
  }

  // Calls an input, and what a driver does after it.
  template <typename Input>
  void input(Input&& call) {
    call(node_, now_, out_);
    done();
  }

  std::vector<std::string> seen;

 private:
  void done() {
    node_.flush(now_, out_);
    EXPECT_TRUE(out_.transport.events.empty());
    out_.transport.control.clear();
    out_.transport.data.clear();
    for (const BusNodeEvent& event : out_.events) {
      const auto* view = std::get_if<ControlView>(&event);
      if (view != nullptr) seen.push_back("view of " + std::to_string(view->view.members.size()));
    }
    for (const SessionEvent& event : out_.session) {
      if (std::holds_alternative<TopicSubscribed>(event.what)) continue;
      const bool is_message = std::holds_alternative<TopicMessage>(event.what);
      seen.push_back(std::string{node_.session().name_of(event.topic)} + (is_message ? " message" : " synced"));
    }
    out_.session.clear();
    out_.events.clear();
  }

  BusNode node_;
  BusNodeOutbox out_;
  Time now_{std::chrono::hours{1}};
};

TEST(BusNode, ALoneNodeHearsItself) {
  LoneNode node;
  ASSERT_TRUE(node.run_until([&] { return (*node).in_view(); }));
  node.input(
      [](BusNode& bus, Time now, BusNodeOutbox& out) { bus.subscribe(SubscriberId{1}, topics({"t"}), now, out); });
  node.input([](BusNode& bus, Time now, BusNodeOutbox& out) {
    EXPECT_EQ(bus.publish(bus.topic("t"), "", std::as_bytes(std::span{"x", 1}), now, out).value(), 1U);
  });
  ASSERT_TRUE(node.run_until([&] { return (*node).all_stable(); }));
  EXPECT_THAT(node.seen, ElementsAre("view of 1", "t synced", "t message"));
}

TEST(BusNode, WhatIsPublishedBeforeTheFirstViewIsHeardAfterIt) {
  LoneNode node;
  node.input([](BusNode& bus, Time now, BusNodeOutbox& out) {
    bus.subscribe(SubscriberId{1}, topics({"t"}), now, out);
    EXPECT_EQ(bus.publish(bus.topic("t"), "", ByteView{}, now, out).value(), 1U);
  });
  EXPECT_FALSE((*node).all_stable());
  ASSERT_TRUE(node.run_until([&] { return (*node).all_stable(); }));
  EXPECT_THAT(node.seen, ElementsAre("view of 1", "t synced", "t message"));
}

TEST(BusNode, WhoWithdrawsFromItsTopicsHasLeftAll) {
  LoneNode node;
  ASSERT_TRUE(node.run_until([&] { return (*node).in_view(); }));
  node.input([](BusNode& bus, Time now, BusNodeOutbox& out) {
    bus.subscribe(SubscriberId{1}, topics({"t", "u"}), now, out);
    EXPECT_TRUE(bus.publish(bus.topic("t"), "", ByteView{}, now, out).ok());
  });
  ASSERT_TRUE(node.run_until([&] { return (*node).all_stable(); }));
  EXPECT_FALSE((*node).left_all());
  node.input([](BusNode& bus, Time now, BusNodeOutbox& out) { bus.leave_topics(now, out); });
  EXPECT_TRUE(node.run_until([&] { return (*node).left_all() && (*node).all_stable(); }));
}

}  // namespace
}  // namespace hawser
