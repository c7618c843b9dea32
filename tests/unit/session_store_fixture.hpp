// Sessions with stores that outlive them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "pubsub-api/src/session/session_store.hpp"
#include "tests/sim/stored_contents.hpp"
#include "tests/unit/session_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {

inline constexpr TopicOptions kRetained{.durability = Durability::retained};
inline constexpr TopicOptions kRetainedLog{.history = {.messages = 3}, .durability = Durability::retained};

class SessionStoreTest : public testing::Test {
 protected:
  ~SessionStoreTest() override {
    if (is_broken) return;
    EXPECT_THAT(world.violations(), testing::IsEmpty());
  }

  void start_with_stores(std::string_view nodes) {
    for (const char node : nodes) world.add_with_store(node, disks[node]);
    world.change({std::string{nodes}});
    world.settle();
  }
  // A node called `next` at the site of `before`, which crashes or has crashed.
  void restart(char before, char next) {
    if (world.live().find(before) != std::string::npos) world.crash(before);
    world.add_with_store(next, disks[next] = disks[before]);
    world.change({world.live()});
    world.settle();
  }
  // What is written now and then, is.
  void let_it_write() {
    for (int i = 0; i < 3; ++i) {
      world.pass(kStoreSyncInterval);
      world.settle();
    }
  }
  std::size_t records(char node) { return disks[node].records().size(); }
  // What A is told first once C goes on, which has published to B alone meanwhile; B's news have brought its last
  // value.
  std::string after_a_gap_under_news() {
    world.start("ABCD");
    world.declare('A', "t", kRetained);
    for (const char node : std::string_view{"ABC"}) world.subscribe(node, {"t"});
    world.settle();
    world.publish('C', "t", "1");
    world.settle();
    world.change({"AD", "BC"});
    world.settle();
    world.publish('C', "t", "2");
    world.settle();
    world.change({"ABCD"});
    world.settle();
    world.forget();
    world.publish('C', "t", "3");
    world.settle();
    return world.history('A', "t").front();
  }

  std::map<char, sim::TopicDisk> disks;
  SessionWorld world;
  bool is_broken = false;  ///< on purpose
};

}  // namespace hawser::test
