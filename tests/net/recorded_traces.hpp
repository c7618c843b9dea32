// The traces of real processes, for the checkers.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/trace/trace_file.hpp"
#include "tests/check/history.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {

// More than the grace period of heavy-weight groups. The nodes leave groups that they don't need any more when that is
// over: until then a trace that is read later knows of more.
inline constexpr std::chrono::milliseconds kTracesRestFor{3'000};

/// Fails where something is still written to one of the files after `bound`.
inline void wait_until_traces_rest(const std::vector<std::string>& paths, std::chrono::seconds bound) {
  const FileDescriptor watch{::inotify_init1(IN_CLOEXEC)};
  for (const std::string& path : paths) {
    ASSERT_GE(::inotify_add_watch(watch.get(), path.c_str(), IN_MODIFY), 0) << path;
  }
  const auto give_up = std::chrono::steady_clock::now() + bound;
  pollfd written{.fd = watch.get(), .events = POLLIN, .revents = 0};
  std::array<char, 4096> notices;
  while (::poll(&written, 1, static_cast<int>(kTracesRestFor.count())) != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the nodes never come to rest";
    ASSERT_GT(::read(watch.get(), notices.data(), notices.size()), 0);
  }
}

/// Appends what the file tells of one process.
inline void add_trace(const std::string& path, bool killed, check::History& history) {
  auto trace = read_trace_file(path);
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  history.nodes.push_back(
      {.node = trace->node, .events = std::move(trace->events), .crashed = killed, .truncated = killed});
}

}  // namespace hawser
