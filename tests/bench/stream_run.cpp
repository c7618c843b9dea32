#include "tests/bench/stream_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "tests/bench/raw_credit.hpp"
#include "tests/bench/stream_conductor.hpp"

namespace hawser::bench {

std::string fresh_domain() {
  static int runs = 0;
  return "bench-" + std::to_string(::getpid()) + "-" + std::to_string(++runs);
}

Result<StreamRun> run_stream(StreamSpec spec, const hosts::Lab* lab) {
  auto credit_memory = RawCredit::create_memory();
  if (!credit_memory) return credit_memory.error();
  spec.credit_memory = credit_memory->get();
  spec.domain = fresh_domain();
  StreamConductor conductor{std::move(spec), lab};
  if (auto prepared = conductor.prepare(); !prepared) return prepared.error();
  conductor.go();
  for (const auto step : {&StreamConductor::wait_until_sent, &StreamConductor::collect, &StreamConductor::end}) {
    if (auto done = (conductor.*step)(); !done) return done.error();
  }
  return std::move(conductor.results());
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
