#include "tests/bench/corosync.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "transport/io/system_error.hpp"

namespace hawser::bench {
namespace {

constexpr std::chrono::milliseconds kEndPatience{5000};
constexpr std::chrono::milliseconds kEndLook{5};

// Its lock file has a fixed place, and there is one daemon a host, not a machine: so each gets a /run of its own.
bool hide_run() {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/run", "tmpfs", 0, nullptr) == 0;
}

// Only what is safe between fork and exec.
[[noreturn]] void become_daemon(const hosts::NetworkNamespace& network, int output, pid_t parent,
                                char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // It then removes its shared memory.
  if (::getppid() != parent || !network.enter() || !hide_run()) ::_exit(127);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

// True when it has ended.
bool wait_for_end(pid_t daemon, std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    if (::waitpid(daemon, nullptr, WNOHANG) != 0) return true;
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kEndLook);
  }
}

// What it shared with a client that was killed, and its own where it was: both have the daemon's number in their names.
void remove_shared_memory(pid_t daemon) {
  const std::string number = std::to_string(daemon) + "-";
  std::error_code refused;  // What can't be removed does no harm.
  for (const auto& entry : std::filesystem::directory_iterator{"/dev/shm", refused}) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("qb-" + number) && !name.starts_with("qb-corosync-" + number)) continue;
    std::filesystem::remove_all(entry.path(), refused);
  }
}

}  // namespace

std::optional<std::string> find_corosync() {
  const char* path = std::getenv("PATH");
  std::istringstream folders{std::string{path == nullptr ? "" : path} + ":/usr/sbin:/sbin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = folder + "/corosync";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

std::string missing_for(System system) {
  if (!is_cpg(system)) return {};
#ifndef HAWSER_WITH_CPG
  return "libcpg was not found when the bench was built: install libcpg-dev, and configure the build again";
#else
  return find_corosync() ? std::string{} : "corosync is not installed: install the package corosync";
#endif
}

std::string corosync_configuration(System system, const std::vector<std::string>& addresses, std::size_t node,
                                   const std::filesystem::path& folder) {
  std::ostringstream text;
  text << "totem {\n  version: 2\n  cluster_name: hawser-bench\n  crypto_cipher: none\n  crypto_hash: none\n";
  if (system == System::cpg_udp) {
    text << "  transport: udp\n  interface {\n    ringnumber: 0\n    bindnetaddr: " << addresses[node]
         << "\n    mcastaddr: 239.255.1.1\n    mcastport: 5405\n  }\n";
  } else {
    text << "  transport: knet\n";
  }
  text << "}\nnodelist {\n";
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    text << "  node {\n    ring0_addr: " << addresses[i] << "\n    nodeid: " << i + 1 << "\n    name: node" << i + 1
         << "\n  }\n";
  }
  text << "}\nlogging {\n  to_stderr: no\n  to_syslog: no\n  to_logfile: yes\n  logfile: "
       << (folder / ("log" + std::to_string(node))).string()
       << "\n}\nsystem {\n  state_dir: " << (folder / ("state" + std::to_string(node))).string() << "\n}\n";
  return text.str();
}

Result<std::unique_ptr<CorosyncCluster>> CorosyncCluster::start(System system, const hosts::Lab& lab) {
  std::string folder = (std::filesystem::temp_directory_path() / "hawser-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return system_error("cannot make the folder " + folder);
  std::unique_ptr<CorosyncCluster> cluster{new CorosyncCluster{folder}};
  for (std::size_t node = 0; node < lab.size(); ++node) {
    if (auto started = cluster->start_node(system, lab, node); !started) return started.error();
  }
  return cluster;
}

Status CorosyncCluster::start_node(System system, const hosts::Lab& lab, std::size_t node) {
  auto program = find_corosync();
  if (!program) return Error{Errc::system, missing_for(system)};
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < lab.size(); ++i) addresses.push_back(hosts::Lab::address(i));
  const std::string number = std::to_string(node);
  std::string configuration = (folder_ / ("corosync" + number + ".conf")).string();
  std::error_code refused;
  std::filesystem::create_directory(folder_ / ("state" + number), refused);
  std::ofstream{configuration} << corosync_configuration(system, addresses, node, folder_);

  std::array<std::string, 4> arguments{*program, "-f", "-c", configuration};
  std::array<char*, 5> argv{arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(),
                            nullptr};
  const FileDescriptor output{
      ::open((folder_ / ("output" + number)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!output) return system_error("cannot write to " + folder_.string());
  const pid_t parent = ::getpid();
  const pid_t daemon = ::fork();
  if (daemon == 0) become_daemon(lab.host(node), output.get(), parent, argv.data());
  if (daemon < 0) return system_error("cannot start " + *program);
  daemons_.push_back(daemon);
  return Ok{};
}

bool CorosyncCluster::has_lost_one() {
  const auto ended = [](pid_t daemon) {
    if (::waitpid(daemon, nullptr, WNOHANG) == 0) return false;
    remove_shared_memory(daemon);
    return true;
  };
  return std::erase_if(daemons_, ended) > 0;
}

CorosyncCluster::~CorosyncCluster() {
  for (const pid_t daemon : daemons_) ::kill(daemon, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kEndPatience;
  for (const pid_t daemon : daemons_) {
    if (!wait_for_end(daemon, deadline)) {
      ::kill(daemon, SIGKILL);
      ::waitpid(daemon, nullptr, 0);
    }
    remove_shared_memory(daemon);
  }
  std::error_code kept;
  std::filesystem::remove_all(folder_, kept);
}

}  // namespace hawser::bench
