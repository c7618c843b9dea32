// The index gives what looking at every pattern gives.
#include "lwg/pattern_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Owner = Id<struct OwnerTag>;
using Index = PatternIndex<Owner>;

Pattern pattern(std::string_view text) { return Pattern::parse(text).value(); }
Pattern prefix(std::string_view bytes) { return Pattern::prefix(bytes).value(); }

TEST(PatternIndex, FindsEachOwnerOnce) {
  Index index;
  index.add(pattern("a.>"), Owner{2});
  index.add(pattern("a.*"), Owner{2});
  index.add(prefix("a"), Owner{1});
  index.add(pattern("a.b"), Owner{3});
  EXPECT_THAT(index.match("a.b"), ElementsAre(Owner{1}, Owner{2}, Owner{3}));
  EXPECT_THAT(index.match("a.c"), ElementsAre(Owner{1}, Owner{2}));
  EXPECT_THAT(index.match("a"), ElementsAre(Owner{1}));
  EXPECT_THAT(index.match("b"), IsEmpty());
}

TEST(PatternIndex, ForgetsWhatIsRemoved) {
  Index index;
  index.add(pattern("a.*.c"), Owner{1});
  index.add(pattern("a.*.c"), Owner{2});
  index.add(prefix("a."), Owner{1});
  index.remove(pattern("a.*.c"), Owner{1});
  EXPECT_THAT(index.match("a.b.c"), ElementsAre(Owner{1}, Owner{2}));
  index.remove(prefix("a."), Owner{1});
  EXPECT_THAT(index.match("a.b.c"), ElementsAre(Owner{2}));
  EXPECT_FALSE(index.empty());
  index.remove(pattern("a.*.c"), Owner{2});
  EXPECT_THAT(index.match("a.b.c"), IsEmpty());
  EXPECT_TRUE(index.empty());
}

class RandomPatterns {
 public:
  explicit RandomPatterns(std::uint64_t seed) : rng_(seed) {}

  std::string subject(bool is_pattern) {
    std::string text;
    const std::uint64_t count = 1 + rng_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (i > 0) text += '.';
      if (is_pattern && i + 1 == count && rng_.below(4) == 0) return text + '>';
      text += is_pattern && rng_.below(3) == 0 ? "*"
                                               : std::string(1 + rng_.below(2), static_cast<char>('a' + rng_.below(3)));
    }
    return text;
  }
  Pattern pattern() {
    if (rng_.below(4) > 0) return hawser::pattern(subject(true));
    const std::string text = subject(false);
    return hawser::prefix(std::string_view{text}.substr(0, rng_.below(text.size() + 1)));
  }
  std::uint64_t below(std::uint64_t bound) { return rng_.below(bound); }

 private:
  Rng rng_;
};

TEST(PatternIndex, AgreesWithLookingAtEveryPattern) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    RandomPatterns random{seed};
    Index index;
    std::vector<std::pair<Pattern, Owner>> all;
    for (int step = 0; step < 300; ++step) {
      if (all.empty() || random.below(3) > 0) {
        all.emplace_back(random.pattern(), Owner{1 + static_cast<std::uint64_t>(step)});
        index.add(all.back().first, all.back().second);
      } else {
        const auto at = all.begin() + static_cast<std::ptrdiff_t>(random.below(all.size()));
        index.remove(at->first, at->second);
        all.erase(at);
      }
      const std::string topic = random.subject(false);
      std::vector<Owner> expected;
      for (const auto& [pattern, owner] : all) {
        if (pattern.matches(topic)) expected.push_back(owner);
      }
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(index.match(topic), expected) << "seed " << seed << ", topic " << topic;
    }
  }
}

}  // namespace
}  // namespace hawser
