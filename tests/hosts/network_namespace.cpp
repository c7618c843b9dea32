#include "tests/hosts/network_namespace.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "transport/core/check.hpp"
#include "transport/io/system_error.hpp"

namespace hawser::hosts {
namespace {

constexpr const char* kOwnNetwork = "/proc/self/ns/net";

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read_end = FileDescriptor{ends[0]};
    write_end = FileDescriptor{ends[1]};
  }
  FileDescriptor read_end;
  FileDescriptor write_end;
};

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t got = ::read(descriptor, bytes.data(), bytes.size());
    if (got <= 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

[[noreturn]] void become(const NetworkNamespace& network, std::vector<std::string>& program, int input, int output) {
  if (!network.enter()) ::_exit(126);
  const char* path = std::getenv("PATH");
  ::setenv("PATH", (std::string{path == nullptr ? "" : path} + ":/usr/sbin:/sbin").c_str(), 1);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& argument : program) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

Result<NetworkNamespace> NetworkNamespace::create() {
  const FileDescriptor home{::open(kOwnNetwork, O_RDONLY | O_CLOEXEC)};
  if (!home) return system_error("cannot open this process's network namespace");
  if (::unshare(CLONE_NEWNET) != 0) return system_error("cannot make a network namespace");
  FileDescriptor made{::open(kOwnNetwork, O_RDONLY | O_CLOEXEC)};
  HAWSER_CHECK(::setns(home.get(), CLONE_NEWNET) == 0);  // Else all that follows would happen in the wrong network.
  if (!made) return system_error("cannot open the new network namespace");
  return NetworkNamespace{std::move(made)};
}

bool NetworkNamespace::enter() const { return ::setns(descriptor_.get(), CLONE_NEWNET) == 0; }

std::string NetworkNamespace::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor_.get());
}

Status NetworkNamespace::run(std::vector<std::string> program, const std::string& input) const {
  Pipe to_child;
  Pipe from_child;
  const pid_t child = ::fork();
  if (child == 0) become(*this, program, to_child.read_end.get(), from_child.write_end.get());
  if (child < 0) return system_error("cannot start " + program.front());
  to_child.read_end = {};
  from_child.write_end = {};
  // The inputs are shorter than a pipe is long: this does not block, and a child that is gone shows in its exit code.
  const bool written =
      ::write(to_child.write_end.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size());
  to_child.write_end = {};
  const std::string output = read_all(from_child.read_end.get());
  int status = 0;
  ::waitpid(child, &status, 0);
  if (written && WIFEXITED(status) && WEXITSTATUS(status) == 0) return Ok{};
  const std::string why = WIFEXITED(status) && WEXITSTATUS(status) == 127 ? "it is not installed" : output;
  return Error{Errc::system, program.front() + " failed: " + why};
}

}  // namespace hawser::hosts
