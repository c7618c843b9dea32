// Topics on real disks: what is left of them when every node is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "hawser/store.hpp"
#include "tests/net/bus_test_support.hpp"
#include "tests/net/forked_process.hpp"

namespace hawser {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

constexpr TopicOptions kRetained{.durability = Durability::retained};

class BusStore : public testing::Test {
 protected:
  BusStore() : folder_(fs::temp_directory_path() / ("hawser_" + domain_of_test())) { fs::create_directory(folder_); }
  ~BusStore() override { fs::remove_all(folder_); }
  Options options_with_store(const std::string& name) {
    Options options = options_of_test();
    options.store = (folder_ / name).string();
    return options;
  }
  // The last value of each key, as one who comes now is handed it.
  static std::map<std::string, std::string> values_at(Bus& bus, const std::string& topic) {
    std::map<std::string, std::string> values;
    Journal<bool> synced;
    const std::vector<std::string> topics{topic};
    const auto subscription = bus.subscribe(
        topics, {.on_message = [&](const Message& m) { values[std::string{m.key}] = std::string{m.text()}; },
                 .on_synced = [&](const Synced&) { synced.add(true); }});
    EXPECT_TRUE(synced.wait_until([](const auto& all) { return !all.empty(); }));
    return values;
  }

 private:
  const fs::path folder_;
};

TEST_F(BusStore, WhoLeavesFindsItsTopicsAgain) {
  {
    Bus bus = join(options_with_store("a"));
    ASSERT_TRUE(bus.declare("t", kRetained, kBound).ok());
    for (int i = 0; i < 100; ++i) publish(bus, "t", std::to_string(i), "key " + std::to_string(i % 10));
    ASSERT_TRUE(bus.leave(kBound).ok());
  }
  const auto stored = inspect_store(options_with_store("a").store);
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  ASSERT_EQ(stored->size(), 1U);
  EXPECT_EQ(stored->front().values, 10U);
  Bus bus = join(options_with_store("a"));
  const auto values = values_at(bus, "t");
  EXPECT_EQ(values.size(), 10U);
  EXPECT_EQ(values.at("key 7"), "97");
}

TEST_F(BusStore, AKilledProcessLosesAtMostItsLastMoment) {
  const Options options = options_with_store("a");
  {
    ForkedProcess child{[&](std::FILE*, std::FILE* out) {
      static Bus bus = join(options);
      EXPECT_TRUE(bus.declare("t", kRetained, kBound).ok());
      publish(bus, "t", "value");
      EXPECT_TRUE(bus.flush(kBound).ok());
      std::fprintf(out, "published\n");
      std::fflush(out);
    }};
    ASSERT_EQ(child.next_line(), "published");
    const auto is_stored = [&] {
      const auto topics = inspect_store(options.store);  // It is being written: what is there is there.
      return topics.ok() && !topics->empty() && topics->front().values == 1;
    };
    const auto until = std::chrono::steady_clock::now() + kBound;
    while (!is_stored() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    child.kill();
  }
  Bus bus = join(options);
  EXPECT_EQ(values_at(bus, "t").at(""), "value");
}

TEST_F(BusStore, WhoComesBackBringsWhatTheOthersLack) {
  {
    Bus bus = join(options_with_store("a"));
    ASSERT_TRUE(bus.declare("t", kRetained, kBound).ok());
    publish(bus, "t", "of a", "a");
    ASSERT_TRUE(bus.leave(kBound).ok());
  }
  Bus other = join(options_with_store("b"));
  ASSERT_TRUE(other.declare("t", kRetained, kBound).ok());
  publish(other, "t", "of b", "b");
  Journal<std::string> heard;
  const auto subscription =
      other.subscribe("t", [&](const Message& m) { heard.add(std::string{m.key} + "=" + std::string{m.text()}); });
  Bus back = join(options_with_store("a"));
  ASSERT_TRUE(back.declare("t", kRetained, kBound).ok());
  ASSERT_TRUE(heard.wait_until([](const auto& all) { return all.size() == 2; }));
  EXPECT_EQ(heard.entries(), (std::vector<std::string>{"b=of b", "a=of a"}));
  EXPECT_EQ(values_at(back, "t").size(), 2U);
}

TEST_F(BusStore, AStoreIsOneNodesAlone) {
  Bus bus = join(options_with_store("a"));
  const auto other = Bus::join(options_with_store("a"));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, Errc::system);
  EXPECT_THAT(other.error().message, HasSubstr("each node needs a store of its own"));
}

TEST_F(BusStore, AStoreInAFolderThatCannotBeIsRefused) {
  Options options = options_with_store("a");
  options.store = "/proc/none/store";
  const auto bus = Bus::join(options);
  ASSERT_FALSE(bus.ok());
  EXPECT_THAT(bus.error().message, HasSubstr("/proc/none/store"));
}

TEST_F(BusStore, WhatIsDeclaredOtherwiseIsAConflict) {
  Bus one = join(options_of_test());
  Bus other = join(options_of_test());
  ASSERT_TRUE(one.declare("t", kRetained, kBound).ok());
  const Status refused = other.declare("t", {}, kBound);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("durability retained instead of in-memory"));
}

}  // namespace
}  // namespace hawser
