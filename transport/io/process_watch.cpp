#include "transport/io/process_watch.hpp"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hawser {

void ProcessWatch::set(const std::vector<std::pair<NodeId, HostIdentity>>& peers, std::vector<NodeId>& exited) {
  const auto is_listed = [&](const NodeId& node) {
    return std::any_of(peers.begin(), peers.end(), [&](const auto& peer) { return peer.first == node; });
  };
  // Closing a descriptor takes it out of epoll's set.
  std::erase_if(watched_, [&](const auto& entry) { return !is_listed(entry.first); });
  for (const auto& [node, host] : peers) {
    if (watched_.contains(node)) continue;
    bool is_gone = false;
    watched_.emplace(node, watch(host, is_gone));
    if (is_gone) exited.push_back(node);
  }
}

FileDescriptor ProcessWatch::watch(const HostIdentity& host, bool& is_gone) const {
  if (host.process_id == static_cast<std::uint32_t>(::getpid())) return {};
  FileDescriptor process{static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(host.process_id), 0))};
  is_gone = !process && errno == ESRCH;
  if (!process) return {};
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag_ | static_cast<std::uint64_t>(process.get());
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, process.get(), &event) != 0) return {};
  return process;
}

std::optional<NodeId> ProcessWatch::take_exited(int descriptor) {
  for (auto& [node, process] : watched_) {
    if (process.get() != descriptor) continue;
    process = FileDescriptor{};
    return node;
  }
  return std::nullopt;
}

}  // namespace hawser
