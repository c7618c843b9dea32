// A process on a host of the lab: a node that subscribes, publishes and writes its trace.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstddef>
#include <string>

#include "hawser/options.hpp"
#include "tests/hosts/network_namespace.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser::hosts {

struct MemberPlan {
  std::size_t host = 0;
  Options options;
  unsigned messages_per_second = 0;
};

/// The process, as the test sees it. It publishes from its start until it is told "quiet", and dies with the test.
/// Threads: one at a time; none but this when it is made.
class Member {
 public:
  Member(const NetworkNamespace& network, const MemberPlan& plan);
  ~Member() { kill(); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// Stops publishing, and says when everybody has all of it.
  void quiet() const;
  /// Without a chance to tell anybody.
  void kill();
  /// Both do nothing where it is killed.
  void pause() const { signal(SIGSTOP); }
  void go_on() const { signal(SIGCONT); }

  /// Takes in what it has said since. Does not wait.
  void listen();
  /// Readable when it has said something.
  [[nodiscard]] int output() const { return output_.get(); }
  /// The names of its view's members, as it said last; empty before the first.
  [[nodiscard]] const std::string& view() const { return view_; }
  /// How many it has said so far.
  [[nodiscard]] std::size_t views() const { return views_; }
  [[nodiscard]] bool is_finished() const { return finished_; }
  /// What it said when it could not go on; empty where it could.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] bool is_killed() const { return process_ == 0; }
  [[nodiscard]] const std::string& trace_file() const { return trace_file_; }

 private:
  void signal(int number) const;
  void on_line(const std::string& line);

  const std::string trace_file_;
  FileDescriptor input_;
  FileDescriptor output_;
  pid_t process_ = 0;
  std::string unread_;
  std::string view_;
  std::size_t views_ = 0;
  bool finished_ = false;
  std::string failure_;
};

}  // namespace hawser::hosts
