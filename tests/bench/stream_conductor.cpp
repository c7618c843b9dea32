#include "tests/bench/stream_conductor.hpp"

#include <algorithm>
#include <utility>

#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

// More than the roles' own patience, so that they say first what they waited for.
constexpr milliseconds kStepPatience = kPatience + milliseconds{5000};
constexpr milliseconds kEndPatience{5000};
constexpr int kCorosyncStarts = 5;

}  // namespace

Status StreamConductor::prepare() {
  for (int left = kCorosyncStarts;; --left) {
    if (auto started = start_corosync(); !started) return started;
    if (auto started = start(); !started) return started;
    auto connected = connect();
    if (connected || !corosync_ || left == 1 || !corosync_->has_lost_one()) return connected;
    receivers_.clear();
  }
}

Status StreamConductor::start_corosync() {
  if (!is_cpg(spec_.system)) return Ok{};
  if (lab_ == nullptr) return Error{Errc::invalid_argument, "corosync needs a host for each of its daemons"};
  corosync_.reset();  // What is left of it, before the next.
  auto corosync = CorosyncCluster::start(spec_.system, *lab_);
  if (!corosync) return corosync.error();
  corosync_ = std::move(corosync).value();
  return Ok{};
}

Status StreamConductor::start() {
  auto sender = Child::start(title("sender"), sender_role(spec_), network(0));
  if (!sender) return sender.error();
  sender_ = std::move(sender).value();
  for (std::uint32_t i = 0; i < spec_.receivers; ++i) {
    auto receiver =
        Child::start(title("receiver " + std::to_string(i + 1)), receiver_role(spec_, i), network(i + std::size_t{1}));
    if (!receiver) return receiver.error();
    receivers_.push_back(std::move(receiver).value());
  }
  return Ok{};
}

Status StreamConductor::connect() {
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

Status StreamConductor::wait_until_sent() {
  const auto sending = milliseconds{static_cast<std::int64_t>(spec_.seconds * 1000)};
  const auto sent = sender_->wait_for("sent", sending + kStepPatience);
  if (!sent) return sent.error();
  run_.sent = sent.value().at("messages");
  run_.sender_cpu_ns = per_message(sent.value());
  return Ok{};
}

Status StreamConductor::collect() {
  for (const auto& receiver : receivers_) {
    if (receiver) receiver->tell({{"word", "expect"}, {"messages", run_.sent}});
  }
  for (const auto& receiver : receivers_) {
    if (!receiver) continue;
    if (auto collected = collect_from(*receiver); !collected) return collected;
  }
  sender_->tell({{"word", "sum up"}});
  const auto sum = sender_->wait_for("sum", kStepPatience);
  if (!sum) return sum.error();
  run_.packets_repaired = sum.value().at("packets_repaired");
  run_.sender_diary = sum.value().at("diary");
  return Ok{};
}

Status StreamConductor::collect_from(Child& receiver) {
  const auto result = receiver.wait_for("result", kStepPatience);
  if (!result) return result.error();
  run_.receivers.push_back(result.value().at("counts"));
  run_.progress.push_back(result.value().at("progress"));
  run_.receiver_diaries.push_back(result.value().at("diary"));
  const std::vector<std::int64_t> latencies_ns = result.value().at("latencies_ns");
  run_.latencies_ns.insert(run_.latencies_ns.end(), latencies_ns.begin(), latencies_ns.end());
  run_.receiver_cpu_ns += per_message(result.value()) / spec_.receivers;
  return Ok{};
}

Status StreamConductor::end() {
  // The sender last: Hawser's and ZeroMQ's may still have to answer the receivers.
  for (const auto& receiver : receivers_) {
    if (!receiver) continue;
    if (auto ended = receiver->end(kEndPatience); !ended) return ended;
  }
  return sender_->end(kEndPatience);
}

void StreamConductor::leave_out(std::size_t index) { receivers_[index].reset(); }

const hosts::NetworkNamespace* StreamConductor::network(std::size_t process) const {
  return lab_ == nullptr ? nullptr : &lab_->host(process);
}

double StreamConductor::per_message(const json& said) const {
  return said.at("cpu_ns").get<double>() / static_cast<double>(std::max<std::uint64_t>(run_.sent, 1));
}

std::string StreamConductor::title(const std::string& role) const {
  return std::string{to_string(spec_.system)} + " " + role;
}

}  // namespace hawser::bench
