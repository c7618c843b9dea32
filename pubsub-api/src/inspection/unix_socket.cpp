#include "pubsub-api/src/inspection/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

constexpr int kWaitingMax = 16;  // Of those who connect; further ones wait in connect(2).

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error{Errc::system,
                 "the path of a socket has at most " + std::to_string(sizeof address.sun_path - 1) + " bytes: " + path};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

FileDescriptor stream_socket(int flags) {
  return FileDescriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)};
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

Result<FileDescriptor> listen_at(const std::string& path) {
  const std::string nascent = path + "+";
  const auto address = address_of(nascent);
  if (!address) return address.error();
  FileDescriptor socket = stream_socket(SOCK_NONBLOCK);
  ::unlink(nascent.c_str());  // Of a process that had this id before and ended right here.
  if (!socket || ::bind(socket.get(), generic(*address), sizeof *address) != 0) {
    return system_error("cannot open a socket at " + path);
  }
  if (::listen(socket.get(), kWaitingMax) != 0 || ::rename(nascent.c_str(), path.c_str()) != 0) {
    const Error error = system_error("cannot listen at " + path);
    ::unlink(nascent.c_str());
    return error;
  }
  return socket;
}

Result<FileDescriptor> connect_to(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return address.error();
  FileDescriptor socket = stream_socket(0);
  if (!socket) return system_error("cannot open a socket");
  if (::connect(socket.get(), generic(*address), sizeof *address) != 0) {
    return system_error("cannot connect to " + path);
  }
  return socket;
}

bool is_deserted(const std::string& path) {
  const auto address = address_of(path);
  const FileDescriptor socket = stream_socket(SOCK_NONBLOCK);
  if (!address || !socket) return false;
  return ::connect(socket.get(), generic(*address), sizeof *address) != 0 && errno == ECONNREFUSED;
}

}  // namespace hawser
