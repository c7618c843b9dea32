#include "transport/io/voter_file.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/unit/temporary_folder.hpp"
#include "transport/io/voter_writer.hpp"

namespace hawser {
namespace {

using testing::HasSubstr;

VotingState state_of(VoterId voter) { return {voter, 3, 2, 1, {1, {3, 5}, {{11}, {13}}}, {{2, {4, 6}, {{11}}}}}; }

class VoterFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::string contents() const {
    std::ifstream file{path_, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  void replace(const std::string& contents) const { std::ofstream{path_, std::ios::binary} << contents; }
  void write(const VotingState& state) const {
    auto file = VoterFile::open(path_, 3);
    ASSERT_TRUE(file.ok()) << file.error().message;
    ASSERT_TRUE(file->write(state).ok());
  }
  [[nodiscard]] std::string refusal(Errc code) const {
    const auto file = VoterFile::open(path_, 3);
    if (file.ok()) return "";
    EXPECT_EQ(file.error().code, code);
    return file.error().message;
  }
  const test::TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/vote";
};

TEST_F(VoterFileTest, AVoterIsMadeOnce) {
  VoterId voter;
  {
    const auto file = VoterFile::open(path_, 3);
    ASSERT_TRUE(file.ok()) << file.error().message;
    voter = file->state().voter;
    EXPECT_NE(voter, VoterId{});
    EXPECT_EQ(file->state().electorate, 3);
  }
  const auto again = VoterFile::open(path_, 5);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->state().voter, voter);
  EXPECT_EQ(again->state().electorate, 5);
}

TEST_F(VoterFileTest, WhatWasWrittenIsRead) {
  write(state_of({11}));
  const auto file = VoterFile::open(path_, 3);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->state(), state_of({11}));
}

TEST_F(VoterFileTest, OneFileIsForOneNode) {
  const auto file = VoterFile::open(path_, 3);
  ASSERT_TRUE(file.ok());
  EXPECT_THAT(refusal(Errc::system), HasSubstr("another process votes with"));
}

TEST_F(VoterFileTest, DamageIsFound) {
  write(state_of({11}));
  const std::string good = contents();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    replace(damaged);
    EXPECT_THAT(refusal(Errc::bad_data), HasSubstr(path_)) << "byte " << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    replace(good.substr(0, size));
    EXPECT_THAT(refusal(Errc::bad_data), HasSubstr(path_)) << size << " bytes";
  }
}

TEST_F(VoterFileTest, AFolderThatIsNotThereIsSaidAndWhatToDo) {
  const auto file = VoterFile::open(folder_.path() + "/none/vote", 3);
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(file.error().message, HasSubstr("no folder " + folder_.path() + "/none for voter file"));
  EXPECT_THAT(file.error().message, HasSubstr("make it"));
}

TEST_F(VoterFileTest, TheWriterTellsWhenItIsOnTheDisk) {
  auto file = VoterFile::open(path_, 3);
  ASSERT_TRUE(file.ok());
  WakeUp wake_up;
  auto writer = VoterWriter::start(std::move(file).value(), wake_up);
  ASSERT_TRUE(writer.ok());
  for (std::uint64_t ticket = 1; ticket <= 20; ++ticket) writer.value()->write({ticket, state_of({ticket})});
  std::uint64_t written = 0;
  while (written < 20) {
    if (const auto one = writer.value()->take_written()) {
      ASSERT_TRUE(one->status.ok());
      EXPECT_GT(one->ticket, written);
      written = one->ticket;
    }
  }
  writer.value().reset();
  const auto again = VoterFile::open(path_, 3);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->state(), state_of({20}));
}

}  // namespace
}  // namespace hawser
