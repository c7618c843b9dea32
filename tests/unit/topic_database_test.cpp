// The store on a real disk, by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "hawser/store.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "pubsub-api/src/store/topic_database.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Mode = TopicDatabase::Mode;

class TopicDatabaseTest : public testing::Test {
 protected:
  std::unique_ptr<TopicDatabase> open(Mode mode = Mode::write) {
    auto database = TopicDatabase::open(path(), mode);
    EXPECT_TRUE(database.ok()) << database.error().message;
    return std::move(database).value();
  }
  [[nodiscard]] std::string path() const { return folder_.path() + "/store"; }
  static StoreWrite puts(std::vector<StoreRecord> records) { return {{{}, {}, std::move(records)}, true}; }
  static std::vector<std::string> keys(const TopicDatabase& database, const StoreRange& range) {
    std::vector<std::string> found;
    const auto records = database.read(range);
    EXPECT_TRUE(records.ok());
    for (const StoreRecord& record : *records) found.push_back(record.key + "=" + record.value);
    return found;
  }
  // A topic with two values and one message of its history.
  static StoreWrite topic(const std::string& name) {
    TopicContents contents;
    contents.log.set_bounds(kUnbounded);
    const NodeId publisher{{7}, {0x7f000001, 4000}};
    contents.keep({.lamport = 1, .publisher = publisher, .number = 1, .key = "a", .payload = {}});
    contents.keep({.lamport = 2, .publisher = publisher, .number = 2, .key = "b", .payload = {}});
    contents.keep({.lamport = 3, .publisher = publisher, .number = 3, .payload = {}, .time = 5, .logged = true});
    contents.positions.raise(publisher, 3);
    const Configuration configuration =
        configuration_of({.order = TopicOrder::total, .durability = Durability::retained});
    return puts(records_of(name, configuration, contents, 3));
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(TopicDatabaseTest, KeepsWhatWasWrittenAcrossItsEnd) {
  ASSERT_TRUE(open()->write(puts({{"a", "1"}, {"b", "2"}, {"c", "3"}})).ok());
  const auto database = open();
  EXPECT_THAT(keys(*database, {"a", "c"}), ElementsAre("a=1", "b=2"));
}

TEST_F(TopicDatabaseTest, ErasesBeforeItPuts) {
  const auto database = open();
  ASSERT_TRUE(database->write(puts({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}})).ok());
  ASSERT_TRUE(database->write({{{{"b", "d"}}, {"a"}, {{"b", "new"}, {"a", "new"}}}, false}).ok());
  EXPECT_THAT(keys(*database, {"a", "z"}), ElementsAre("a=new", "b=new", "d=4"));
}

TEST_F(TopicDatabaseTest, IsOneNodesAlone) {
  const auto database = open();
  const auto other = TopicDatabase::open(path(), Mode::write);
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().message, HasSubstr("Another process has it open"));
}

TEST_F(TopicDatabaseTest, RefusesADatabaseOfSomebodyElses) {
  {
    const auto database = open();
    ASSERT_TRUE(database->write({{{}, {std::string{"\0\0format", 8}}, {{"x", "y"}}}, true}).ok());
  }
  const auto opened = TopicDatabase::open(path(), Mode::write);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Errc::bad_data);
  EXPECT_THAT(opened.error().message, HasSubstr("no store of Hawser's"));
}

TEST_F(TopicDatabaseTest, RefusesALaterFormat) {
  ASSERT_TRUE(open()->write(puts({{std::string{"\0\0format", 8}, "hawser topics 99"}})).ok());
  const auto opened = TopicDatabase::open(path(), Mode::read);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("hawser topics 99"));
}

TEST_F(TopicDatabaseTest, RefusesWhatIsNoFolder) {
  std::ofstream{path()} << "a file";
  const auto opened = TopicDatabase::open(path(), Mode::write);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr(path()));
}

TEST_F(TopicDatabaseTest, IsInspectedFromOutside) {
  ASSERT_TRUE(open()->write(topic("prices")).ok());
  ASSERT_TRUE(open()->write(topic("log")).ok());
  const auto topics = inspect_store(path());
  ASSERT_TRUE(topics.ok()) << topics.error().message;
  ASSERT_EQ(topics->size(), 2U);
  EXPECT_EQ(topics->front().topic, "log");
  EXPECT_EQ(topics->front().values, 2U);
  EXPECT_EQ(topics->front().history, 1U);
  EXPECT_EQ(topics->front().publishers, 1U);
  ASSERT_TRUE(topics->front().options);
  EXPECT_EQ(topics->front().options->order, TopicOrder::total);
  EXPECT_EQ(topics->front().options->durability, Durability::retained);
}

TEST_F(TopicDatabaseTest, ARecordThatMakesNoSenseIsTold) {
  ASSERT_TRUE(open()->write(puts({{head_key("prices"), "nonsense"}})).ok());
  const auto topics = verify_store(path());
  ASSERT_FALSE(topics.ok());
  EXPECT_EQ(topics.error().code, Errc::bad_data);
  EXPECT_THAT(topics.error().message, HasSubstr("prices"));
}

TEST_F(TopicDatabaseTest, OneFlippedBitIsFound) {
  {
    const auto database = open();
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(database->write(topic("topic " + std::to_string(i))).ok());
    }
  }
  open();  // What was in the log of writes is in a table now.
  ASSERT_TRUE(verify_store(path()).ok());
  bool flipped = false;
  for (const auto& file : fs::directory_iterator{path()}) {
    if (file.path().extension() != ".sst") continue;
    std::fstream bytes{file.path(), std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekg(100);
    const char was = static_cast<char>(bytes.get());
    bytes.seekp(100);
    bytes.put(static_cast<char>(was ^ 1));
    flipped = true;
  }
  ASSERT_TRUE(flipped);
  const auto topics = verify_store(path());
  ASSERT_FALSE(topics.ok());
  EXPECT_EQ(topics.error().code, Errc::bad_data);
  EXPECT_THAT(topics.error().message, HasSubstr("checksum mismatch"));
}

TEST_F(TopicDatabaseTest, ACopyIsAStoreOfItsOwn) {
  ASSERT_TRUE(open()->write(topic("prices")).ok());
  const std::string copy = path() + ".copy";
  const Status copied = back_up_store(path(), copy);
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  ASSERT_TRUE(open()->write({{{topic_range("prices")}, {}, {}}, true}).ok());
  ASSERT_TRUE(inspect_store(copy).ok());
  EXPECT_EQ(inspect_store(copy)->size(), 1U);
  EXPECT_EQ(inspect_store(path())->size(), 0U);
  EXPECT_FALSE(back_up_store(path(), copy).ok());
}

TEST_F(TopicDatabaseTest, LooksIntoNothingThatIsNoStore) {
  EXPECT_THAT(inspect_store(path()).error().message, HasSubstr("there is no folder"));
  fs::create_directory(path());
  EXPECT_THAT(verify_store(path()).error().message, HasSubstr("no store of Hawser's"));
  EXPECT_FALSE(back_up_store(path(), path() + ".copy").ok());
  EXPECT_TRUE(fs::is_empty(path()));
}

}  // namespace
}  // namespace hawser
