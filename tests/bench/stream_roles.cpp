#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/progress.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long a role waits for its next order: longer than anything that another role may do meanwhile.
constexpr std::chrono::minutes kOrderPatience{5};
constexpr int kOffersPerLook = 64;  // Between two looks at the clock.
constexpr std::chrono::microseconds kFullPause{50};
constexpr milliseconds kResultLook{5};
/// A stream that says nothing for so long has ended.
constexpr milliseconds kQuiet{1000};
constexpr double kWarmUp_seconds = 0.3;

std::int64_t cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& time) { return (std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec) * 1000; };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

Clock::duration in_clock(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{seconds});
}

std::size_t messages_of(const StreamSpec& spec, double seconds) {
  return static_cast<std::size_t>(std::ceil(spec.rate * seconds));
}

class SenderRole {
 public:
  SenderRole(const StreamSpec& spec, StreamSender& sender)
      : spec_(spec), sender_(sender), payload_(spec.payload_bytes) {}

  Status send_all() { return spec_.rate == 0 ? send_fast() : send_paced(); }
  [[nodiscard]] std::uint64_t sent() const { return header_.number; }

 private:
  Status send_fast() {
    const auto end = Clock::now() + in_clock(spec_.seconds);
    while (Clock::now() < end) {
      for (int i = 0; i < kOffersPerLook; ++i) {
        if (auto sent = send_next(0); !sent) return sent;
      }
    }
    sender_.flush();
    return Ok{};
  }

  Status send_paced() {
    const auto start = Clock::now();
    const std::size_t messages = messages_of(spec_, kWarmUp_seconds + spec_.seconds);
    for (std::size_t i = 0; i < messages; ++i) {
      std::this_thread::sleep_until(start + in_clock(static_cast<double>(i) / spec_.rate));
      if (auto sent = send_next(monotonic_ns()); !sent) return sent;
      sender_.flush();
    }
    return Ok{};
  }

  Status send_next(std::int64_t sent_ns) {
    ++header_.number;
    header_.sent_ns = sent_ns;
    std::memcpy(payload_.data(), &header_, sizeof header_);
    const Offer offer = sender_.offer(payload_);
    if (offer == Offer::taken) return Ok{};
    return offer == Offer::full ? wait_for_room() : refused();
  }

  Status wait_for_room() {
    const auto deadline = Clock::now() + kPatience;
    while (Clock::now() < deadline) {
      std::this_thread::sleep_for(kFullPause);
      const Offer offer = sender_.offer(payload_);
      if (offer == Offer::taken) return Ok{};
      if (offer == Offer::failed) return refused();
    }
    return Error{Errc::timeout, "no room for message " + std::to_string(header_.number) + " for " +
                                    std::to_string(kPatience.count()) + " ms"};
  }

  [[nodiscard]] Status refused() const {
    return Error{Errc::system, "message " + std::to_string(header_.number) + " could not be sent"};
  }

  const StreamSpec& spec_;
  StreamSender& sender_;
  std::vector<std::byte> payload_;
  PayloadHeader header_;
};

// Until all have come, or none for kQuiet.
void wait_for_messages(const ReceivedStream& stream, std::uint64_t expected) {
  std::uint64_t last = stream.received();
  auto last_news = Clock::now();
  while (last < expected && Clock::now() - last_news < kQuiet) {
    std::this_thread::sleep_for(kResultLook);
    const std::uint64_t received = stream.received();
    if (received != last) last_news = Clock::now();
    last = received;
  }
}

// The order's fields, or what went wrong.
Result<json> order(JsonChannel& bench, std::string_view word) { return bench.wait_for(word, kOrderPatience); }

// The order to sum up; until then it is noted how far the stream is, where that is wanted.
Result<json> wait_to_be_asked(const StreamSpec& spec, const ReceivedStream& stream, Progress& progress,
                              JsonChannel& bench) {
  if (spec.progress_ms == 0) return order(bench, "expect");
  const auto deadline = Clock::now() + kOrderPatience;
  for (;;) {
    auto expect = bench.wait_for("expect", milliseconds{spec.progress_ms});
    if (expect || expect.error().code != Errc::timeout || Clock::now() > deadline) return expect;
    progress.note(monotonic_ns(), stream.received());
  }
}

Status wait_for_end(JsonChannel& bench) {
  const auto end = order(bench, "end");
  if (!end) return end.error();
  return Ok{};
}

}  // namespace

Status run_sender(const StreamSpec& spec, JsonChannel& bench) {
  auto sender = open_sender(spec);
  if (!sender) return sender.error();
  bench.send({{"word", "opened"}, {"address", (*sender)->address()}});

  if (auto prepare = order(bench, "prepare"); !prepare) return prepare.error();
  if (auto connected = (*sender)->wait_for_receivers(kPatience); !connected) return connected;
  bench.send({{"word", "prepared"}});

  if (auto go = order(bench, "go"); !go) return go.error();
  const std::int64_t cpu_before_ns = cpu_ns();
  SenderRole role{spec, **sender};
  if (auto sent = role.send_all(); !sent) return sent;
  bench.send({{"word", "sent"}, {"messages", role.sent()}, {"cpu_ns", cpu_ns() - cpu_before_ns}});
  if (auto received = order(bench, "sum up"); !received) return received.error();
  bench.send({{"word", "sum"}, {"packets_repaired", (*sender)->packets_repaired()}, {"diary", (*sender)->diary()}});
  return wait_for_end(bench);
}

Status run_receiver(const StreamSpec& spec, std::uint32_t index, JsonChannel& bench) {
  // Outlives the receiver, which puts messages into it.
  ReceivedStream stream{spec.payload_bytes, messages_of(spec, spec.seconds), messages_of(spec, kWarmUp_seconds)};
  auto receiver = open_receiver(spec, index);
  if (!receiver) return receiver.error();
  bench.send({{"word", "opened"}});

  const auto listen = order(bench, "listen");
  if (!listen) return listen.error();
  if (auto ready = (*receiver)->listen(listen.value().at("address"), stream); !ready) return ready;
  const std::int64_t cpu_before_ns = cpu_ns();
  bench.send({{"word", "ready"}});

  Progress progress;
  const auto expect = wait_to_be_asked(spec, stream, progress, bench);
  if (!expect) return expect.error();
  const std::uint64_t messages = expect.value().at("messages");
  wait_for_messages(stream, messages);
  (*receiver)->stop();
  bench.send({{"word", "result"},
              {"counts", stream.counts(messages)},
              {"latencies_ns", stream.latencies_ns()},
              {"progress", progress},
              {"diary", (*receiver)->diary()},
              {"cpu_ns", cpu_ns() - cpu_before_ns}});
  return wait_for_end(bench);
}

}  // namespace hawser::bench
