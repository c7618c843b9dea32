// Watches the processes of peers on this host: the kernel tells at once when one has exited, however it ended.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/io/file_descriptor.hpp"
#include "transport/node.hpp"

namespace hawser {

/// Threads: single-threaded.
class ProcessWatch {
 public:
  /// The event that epoll reports for a watched process's exit has `tag` | its descriptor as its data. `epoll` must
  /// outlive it.
  ProcessWatch(int epoll, std::uint64_t tag) : epoll_(epoll), tag_(tag) {}

  /// Watches these, and those only, from now on. Appends to `exited` those that are gone already. This process itself
  /// is not watched, nor what the kernel can't watch (silence is noticed all the same).
  void set(const std::vector<std::pair<NodeId, HostIdentity>>& peers, std::vector<NodeId>& exited);

  /// Whose process it was that epoll reported with this descriptor. It is not reported again.
  std::optional<NodeId> take_exited(int descriptor);

 private:
  /// Without a descriptor: it has been reported, or can't be watched.
  FileDescriptor watch(const HostIdentity& host, bool& is_gone) const;

  int epoll_;
  std::uint64_t tag_;
  std::map<NodeId, FileDescriptor> watched_;
};

}  // namespace hawser
