#include "tests/sim/jobs.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hawser::sim {
namespace {

static_assert(std::is_trivially_copyable_v<RunCounts>);

// ---- Results as bytes, from a child to its parent ----

void append(std::string& bytes, const void* from, std::size_t size) {
  bytes.append(static_cast<const char*>(from), size);
}
void append_number(std::string& bytes, std::uint64_t number) { append(bytes, &number, sizeof number); }
void append_text(std::string& bytes, const std::string& text) {
  append_number(bytes, text.size());
  bytes += text;
}

std::string to_bytes(const RunResult& result) {
  std::string bytes;
  append_number(bytes, result.seed);
  append(bytes, &result.counts, sizeof result.counts);
  append_number(bytes, result.digest);
  append_number(bytes, static_cast<std::uint64_t>(result.simulated.count()));
  append_number(bytes, result.violations.size());
  for (const check::Violation& violation : result.violations) {
    append_text(bytes, violation.property);
    append_text(bytes, violation.what);
    append_number(bytes, violation.around.size());
    for (const std::string& line : violation.around) append_text(bytes, line);
  }
  return bytes;
}

// Takes a result apart; the bytes come from our own child, whole.
class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes) {}

  RunResult result() {
    RunResult result;
    result.seed = number();
    take(&result.counts, sizeof result.counts);
    result.digest = number();
    result.simulated = Duration{static_cast<std::int64_t>(number())};
    result.violations.resize(number());
    for (check::Violation& violation : result.violations) {
      violation.property = text();
      violation.what = text();
      violation.around.resize(number());
      for (std::string& line : violation.around) line = text();
    }
    return result;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    take(&value, sizeof value);
    return value;
  }

 private:
  void take(void* to, std::size_t size) {
    HAWSER_CHECK(size <= bytes_.size());
    std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  std::string text() {
    std::string text(number(), '\0');
    take(text.data(), text.size());
    return text;
  }
  std::string_view bytes_;
};

// ---- Children ----

struct Child {
  pid_t process = -1;
  int pipe = -1;
  std::uint64_t seed = 0;  ///< the one it is at
  std::string received;
};

void write_all(int pipe, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(pipe, bytes.data(), bytes.size());
    if (written <= 0) ::_exit(1);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

class Jobs {
 public:
  Jobs(SeedRange seeds, unsigned jobs, const std::function<RunResult(std::uint64_t)>& run_seed,
       const std::function<void(const RunResult&)>& on_result)
      : end_(seeds.first + seeds.count),
        next_out_(seeds.first),
        jobs_(jobs),
        run_seed_(run_seed),
        on_result_(on_result) {
    for (unsigned i = 0; i < jobs && seeds.first + i < end_; ++i) children_.push_back(begin(seeds.first + i));
  }

  void run() {
    while (!children_.empty()) {
      std::vector<pollfd> polled;
      for (const Child& child : children_) polled.push_back({child.pipe, POLLIN, 0});
      ::poll(polled.data(), polled.size(), -1);
      for (std::size_t i = polled.size(); i-- > 0;) {
        if (polled[i].revents != 0) receive(i);
      }
      while (!done_.empty() && done_.begin()->first == next_out_) {
        on_result_(done_.begin()->second);
        done_.erase(done_.begin());
        ++next_out_;
      }
    }
  }

 private:
  // A child runs every jobs_-th seed from `first` on.
  Child begin(std::uint64_t first) {
    int ends[2];
    HAWSER_CHECK(::pipe(ends) == 0);
    const pid_t process = ::fork();
    HAWSER_CHECK(process >= 0);
    if (process == 0) {
      ::close(ends[0]);
      for (std::uint64_t seed = first; seed < end_; seed += jobs_) {
        const std::string bytes = to_bytes(run_seed_(seed));
        std::string framed;
        append_text(framed, bytes);
        write_all(ends[1], framed);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    return {process, ends[0], first, {}};
  }

  void receive(std::size_t index) {
    Child& child = children_[index];
    char bytes[65536];
    const ssize_t size = ::read(child.pipe, bytes, sizeof bytes);
    if (size > 0) {
      child.received.append(bytes, static_cast<std::size_t>(size));
      take_results(child);
      return;
    }
    ::close(child.pipe);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    const std::uint64_t seed = child.seed;
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
    if (seed >= end_) return;
    done_.emplace(seed, death_of(seed, status));
    if (seed + jobs_ < end_) children_.push_back(begin(seed + jobs_));
  }

  void take_results(Child& child) {
    for (;;) {
      if (child.received.size() < sizeof(std::uint64_t)) return;
      const std::uint64_t size = Parser{child.received}.number();
      if (child.received.size() < sizeof size + size) return;
      done_.emplace(child.seed, Parser{std::string_view{child.received}.substr(sizeof size, size)}.result());
      child.received.erase(0, sizeof size + size);
      child.seed += jobs_;
    }
  }

  static RunResult death_of(std::uint64_t seed, int status) {
    RunResult result;
    result.seed = seed;
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "exit code " + std::to_string(WEXITSTATUS(status));
    result.violations.push_back(
        {"No Crash", "the process died by " + how + "; its last words are on standard error", {}});
    return result;
  }

  const std::uint64_t end_;
  std::uint64_t next_out_;
  const unsigned jobs_;
  const std::function<RunResult(std::uint64_t)>& run_seed_;
  const std::function<void(const RunResult&)>& on_result_;
  std::vector<Child> children_;
  std::map<std::uint64_t, RunResult> done_;  // results that wait for those of earlier seeds
};

}  // namespace

void run_jobs(SeedRange seeds, unsigned jobs, const std::function<RunResult(std::uint64_t seed)>& run_seed,
              const std::function<void(const RunResult&)>& on_result) {
  if (jobs > 1) return Jobs{seeds, jobs, run_seed, on_result}.run();
  for (std::uint64_t i = 0; i < seeds.count; ++i) on_result(run_seed(seeds.first + i));
}

}  // namespace hawser::sim
