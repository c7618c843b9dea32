// The store's thread, on a database that does what the test says.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "pubsub-api/src/store/store_thread.hpp"

namespace hawser {
namespace {

constexpr std::chrono::seconds kBound{40};

// Every range has one record; a batch that erases something can't be written.
class MadeUpDatabase final : public TopicDatabase {
 public:
  Status write(const StoreWrite& write) override {
    if (!write.batch.erased.empty()) return Error{Errc::system, "the disk is full"};
    return Ok{};
  }
  [[nodiscard]] Result<std::vector<StoreRecord>> read(const StoreRange& range) const override {
    return std::vector<StoreRecord>{{range.first, "value"}};
  }
  [[nodiscard]] Status for_each(const Visit& /*visit*/) const override { return Ok{}; }
  Status verify() override { return Ok{}; }
  Status backup(const std::string& /*folder*/) override { return Ok{}; }
};

class StoreThreadTest : public testing::Test {
 protected:
  std::vector<StoreThread::Answer> answers(std::size_t count) {
    std::vector<StoreThread::Answer> all;
    const auto until = std::chrono::steady_clock::now() + kBound;
    while (all.size() < count && std::chrono::steady_clock::now() < until) {
      for (StoreThread::Answer& answer : store_->take_answers()) all.push_back(std::move(answer));
      std::this_thread::yield();
    }
    return all;
  }
  void push(TopicStoreRequest request) {
    std::vector<TopicStoreRequest> requests;
    requests.push_back(std::move(request));
    store_->push(std::move(requests));
  }

  WakeUp wake_up_;
  std::unique_ptr<StoreThread> store_ = StoreThread::start(std::make_unique<MadeUpDatabase>(), wake_up_).value();
};

TEST_F(StoreThreadTest, AnswersInOrder) {
  push(StoreWrite{});
  push(StoreRead{{{"t", {"a", "b"}}, {"u", {"c", "d"}}}});
  push(StoreWrite{});
  const auto all = answers(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<StoreThread::Written>(all[0]));
  const auto& topics = std::get<std::vector<StoredTopic>>(all[1]);
  ASSERT_EQ(topics.size(), 2U);
  EXPECT_EQ(topics[1].topic, "u");
  EXPECT_EQ(topics[1].records.front().key, "c");
  EXPECT_TRUE(std::holds_alternative<StoreThread::Written>(all[2]));
}

TEST_F(StoreThreadTest, AnErrorIsTheLastWord) {
  push(StoreWrite{{{}, {"gone"}, {}}, false});
  const auto all = answers(1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(std::get<Error>(all[0]).message, "the disk is full");
  push(StoreWrite{});
  store_.reset();  // It ends though something was asked of it.
}

}  // namespace
}  // namespace hawser
