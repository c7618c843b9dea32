#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "pubsub-api/src/bus/flight_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;

struct BusFlightFile : ::testing::Test {
  BusFlightFile() { ::setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1); }

  /// An older file, by so many hours.
  void leave(const std::string& name, int hours) const {
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    std::ofstream{folder / name} << "x";
    std::filesystem::last_write_time(folder / name, std::filesystem::file_time_type::clock::now() - hours * 1h);
  }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) names.insert(entry.path().filename());
    return names;
  }

  const test::TemporaryFolder runtime;
  const std::filesystem::path folder = std::filesystem::path{runtime.path()} / "hawser";
};

std::string name_of(int number) { return std::to_string(number) + "-40001-9f02c1d4a5b6c7d8.flight"; }

TEST_F(BusFlightFile, TheOldestGoWhereThereAreTooMany) {
  constexpr int kKept = FlightFile::kFilesKept;
  for (int i = 1; i <= kKept + 5; ++i) leave(name_of(i), i);
  leave("notes.flight", 1000);
  const FlightRecorder recorder;
  const FlightFile file{recorder, "domain", NodeId{Incarnation{1}, Endpoint{0x7f000001, 40002}}};
  ASSERT_TRUE(file.write("what happened").ok());
  const auto left = names();
  EXPECT_EQ(left.size(), FlightFile::kFilesKept + 1) << "and what is none of them";
  EXPECT_THAT(left, AllOf(Contains(std::filesystem::path{file.path()}.filename().string()), Contains("notes.flight"),
                          Contains(name_of(1)), Contains(name_of(kKept - 1)), Not(Contains(name_of(kKept)))));
}

}  // namespace
}  // namespace hawser
