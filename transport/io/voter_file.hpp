// A voter's memory: what it must know of primary views after a restart. One small file, replaced as a whole.
//
// The file: "HWSRVOTE", u32 version (1), a voting state (wire/FORMAT.md, 6: sync), and the XXH3-64 of all before it.
#pragma once

#include <cstdint>
#include <string>

#include "transport/core/result.hpp"
#include "transport/core/voting_state.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {

/// Threads: one at a time.
class VoterFile {
 public:
  /// Reads the file, or makes a new voter where there is none; the electorate in a file that is there gives way to
  /// this one. Nobody else can open it until this object is gone.
  /// Errors: system    it can't be read or made, or another process votes with it;
  ///         bad_data  it is not what write() wrote.
  static Result<VoterFile> open(const std::string& path, std::uint16_t electorate);

  /// As of the opening.
  [[nodiscard]] const VotingState& state() const { return state_; }
  /// When it returns, this is what open() will find, whatever happens to the machine. Until then it is this or what was
  /// there before.
  /// Errors: system  the file can't be written.
  Status write(const VotingState& state);

 private:
  VoterFile(std::string path, FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileDescriptor lock_;
  VotingState state_;
};

}  // namespace hawser
