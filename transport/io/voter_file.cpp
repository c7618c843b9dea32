#include "transport/io/voter_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/io/host_identity.hpp"
#include "transport/io/system_error.hpp"
#include "transport/wire/voting_state.hpp"

namespace hawser {
namespace {

constexpr std::string_view kMagic = "HWSRVOTE";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

std::vector<std::byte> encode(const VotingState& state) {
  std::vector<std::byte> bytes(kMagic.size() + sizeof kVersion + wire::size_of(state) + kChecksumBytes);
  Writer writer{bytes};
  writer.bytes(std::as_bytes(std::span{kMagic}));
  writer.number(kVersion);
  wire::put(writer, state);
  writer.number(std::uint64_t{XXH3_64bits(bytes.data(), writer.size())});
  return bytes;
}

Error bad(const std::string& path, std::string_view what) {
  return {
      Errc::bad_data,
      "voter file " + path + " " + std::string{what} +
          ": move it away, and start this node as a voter that comes later (electorate 0); an old copy forgets votes"};
}

Error no_folder(const std::string& path) {
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  return {Errc::system, "no folder " + folder + " for voter file " + path +
                            ": make it, on a disk that keeps what it has synced, or name a file in one that is there"};
}

Result<VotingState> decode(const std::string& path, ByteView bytes) {
  Reader reader{bytes};
  const ByteView magic = reader.bytes(kMagic.size());
  if (!reader.ok() || std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) return bad(path, "is none");
  if (bytes.size() < kMagic.size() + sizeof kVersion + kChecksumBytes) return bad(path, "is cut short");
  Reader end{bytes.last(kChecksumBytes)};
  const std::size_t summed = bytes.size() - kChecksumBytes;
  if (end.number<std::uint64_t>() != XXH3_64bits(bytes.data(), summed)) return bad(path, "is damaged");
  if (reader.number<std::uint32_t>() != kVersion) return bad(path, "is of another version of this program");
  Reader state{bytes.subspan(kMagic.size() + sizeof kVersion, summed - kMagic.size() - sizeof kVersion)};
  VotingState voting = wire::get_voting_state(state);
  if (!state.done()) return bad(path, "makes no sense");
  return voting;
}

/// Nothing where there is no such file.
Result<std::vector<std::byte>> read_whole(const std::string& path) {
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::vector<std::byte> bytes;
  if (!file && errno == ENOENT) return bytes;
  if (!file) return system_error("cannot open voter file " + path);
  bytes.resize(kFileBytesMax);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot read voter file " + path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  if (bytes.empty()) return bad(path, "is empty");
  return bytes;
}

Status write_all(int file, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot write " + path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  if (::fsync(file) != 0) return system_error("cannot sync " + path);
  return Ok{};
}

// A rename is lasting when the folder is on the disk.
Status sync_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
  const std::string name = folder.empty() ? "." : folder.string();
  const FileDescriptor descriptor{::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!descriptor || ::fsync(descriptor.get()) != 0) return system_error("cannot sync folder " + name);
  return Ok{};
}

}  // namespace

Result<VoterFile> VoterFile::open(const std::string& path, std::uint16_t electorate) {
  const std::string lock_path = path + ".lock";
  FileDescriptor lock{::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock && errno == ENOENT) return no_folder(path);
  if (!lock) return system_error("cannot make " + lock_path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Errc::system, "another process votes with " + path + ": give each node a voter file of its own"};
  }
  VoterFile file{path, std::move(lock)};
  auto bytes = read_whole(path);
  if (!bytes) return bytes.error();
  if (bytes->empty()) {
    file.state_.voter = {random_number()};
  } else {
    auto state = decode(path, *bytes);
    if (!state) return state.error();
    file.state_ = std::move(state).value();
  }
  file.state_.electorate = electorate;
  if (const Status written = file.write(file.state_); !written) return written.error();
  return file;
}

Status VoterFile::write(const VotingState& state) {
  const std::string fresh_path = path_ + ".new";
  const FileDescriptor fresh{::open(fresh_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!fresh) return system_error("cannot make " + fresh_path);
  if (Status written = write_all(fresh.get(), encode(state), fresh_path); !written) return written;
  if (::rename(fresh_path.c_str(), path_.c_str()) != 0) return system_error("cannot replace " + path_);
  return sync_folder(path_);
}

}  // namespace hawser
