#include "transport/core/index.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>

namespace hawser {
namespace {

struct Thing {
  std::string name;
};
struct NameOf {
  std::string_view operator()(const Thing& thing) const { return thing.name; }
};

TEST(Index, FindsThingsByTheirOwnKey) {
  Thing a{"a"};
  Thing b{"b"};
  Index<Thing, NameOf> index;
  EXPECT_EQ(index.find("a"), nullptr);
  index.insert(a);
  index.insert(b);
  EXPECT_EQ(index.find("a"), &a);
  EXPECT_EQ(index.find("b"), &b);
  EXPECT_EQ(index.find("c"), nullptr);
}

TEST(Index, WhatIsErasedIsFoundNoMore) {
  Thing a{"a"};
  Thing b{"b"};
  Index<Thing, NameOf> index;
  index.insert(a);
  index.insert(b);
  index.erase("a");
  index.erase("nobody");
  EXPECT_EQ(index.find("a"), nullptr);
  EXPECT_EQ(index.find("b"), &b);
  Thing again{"a"};
  index.insert(again);
  EXPECT_EQ(index.find("a"), &again);
  index.clear();
  EXPECT_EQ(index.find("b"), nullptr);
}

TEST(Index, ManyComeAndGo) {
  std::deque<Thing> things;
  Index<Thing, NameOf> index;
  for (int i = 0; i < 10'000; ++i) index.insert(things.emplace_back(Thing{std::to_string(i)}));
  for (int i = 0; i < 10'000; i += 2) index.erase(std::to_string(i));
  for (int i = 0; i < 10'000; ++i) {
    Thing* const expected = i % 2 == 0 ? nullptr : &things[static_cast<std::size_t>(i)];
    ASSERT_EQ(index.find(std::to_string(i)), expected) << i;
  }
}

}  // namespace
}  // namespace hawser
