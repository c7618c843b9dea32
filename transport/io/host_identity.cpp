#include "transport/io/host_identity.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "transport/core/ids.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {
namespace {

std::uint64_t inode_of(const char* path) {
  struct stat status{};
  return ::stat(path, &status) == 0 ? status.st_ino : 0;
}

/// The file's first bytes as a digest; 0 where it can't be read.
std::uint64_t digest_of_file(const char* path) {
  const FileDescriptor file{::open(path, O_RDONLY | O_CLOEXEC)};
  std::array<char, 64> text{};
  const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (size <= 0) return 0;
  std::uint64_t digest = 0;
  for (const char c : std::string_view{text.data(), static_cast<std::size_t>(size)}) {
    digest = mix64(digest ^ static_cast<unsigned char>(c));
  }
  return digest;
}

}  // namespace

HostIdentity host_identity() {
  const std::uint64_t boot = digest_of_file("/proc/sys/kernel/random/boot_id");
  const std::uint64_t network = inode_of("/proc/self/ns/net");
  const std::uint64_t processes = inode_of("/proc/self/ns/pid");
  if (boot == 0 || network == 0 || processes == 0) return {};
  return {mix64(boot ^ processes), network, static_cast<std::uint32_t>(::getpid())};
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  while (::getrandom(&number, sizeof number, 0) != sizeof number) {
    if (errno == EINTR) continue;
    // No entropy system call (a sandbox): address space layout and the clock still tell two starts apart.
    const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
    return mix64(static_cast<std::uint64_t>(ticks) ^ reinterpret_cast<std::uintptr_t>(&number) ^
                 (static_cast<std::uint64_t>(::getpid()) << 32U));
  }
  return number;
}

}  // namespace hawser
