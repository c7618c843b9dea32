#include "tests/bench/stream_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/bench/child.hpp"
#include "tests/bench/raw_credit.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

// More than the roles' own patience, so that they say first what they waited for.
constexpr milliseconds kStepPatience = kPatience + milliseconds{5000};
constexpr milliseconds kEndPatience{5000};

class StreamConductor {
 public:
  explicit StreamConductor(StreamSpec spec) : spec_(std::move(spec)) {}

  Result<StreamRun> run() {
    for (const auto step : {&StreamConductor::start, &StreamConductor::connect, &StreamConductor::send,
                            &StreamConductor::collect, &StreamConductor::end}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return std::move(run_);
  }

 private:
  Status start() {
    auto sender = Child::start(title("sender"), sender_role(spec_));
    if (!sender) return sender.error();
    sender_ = std::move(sender).value();
    for (std::uint32_t i = 0; i < spec_.receivers; ++i) {
      auto receiver = Child::start(title("receiver " + std::to_string(i + 1)), receiver_role(spec_, i));
      if (!receiver) return receiver.error();
      receivers_.push_back(std::move(receiver).value());
    }
    return Ok{};
  }

  Status connect() {
    const auto opened = sender_->wait_for("opened", kStepPatience);
    if (!opened) return opened.error();
    for (const auto& receiver : receivers_) {
      if (auto ready = receiver->wait_for("opened", kStepPatience); !ready) return ready.error();
    }
    // One by one: that all come at once is what the groups benchmark is for.
    for (const auto& receiver : receivers_) {
      receiver->tell({{"word", "listen"}, {"address", opened.value().at("address")}});
      if (auto ready = receiver->wait_for("ready", kStepPatience); !ready) return ready.error();
    }
    sender_->tell({{"word", "prepare"}});
    if (auto prepared = sender_->wait_for("prepared", kStepPatience); !prepared) return prepared.error();
    return Ok{};
  }

  Status send() {
    sender_->tell({{"word", "go"}});
    const auto sending = milliseconds{static_cast<std::int64_t>(spec_.seconds * 1000)};
    const auto sent = sender_->wait_for("sent", sending + kStepPatience);
    if (!sent) return sent.error();
    run_.sent = sent.value().at("messages");
    run_.sender_cpu_ns = per_message(sent.value());
    return Ok{};
  }

  Status collect() {
    for (const auto& receiver : receivers_) receiver->tell({{"word", "expect"}, {"messages", run_.sent}});
    for (const auto& receiver : receivers_) {
      const auto result = receiver->wait_for("result", kStepPatience);
      if (!result) return result.error();
      run_.receivers.push_back(result.value().at("counts"));
      const std::vector<std::int64_t> latencies_ns = result.value().at("latencies_ns");
      run_.latencies_ns.insert(run_.latencies_ns.end(), latencies_ns.begin(), latencies_ns.end());
      run_.receiver_cpu_ns += per_message(result.value()) / spec_.receivers;
    }
    sender_->tell({{"word", "sum up"}});
    const auto sum = sender_->wait_for("sum", kStepPatience);
    if (!sum) return sum.error();
    run_.packets_repaired = sum.value().at("packets_repaired");
    return Ok{};
  }

  Status end() {
    // The sender last: Hawser's and ZeroMQ's may still have to answer the receivers.
    for (const auto& receiver : receivers_) {
      if (auto ended = receiver->end(kEndPatience); !ended) return ended;
    }
    return sender_->end(kEndPatience);
  }

  [[nodiscard]] double per_message(const json& said) const {
    return said.at("cpu_ns").get<double>() / static_cast<double>(std::max<std::uint64_t>(run_.sent, 1));
  }

  [[nodiscard]] std::string title(const std::string& role) const {
    return std::string{to_string(spec_.system)} + " " + role;
  }

  StreamSpec spec_;
  std::unique_ptr<Child> sender_;
  std::vector<std::unique_ptr<Child>> receivers_;
  StreamRun run_;
};

}  // namespace

std::string fresh_domain() {
  static int runs = 0;
  return "bench-" + std::to_string(::getpid()) + "-" + std::to_string(++runs);
}

Result<StreamRun> run_stream(StreamSpec spec) {
  auto credit_memory = RawCredit::create_memory();
  if (!credit_memory) return credit_memory.error();
  spec.credit_memory = credit_memory->get();
  spec.domain = fresh_domain();
  return StreamConductor{std::move(spec)}.run();
}

double StreamRun::slowest_messages_per_second() const {
  double slowest = receivers.empty() ? 0 : receivers.front().messages_per_second;
  for (const StreamCounts& counts : receivers) slowest = std::min(slowest, counts.messages_per_second);
  return slowest;
}

StreamCounts StreamRun::sum() const {
  StreamCounts sum;
  for (const StreamCounts& counts : receivers) sum += counts;
  return sum;
}

}  // namespace hawser::bench
