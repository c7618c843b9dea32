// Real ticks over real processes, two of them killed and one started again: what the survivors heard is the file, byte
// by byte, and what everyone's machines did keeps every property.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <utility>

#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "tests/check/check_all.hpp"
#include "tests/net/bus_test_support.hpp"
#include "tests/net/forked_process.hpp"
#include "tests/net/recorded_traces.hpp"
#include "tests/shared_data.hpp"

namespace hawser {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRows = 20'000;
const std::vector<std::string> kTopics = {"cm.BTCUSD_PERP", "cm.ETHUSD_PERP", "spot.BTCUSDT",
                                          "spot.ETHUSDT",   "usdm.BTCUSDT",   "usdm.ETHUSDT"};

/// What one listener was handed on one topic.
struct TopicStream {
  std::uint64_t first = 0;  ///< number of its first message
  std::uint64_t last = 0;
  std::uint64_t jumps = 0;  ///< numbers that did not follow the one before
  std::string bytes;        ///< all payloads, each with an end of line
};

/// A process that subscribes when it is told "join", says its name when it has all state, and is then told the sum of
/// its topics' numbers: when it has come so far, it writes its streams into files and says "done".
class ListenerRole {
 public:
  ListenerRole(Options options, fs::path folder, std::vector<std::string> topics)
      : options_(std::move(options)), folder_(std::move(folder)), topics_(std::move(topics)) {
    options_.trace_file = folder_ / "trace";
  }

  void run(std::FILE* in, std::FILE* out) {
    if (ForkedProcess::line_of(in) != "join") return;
    static Bus bus = join(options_);
    static auto subscription = bus.subscribe(topics_, {.on_message = [this](const Message& m) { on_message(m); },
                                                       .on_synced = [this](const Synced&) { synced_.add(1); }});
    if (!synced_.wait_for_count(topics_.size())) return;
    std::fprintf(out, "%s\n", bus.name().c_str());
    const std::uint64_t whole = std::stoull(ForkedProcess::line_of(in));
    if (!sums_.wait_until([&](const auto& sums) { return !sums.empty() && sums.back() == whole; })) return;
    write_streams();
    std::fprintf(out, "done\n");
  }

 private:
  void on_message(const Message& message) {
    TopicStream& stream = streams_[std::string{message.topic}];
    if (stream.first == 0) stream.first = message.number;
    if (stream.last != 0 && message.number != stream.last + 1) ++stream.jumps;
    sum_ += message.number - stream.last;
    stream.last = message.number;
    stream.bytes.append(message.text()).push_back('\n');
    sums_.add(sum_);
  }
  void write_streams() const {
    for (const auto& [topic, stream] : streams_) {
      std::ofstream{folder_ / topic} << stream.first << ' ' << stream.jumps << '\n' << stream.bytes;
    }
  }

  Options options_;
  const fs::path folder_;
  const std::vector<std::string> topics_;
  std::map<std::string, TopicStream> streams_;
  std::uint64_t sum_ = 0;
  Journal<std::uint64_t> sums_;
  Journal<char> synced_;
};

/// A listener as the test sees it.
struct Listening {
  Listening(const Options& options, const fs::path& run_folder, const std::string& name, std::size_t first_topic)
      : folder(run_folder / name), topics(kTopics.begin() + first_topic, kTopics.begin() + first_topic + 4) {
    fs::create_directories(folder);
    process = std::make_unique<ForkedProcess>([&](std::FILE* in, std::FILE* out) {
      (new ListenerRole{options, folder, topics})->run(in, out);  // Kept until the process is killed.
    });
  }
  void join() { process->tell("join"); }

  const fs::path folder;
  const std::vector<std::string> topics;
  std::unique_ptr<ForkedProcess> process;
  bool killed = false;
};

/// The payloads of the topic from the given number on, each with an end of line.
std::string rows_from(const ticker::TopicRows& rows, std::uint64_t number) {
  std::string text;
  for (std::size_t i = number - 1; i < rows.size(); ++i) text.append(rows[i]).push_back('\n');
  return text;
}

class RecordedTicks : public ::testing::Test {
 protected:
  void SetUp() override {
    choice_.path = shared_file("crypto_ticks_20240808.csv.gz");
    if (!fs::exists(choice_.path)) GTEST_SKIP() << choice_.path << " is not there";
    feed_ = ticker::open_feed(choice_).value();
    rows_ = ticker::index_feed(**ticker::open_feed(choice_), kTopics).value();
    options_.trace_file = folder_ / "trace";
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Listening& listener(const std::string& name, std::size_t first_topic) {
    listeners_.push_back(std::make_unique<Listening>(options_, folder_, name, first_topic));
    return *listeners_.back();
  }
  void kill(Listening& listener) {
    listener.process->kill();
    listener.killed = true;
  }
  /// The feed's rows up to the given one.
  void publish_until(Bus& bus, std::uint64_t row) {
    for (; published_ < row; ++published_) {
      const auto next = feed_->next();
      ASSERT_TRUE(next.ok() && next->has_value());
      ASSERT_NE(publish(bus, (*next)->topic, (*next)->text), 0U);
    }
  }
  [[nodiscard]] std::uint64_t sum_of_numbers(const std::vector<std::string>& topics) const {
    std::uint64_t sum = 0;
    for (const std::string& topic : topics) sum += rows_.at(topic).size();
    return sum;
  }
  /// The last so many rows of each topic, without a hole, byte for byte; all of them where `whole`.
  void expect_the_file(const Listening& listener, bool whole) const {
    for (const std::string& topic : listener.topics) {
      std::ifstream file{listener.folder / topic};
      std::uint64_t first = 0;
      std::uint64_t jumps = 0;
      file >> first >> jumps;
      file.get();
      std::stringstream bytes;
      bytes << file.rdbuf();
      EXPECT_EQ(jumps, 0U) << topic;
      EXPECT_GE(first, 1U) << topic;
      EXPECT_TRUE(first == 1 || !whole) << topic;
      EXPECT_TRUE(bytes.str() == rows_from(rows_.at(topic), first)) << topic << " at " << listener.folder;
    }
  }
  void wait_until_traces_rest() const {
    std::vector<std::string> paths{folder_ / "trace"};
    for (const auto& listener : listeners_) paths.push_back(listener->folder / "trace");
    hawser::wait_until_traces_rest(paths, kBound);
  }
  [[nodiscard]] check::History history() const {
    check::History history{.settled = true};
    add_trace(folder_ / "trace", false, history);
    for (const auto& listener : listeners_) add_trace(listener->folder / "trace", listener->killed, history);
    return history;
  }

  Options options_ = options_of_test();
  const fs::path folder_ = fs::temp_directory_path() / options_.domain;
  ticker::FeedChoice choice_{.kind = ticker::FeedChoice::Kind::ticks, .rows_max = kRows};
  ticker::FeedIndex rows_;

 private:
  std::unique_ptr<ticker::Feed> feed_;
  std::uint64_t published_ = 0;
  std::vector<std::unique_ptr<Listening>> listeners_;
};

TEST_F(RecordedTicks, SurviveTwoKillsAndARestart) {
  Listening& steady = listener("steady", 0);
  Listening& second = listener("second", 2);
  Listening& first_victim = listener("first_victim", 1);
  Listening& second_victim = listener("second_victim", 2);
  Listening& restarted = listener("restarted", 1);  // What the first victim was for, started again.
  Bus bus = join(options_);
  for (Listening* listener : {&steady, &second, &first_victim, &second_victim}) {
    listener->join();
    ASSERT_NE(listener->process->next_line(), "");
  }

  publish_until(bus, kRows / 4);
  kill(first_victim);
  publish_until(bus, kRows / 2);
  kill(second_victim);
  publish_until(bus, kRows * 5 / 8);
  restarted.join();
  publish_until(bus, kRows * 6 / 8);
  ASSERT_NE(restarted.process->next_line(), "");
  publish_until(bus, kRows);

  for (Listening* survivor : {&steady, &second, &restarted}) {
    survivor->process->tell(std::to_string(sum_of_numbers(survivor->topics)));
    ASSERT_EQ(survivor->process->next_line(), "done");
    expect_the_file(*survivor, survivor != &restarted);
  }
  ASSERT_TRUE(bus.flush(kBound).ok());
  ASSERT_NO_FATAL_FAILURE(wait_until_traces_rest());
  const check::Findings findings = check::examine(history());
  for (const check::Violation& violation : findings.violations) ADD_FAILURE() << check::to_string(violation);
  EXPECT_EQ(findings.coverage.crashes, 2U);
  EXPECT_GE(findings.coverage.states_handed_over, restarted.topics.size());
}

}  // namespace
}  // namespace hawser
