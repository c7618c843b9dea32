// Real buses that vote on primary views, with real files.
#include <gmock/gmock.h>

#include <map>

#include "tests/net/bus_test_support.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser {
namespace {

using testing::HasSubstr;

class BusPrimary : public testing::Test {
 protected:
  [[nodiscard]] Options options_of(char name) {
    Options options = options_of_test();
    options.voter_file = folder_.path() + "/" + name;
    options.electorate = 3;
    options.on_event = [&journal = events_[name]](const BusEvent& event) { journal.add(event); };
    return options;
  }
  /// Whether its view of so many members is found to be primary, or not.
  [[nodiscard]] bool decides(char name, std::size_t members, bool primary) {
    return events_[name].wait_until([&](const std::vector<BusEvent>& events) {
      std::size_t present = 0;
      bool decided = false;
      for (const BusEvent& event : events) {
        if (event.kind == BusEvent::Kind::view_installed) {
          present = event.members.size();
          decided = false;
        }
        if (event.kind == BusEvent::Kind::primary_decided && event.primary == primary) decided = true;
      }
      return present == members && decided;
    });
  }

  test::TemporaryFolder folder_;
  std::map<char, Journal<BusEvent>> events_;
};

TEST_F(BusPrimary, MostOfTheVotersArePrimaryAlsoAfterARestart) {
  Bus a = join(options_of('a'));
  EXPECT_TRUE(decides('a', 1, false));
  Bus b = join(options_of('b'));
  EXPECT_TRUE(decides('a', 2, true));
  {
    Bus c = join(options_of('c'));
    EXPECT_TRUE(decides('a', 3, true));
    EXPECT_TRUE(decides('c', 3, true));
    EXPECT_TRUE(c.leave().ok());
  }
  EXPECT_TRUE(decides('b', 2, true));
  EXPECT_TRUE(b.leave().ok());
  EXPECT_TRUE(a.leave().ok());
  const Bus again = join(options_of('c'));
  EXPECT_TRUE(decides('c', 1, false)) << "it was not in the last primary view";
}

TEST_F(BusPrimary, TwoNodesCannotVoteWithOneFile) {
  const Bus first = join(options_of('a'));
  const auto second = Bus::join(options_of('a'));
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("another process votes with"));
}

}  // namespace
}  // namespace hawser
