// What the nodes of this process recorded last, saved in a file each when a check has failed.
#pragma once

#include <cstddef>
#include <string>

#include "hawser/result.hpp"
#include "transport/core/ids.hpp"
#include "transport/link/flight_recorder.hpp"

namespace hawser {

/// As long as it lives, a failed check of this process writes `recorder` to path(), and says so on standard error.
/// Threads: any; a failed check reads the recorder without a lock, for then there is nothing to lose any more.
class FlightFile {
 public:
  /// `recorder` must outlive it.
  FlightFile(const FlightRecorder& recorder, const std::string& domain, const NodeId& self);
  ~FlightFile();
  FlightFile(const FlightFile&) = delete;
  FlightFile& operator=(const FlightFile&) = delete;

  /// "4242-40001-9f02c1d4a5b6c7d8.flight", where the node's socket for questions is too; empty where there is no place.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// A line of what happened, and one for each entry. Of all nodes' files in the folder, the newest kFilesKept stay.
  /// Errors: system  the file can't be written.
  [[nodiscard]] Status write(const std::string& what_happened) const;

  /// About a megabyte each at most. A process that fails again and again must not fill the disk, or the memory that
  /// $XDG_RUNTIME_DIR lies in.
  static constexpr std::size_t kFilesKept = 16;

 private:
  const FlightRecorder& recorder_;
  const NodeId self_;
  std::string path_;
};

}  // namespace hawser
