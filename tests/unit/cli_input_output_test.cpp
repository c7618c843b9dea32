#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "broker/cli/input.hpp"
#include "broker/cli/output.hpp"

namespace hawser::cli {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

/// A pipe whose writing end the test holds.
class CliInput : public ::testing::Test {
 protected:
  CliInput() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~CliInput() override {
    end();
    close(ends_[0]);
  }
  void type(std::string_view text) const {
    ASSERT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

  std::array<int, 2> ends_{};
};

TEST_F(CliInput, GivesALineBeforeTheNextOneIsThere) {
  Input input(ends_[0], 100);
  type("one\n");
  EXPECT_EQ(*input.next_line(), "one");
  type("two\n\nthr");
  EXPECT_EQ(*input.next_line(), "two");
  EXPECT_EQ(*input.next_line(), "");
  type("ee");
  end();
  EXPECT_EQ(*input.next_line(), "three");
  EXPECT_EQ(*input.next_line(), std::nullopt);
  EXPECT_EQ(*input.next_line(), std::nullopt);
}

TEST_F(CliInput, GivesEverythingByteForByte) {
  Input input(ends_[0], 100);
  type("one\n\xff\0\n"s);
  end();
  EXPECT_EQ(*input.all(), "one\n\xff\0\n"s);
}

TEST_F(CliInput, RefusesALineThatIsTooLong) {
  Input input(ends_[0], 4);
  type("1234\n12345\n");
  EXPECT_EQ(*input.next_line(), "1234");
  const auto refused = input.next_line();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_THAT(refused.error().message, HasSubstr("line 2 of standard input"));
}

TEST_F(CliInput, RefusesTooMuch) {
  Input input(ends_[0], 4);
  type("12345");
  const auto refused = input.all();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST(CliOutput, ReplacesAFileAndHoldsBackUntilFlushed) {
  const auto path = std::filesystem::temp_directory_path() / ("hawser-out-" + std::to_string(getpid()));
  std::ofstream(path) << "what was there before";
  auto output = Output::to_file(path.string());
  ASSERT_TRUE(output);
  EXPECT_FALSE(output->is_terminal());
  EXPECT_TRUE(output->write("one\n"));
  EXPECT_EQ(std::filesystem::file_size(path), 0);
  EXPECT_TRUE(output->flush());
  EXPECT_TRUE(output->write("two\n"));
  EXPECT_TRUE(output->flush());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "one\ntwo\n");
  std::filesystem::remove(path);
}

TEST(CliOutput, SaysWhyAFileCannotBeWritten) {
  const auto output = Output::to_file("/nowhere/file");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, Errc::system);
  EXPECT_THAT(output.error().message, HasSubstr("cannot write /nowhere/file: No such file"));
}

TEST(CliOutput, SaysThatTheDeviceIsFull) {
  auto output = Output::to_file("/dev/full");
  ASSERT_TRUE(output);
  const auto written = output->write("x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("cannot write /dev/full: No space left"));
}

TEST(CliOutput, TellsAReaderThatIsGoneFromAFailure) {
  const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  auto output = Output::to_file("/dev/fd/" + std::to_string(ends[1]));
  close(ends[0]);
  close(ends[1]);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->write("x").error().code, Errc::closed);
  std::signal(SIGPIPE, ignored);
}

}  // namespace
}  // namespace hawser::cli
