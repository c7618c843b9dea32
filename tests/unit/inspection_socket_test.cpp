// Where sockets are, and who may have put them there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pubsub-api/src/inspection/socket_folder.hpp"
#include "pubsub-api/src/inspection/unix_socket.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser {
namespace {

using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(InspectionSocket, HasANameThatIsReadBack) {
  const SocketName name{4242, 40001, 0x9f02c1d4a5b6c7d8};
  EXPECT_EQ(to_string(name), "4242-40001-9f02c1d4a5b6c7d8.sock");
  EXPECT_EQ(parse_socket_name(to_string(name)), name);
  for (const char* file :
       {"", "x", ".sock", "4242-40001-9f02c1d4a5b6c7d8", "4242-40001-9f02.sock", "4242-70000-9f02c1d4a5b6c7d8.sock",
        "04242-40001-9f02c1d4a5b6c7d8.sock", "4242-40001-9f02c1d4a5b6c7d8.sock+", "-1-40001-9f02c1d4a5b6c7d8.sock",
        "99999999999-40001-9f02c1d4a5b6c7d8.sock"}) {
    EXPECT_FALSE(parse_socket_name(file)) << file;
  }
}

TEST(InspectionSocket, FoldersAreTheUsersOwn) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/hawser";
  EXPECT_FALSE(check_folder(folder).ok());
  ASSERT_TRUE(make_folder(folder).ok());
  EXPECT_TRUE(make_folder(folder).ok());
  struct stat made{};
  ASSERT_EQ(::stat(folder.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0700U);
}

TEST(InspectionSocket, FoldersThatOthersMayEnterAreRefused) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/hawser";
  ASSERT_TRUE(make_folder(folder).ok());
  for (const mode_t mode : {0750U, 0705U, 0777U, 0710U}) {
    ASSERT_EQ(::chmod(folder.c_str(), mode), 0);
    const Status made = make_folder(folder);
    ASSERT_FALSE(made.ok()) << mode;
    EXPECT_THAT(made.error().message, HasSubstr("open to other users"));
  }
}

TEST(InspectionSocket, LinksAndFilesAreNoFolders) {
  const TemporaryFolder temporary;
  ASSERT_TRUE(make_folder(temporary.path() + "/real").ok());
  std::filesystem::create_directory_symlink(temporary.path() + "/real", temporary.path() + "/link");
  EXPECT_FALSE(make_folder(temporary.path() + "/link").ok());
  std::ofstream(temporary.path() + "/file") << "x";
  EXPECT_FALSE(make_folder(temporary.path() + "/file").ok());
}

TEST(InspectionSocket, AnotherUsersFolderIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/hawser";
  ASSERT_TRUE(make_folder(folder).ok());
  ASSERT_EQ(::chown(folder.c_str(), 12345, 12345), 0);
  EXPECT_THAT(make_folder(folder).error().message, HasSubstr("belongs to another user"));
  EXPECT_THAT(find_sockets(folder), IsEmpty());
}

TEST(InspectionSocket, ThoseThatNobodyListensOnAreRemoved) {
  const TemporaryFolder folder;
  const SocketName live{10, 40001, 1};
  const SocketName left{9, 40002, 1};
  const auto listener = listen_at(folder.path() + "/" + to_string(live));
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  ASSERT_TRUE(listen_at(folder.path() + "/" + to_string(left)).ok());  // Closed at once; the file stays.
  std::ofstream(folder.path() + "/notes.txt") << "not ours";

  EXPECT_THAT(find_sockets(folder.path()), ElementsAre(live));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/" + to_string(left)));
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/notes.txt"));
}

TEST(InspectionSocket, APathThatIsTooLongIsRefused) {
  const auto listener = listen_at("/tmp/" + std::string(200, 'x'));
  ASSERT_FALSE(listener.ok());
  EXPECT_THAT(listener.error().message, HasSubstr("has at most 107 bytes"));
}

}  // namespace
}  // namespace hawser
