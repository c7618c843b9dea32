// A network of its own inside this machine: gone with the last descriptor and process that uses it.
#pragma once

#include <string>
#include <vector>

#include "transport/core/result.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser::hosts {

/// Threads: the process must have one thread only, since it is in two networks for a moment.
class NetworkNamespace {
 public:
  /// Empty: one loopback interface, switched off.
  /// Errors: system  this process may not make one.
  static Result<NetworkNamespace> create();

  /// Runs a program in it to its end, with `input` on its standard input. `program` is looked for in PATH, /usr/sbin
  /// and /sbin.
  /// Errors: system  it could not be started, or ended with another code than 0: the message has what it wrote.
  [[nodiscard]] Status run(std::vector<std::string> program, const std::string& input = {}) const;

  /// Moves the calling process there for good. For a process that has just been forked. False where that is refused.
  [[nodiscard]] bool enter() const;

  /// A path by which other programs of this machine find it as long as this process lives.
  [[nodiscard]] std::string path() const;

 private:
  explicit NetworkNamespace(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  FileDescriptor descriptor_;
};

}  // namespace hawser::hosts
