#include "pubsub-api/src/bus/flight_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "pubsub-api/src/inspection/socket_folder.hpp"
#include "transport/core/check_hook.hpp"
#include "transport/io/steady_time.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<const FlightFile*> files;
};

Registry& registry() {
  static auto* all = new Registry;  // Not destroyed at exit: a Bus in a static object may still fail a check.
  return *all;
}

void save_all(const char* message) noexcept {
  Registry& all = registry();
  // The thread that failed may hold it; what is read without it is better than nothing.
  const std::unique_lock lock{all.mutex, std::try_to_lock};
  for (const FlightFile* file : all.files) {
    if (file->path().empty()) continue;
    const Status written = file->write(message);
    std::fprintf(stderr, "%s\n",
                 written ? ("what went before is in " + file->path()).c_str() : written.error().message.c_str());
  }
}

constexpr std::string_view kSuffix = ".flight";

bool is_flight_file(const std::filesystem::path& path) {
  return path.extension() == kSuffix && parse_socket_name(path.stem().string() + ".sock");
}

/// Errors are none of anybody's business: the next one that is written tries again.
void remove_the_oldest(const std::filesystem::path& folder) {
  std::error_code failed;
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    if (!is_flight_file(entry.path()) || !entry.is_regular_file(failed)) continue;
    const auto written = entry.last_write_time(failed);
    if (!failed) files.emplace_back(written, entry.path());
  }
  if (files.size() <= FlightFile::kFilesKept) return;
  std::sort(files.begin(), files.end());
  files.resize(files.size() - FlightFile::kFilesKept);
  for (const auto& [written, path] : files) std::filesystem::remove(path, failed);
}

std::string choose_path(const std::string& domain, const NodeId& self) {
  const SocketName name{static_cast<std::uint32_t>(::getpid()), self.endpoint.port, wire::domain_digest(domain)};
  const std::string socket = to_string(name);
  for (const std::string& folder : socket_folders()) {
    if (make_folder(folder).ok()) return folder + "/" + socket.substr(0, socket.rfind('.')) + std::string{kSuffix};
  }
  return {};
}

}  // namespace

FlightFile::FlightFile(const FlightRecorder& recorder, const std::string& domain, const NodeId& self)
    : recorder_(recorder), self_(self), path_(choose_path(domain, self)) {
  const std::lock_guard lock{registry().mutex};
  registry().files.push_back(this);
  set_check_hook(save_all);
}

FlightFile::~FlightFile() {
  const std::lock_guard lock{registry().mutex};
  std::erase(registry().files, this);
}

Status FlightFile::write(const std::string& what_happened) const {
  const Time now = steady_now();
  std::ofstream file{path_, std::ios::trunc};
  file << to_string(self_) << ": " << what_happened << "\nseconds before that, what, whose, what was in it\n";
  for (const FlightEntry& entry : recorder_.entries()) file << to_string(entry, now) << '\n';
  file.flush();
  const bool is_written = file.good();
  remove_the_oldest(std::filesystem::path{path_}.parent_path());
  if (is_written) return Ok{};
  return Error{Errc::system, "cannot write " + path_};
}

}  // namespace hawser
