// Corosync's daemons for one run: one on each host of a lab, with a configuration and a state of their own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/stream_system.hpp"
#include "tests/hosts/lab.hpp"

namespace hawser::bench {

/// The path of the program; nothing where it is not installed.
[[nodiscard]] std::optional<std::string> find_corosync();

/// Empty where `system` can be measured here, otherwise what is missing and how to get it.
[[nodiscard]] std::string missing_for(System system);

/// One node's configuration. `node`: from 0, of `addresses`, one for each node. Everything but the network, the
/// encryption (none) and where files lie is Corosync's default.
[[nodiscard]] std::string corosync_configuration(System system, const std::vector<std::string>& addresses,
                                                 std::size_t node, const std::filesystem::path& folder);

/// Ownership: destruction ends the daemons, by their pids, and removes their files.
/// Threads: one, and no other in the process.
class CorosyncCluster {
 public:
  /// Starts one on each of the lab's hosts, which must outlive it. They have no group yet when it returns.
  /// Errors: system.
  static Result<std::unique_ptr<CorosyncCluster>> start(System system, const hosts::Lab& lab);
  ~CorosyncCluster();
  CorosyncCluster(const CorosyncCluster&) = delete;
  CorosyncCluster& operator=(const CorosyncCluster&) = delete;

  /// Whether one of them has ended by itself. Some do where all start at once: version 3.1.7 then now and then fails an
  /// assertion of its own in orf_token_rtr().
  [[nodiscard]] bool has_lost_one();

 private:
  explicit CorosyncCluster(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Status start_node(System system, const hosts::Lab& lab, std::size_t node);

  std::filesystem::path folder_;
  std::vector<pid_t> daemons_;
};

}  // namespace hawser::bench
