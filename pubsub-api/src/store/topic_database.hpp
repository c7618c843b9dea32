// A node's store: topics in a RocksDB database, in a folder of its own. Its layout is the session's (store_layout.hpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"
#include "transport/core/result.hpp"

namespace hawser {

/// Threads: one at a time.
class TopicDatabase {
 public:
  enum class Mode {
    write,  ///< made where it is not there; no other process may have it open
    read,   ///< of a store that no process writes to
  };
  /// Errors: system    the folder can't be made or read, or another process has the store open;
  ///         bad_data  what is there is damaged, or is no store of this version.
  static Result<std::unique_ptr<TopicDatabase>> open(const std::string& folder, Mode mode);
  virtual ~TopicDatabase() = default;

  /// All of the batch or nothing, also across a crash. With `sync`, it and all before it outlive the machine's crash
  /// once it returns. What an error leaves unknown is never tried again: the database is out of service after it.
  /// Errors: system (a full disk, for one), bad_data.
  virtual Status write(const StoreWrite& write) = 0;
  /// In the order of keys.
  /// Errors: system, bad_data.
  [[nodiscard]] virtual Result<std::vector<StoreRecord>> read(const StoreRange& range) const = 0;
  /// Shows every record, in the order of keys, until `visit` says false. Views are valid during the call.
  /// Errors: system, bad_data.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  [[nodiscard]] virtual Status for_each(const Visit& visit) const = 0;
  /// Reads all there is, and compares it with its checksums.
  /// Errors: system, bad_data (which file, and where).
  virtual Status verify() = 0;
  /// A copy that open() takes, as of now, in a folder that is not there yet; on the same file system it shares the
  /// files that do not change.
  /// Errors: system.
  virtual Status backup(const std::string& folder) = 0;
};

}  // namespace hawser
