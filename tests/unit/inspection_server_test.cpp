// Those who ask: well-behaved, clumsy and hostile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hawser/inspection.hpp"
#include "pubsub-api/src/inspection/answers.hpp"
#include "pubsub-api/src/inspection/inspection_server.hpp"
#include "pubsub-api/src/inspection/question.hpp"
#include "pubsub-api/src/inspection/unix_socket.hpp"
#include "tests/unit/made_up_node.hpp"
#include "tests/unit/temporary_folder.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using namespace std::string_literals;

/// One who talks to the server, with a bound on every wait.
class Asker {
 public:
  explicit Asker(const std::string& path) : socket_(connect(path)) {
    const timeval bound{30, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  }

  // The server may have hung up meanwhile.
  void say(const std::string& text) const {
    static_cast<void>(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }
  void say_no_more() const { ::shutdown(socket_.get(), SHUT_WR); }
  /// Everything until the server hangs up; "waited in vain" where it does not.
  [[nodiscard]] std::string hear() const {
    std::string heard;
    std::array<char, 65536> bytes;
    while (true) {
      const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (got < 0 && errno == EAGAIN) return "waited in vain";
      if (got <= 0) return heard;
      heard.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  static FileDescriptor connect(const std::string& path) {
    auto socket = connect_to(path);
    EXPECT_TRUE(socket.ok()) << socket.error().message;
    return socket ? std::move(socket).value() : FileDescriptor{};
  }

  FileDescriptor socket_;
};

struct InspectionServerTest : testing::Test {
  void start(InspectionLimits limits = {}) {
    start_with([this](std::string_view line) { return Answers(node, "d", 1).to(line); }, limits);
  }
  void start_with(InspectionServer::Answer answer, InspectionLimits limits) {
    auto started = InspectionServer::start(path, std::move(answer), limits);
    ASSERT_TRUE(started.ok()) << started.error().message;
    server = std::move(started).value();
  }
  std::string ask(const std::string& text) {
    const Asker asker(path);
    asker.say(text);
    return asker.hear();
  }
  static std::string error_code(const std::string& answer) {
    const json object = json::parse(answer, nullptr, false);
    return object.is_object() && object.contains("error") ? object["error"]["code"].get<std::string>() : answer;
  }
  // Where patience is short and the machine busy, it may hang up on us, too.
  bool answers() {
    for (int attempt = 0; attempt < 100; ++attempt) {
      if (json::parse(ask("groups\n"), nullptr, false).contains("groups")) return true;
    }
    return false;
  }

  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/socket";
  test::MadeUpNode node;
  std::unique_ptr<InspectionServer> server;
};

TEST_F(InspectionServerTest, AnswersALineWithALineAndHangsUp) {
  start();
  const std::string answer = ask("groups\n");
  EXPECT_EQ(answer.find('\n'), answer.size() - 1);
  EXPECT_TRUE(json::parse(answer).contains("groups"));
  EXPECT_TRUE(json::parse(ask("topics\nand more that nobody reads\n")).contains("topics"));
}

TEST_F(InspectionServerTest, AnswersTheLibrarysOwnQuestions) {
  start();
  for (const std::string& question : {groups_question(), topics_question(), topic_question("prices.oak")}) {
    const auto answer = ask_local_node(path, question);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_FALSE(json::parse(*answer).contains("error")) << *answer;
  }
}

TEST_F(InspectionServerTest, TakesAQuestionInPiecesAndWithoutItsEnd) {
  start();
  const Asker slow(path);
  for (const char* piece : {"gr", "ou", "ps"}) slow.say(piece);
  slow.say_no_more();
  EXPECT_TRUE(json::parse(slow.hear()).contains("groups"));
}

TEST_F(InspectionServerTest, RefusesWhatIsNoQuestion) {
  start();
  for (const auto& bytes : {"\n"s, "\0\0\0\n"s, "GET / HTTP/1.1\r\n"s, "\xff\xfe\n"s, "topic %\n"s, "groups\r\n"s}) {
    EXPECT_EQ(error_code(ask(bytes)), "bad_question") << bytes;
  }
  EXPECT_TRUE(answers());
}

TEST_F(InspectionServerTest, RefusesWhatIsTooLongWithoutKeepingIt) {
  start();
  EXPECT_EQ(error_code(ask(std::string(kQuestionBytesMax + 1, 'x'))), "bad_question");
  EXPECT_EQ(error_code(ask(std::string(1U << 20U, 'x'))), "bad_question");
  EXPECT_EQ(error_code(ask(std::string(kQuestionBytesMax + 1, 'x') + "\n")), "bad_question");
  EXPECT_EQ(error_code(ask("topic " + std::string(kQuestionBytesMax - 6, 'x') + "\n")), "unknown_topic");
  EXPECT_TRUE(answers());
}

TEST_F(InspectionServerTest, SurvivesRandomBytes) {
  start();
  Rng rng{7};
  for (int i = 0; i < 300; ++i) {
    std::string bytes(rng.next() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.next());
    const std::string answer = ask(bytes + "\n");
    EXPECT_TRUE(json::parse(answer, nullptr, false).is_object()) << answer;
  }
}

TEST_F(InspectionServerTest, HangsUpOnWhoSaysNothing) {
  start({.patience = 50ms});
  const Asker silent(path);
  EXPECT_EQ(silent.hear(), "");
  const Asker unfinished(path);
  unfinished.say("gro");
  EXPECT_EQ(unfinished.hear(), "");
  EXPECT_TRUE(answers());
}

TEST_F(InspectionServerTest, LetsOthersWaitWhileAllPlacesAreTaken) {
  start({.connections_max = 2, .patience = 100ms});
  std::vector<Asker> silent;
  for (int i = 0; i < 6; ++i) silent.emplace_back(path);
  EXPECT_TRUE(answers());
}

TEST_F(InspectionServerTest, IsNotHeldUpByWhoDoesNotRead) {
  const std::string much(32U << 20U, 'x');  // Far more than a socket takes.
  start_with([&](std::string_view line) { return line == "much" ? much : std::string{line}; }, {.patience = 60s});
  const Asker deaf(path);
  deaf.say("much\n");
  EXPECT_EQ(ask("hello\n"), "hello\n");
  EXPECT_EQ(ask("much\n").size(), much.size() + 1);
  EXPECT_EQ(ask("hello again\n"), "hello again\n");
}

TEST_F(InspectionServerTest, CutsOffWhoReadsTooSlowly) {
  const std::string much(32U << 20U, 'x');
  start_with([&](std::string_view) { return std::string{much}; }, {.connections_max = 1, .patience = 100ms});
  const Asker deaf(path);
  deaf.say("much\n");
  const Asker next(path);  // Its turn comes when the first has been cut off.
  next.say("much\n");
  EXPECT_GT(next.hear().size(), 0U);
  EXPECT_LT(deaf.hear().size(), much.size());
}

TEST_F(InspectionServerTest, DoesNotMindWhoLeavesEarly) {
  start();
  for (int i = 0; i < 50; ++i) {
    const Asker hasty(path);
    if (i % 2 == 0) hasty.say("topics\n");
  }
  EXPECT_TRUE(answers());
}

TEST_F(InspectionServerTest, EndsWithConnectionsOpenAndRemovesItsSocket) {
  start();
  const Asker silent(path);
  EXPECT_TRUE(answers());
  server.reset();
  EXPECT_EQ(silent.hear(), "");
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(ask_local_node(path, "groups").error().code, Errc::system);
}

TEST_F(InspectionServerTest, ThatGivesNoAnswerInTimeIsNotWaitedFor) {
  const auto silent = listen_at(path);
  ASSERT_TRUE(silent.ok());
  EXPECT_EQ(ask_local_node(path, "groups", 50ms).error().code, Errc::timeout);
}

}  // namespace
}  // namespace hawser
