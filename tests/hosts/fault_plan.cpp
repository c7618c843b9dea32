#include "tests/hosts/fault_plan.hpp"

#include "transport/core/rng.hpp"

namespace hawser::hosts {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kKinds = 5;
constexpr std::uint64_t kLossPermilleMax = 200;
// Around the silence after which a host is taken for gone: some faults pass unnoticed, others part the hosts.
constexpr Duration kLastsMin = milliseconds{100};
constexpr Duration kLastsMax = milliseconds{2500};
constexpr Duration kRestsMax = milliseconds{2000};

milliseconds in_milliseconds(Duration duration) { return std::chrono::duration_cast<milliseconds>(duration); }

std::vector<std::size_t> one_side(std::size_t hosts, Rng& rng) {
  const std::uint64_t all = (std::uint64_t{1} << hosts) - 1;
  const std::uint64_t chosen = rng.between(1, all - 1);
  std::vector<std::size_t> side;
  for (std::size_t i = 0; i < hosts; ++i) {
    if ((chosen >> i & 1U) != 0) side.push_back(i);
  }
  return side;
}

Fault any_fault(std::size_t hosts, Rng& rng) {
  const auto kind = static_cast<Fault::Kind>(rng.below(kKinds));
  const std::size_t one = rng.below(hosts);
  switch (kind) {
    case Fault::Kind::part: return {kind, one_side(hosts, rng)};
    case Fault::Kind::cut: return {kind, {one, (one + 1 + rng.below(hosts - 1)) % hosts}};
    case Fault::Kind::lose: return {kind, {}, static_cast<unsigned>(rng.between(1, kLossPermilleMax))};
    case Fault::Kind::kill:
    case Fault::Kind::pause: break;
  }
  return {kind, {one}};
}

std::string to_string(const Fault& fault) {
  static constexpr const char* kNames[] = {"part", "cut", "lose", "kill", "pause"};
  std::string text = kNames[static_cast<std::size_t>(fault.kind)];
  if (fault.kind == Fault::Kind::lose) text += " " + std::to_string(fault.permille);
  for (const std::size_t host : fault.hosts) text += " " + std::to_string(host);
  return text;
}

}  // namespace

std::vector<Round> plan_rounds(std::uint64_t seed, std::size_t rounds, std::size_t hosts) {
  Rng rng{seed};
  std::vector<Round> plan(rounds);
  for (Round& round : plan) {
    const std::size_t faults = rng.one_in(3) ? 2 : 1;
    for (std::size_t i = 0; i < faults; ++i) round.faults.push_back(any_fault(hosts, rng));
    round.lasts = in_milliseconds(rng.between(kLastsMin, kLastsMax));
    round.rests = in_milliseconds(rng.between(Duration::zero(), kRestsMax));
  }
  return plan;
}

std::string to_string(const Round& round) {
  std::string text;
  for (const Fault& fault : round.faults) text += (text.empty() ? "" : ", ") + to_string(fault);
  return text + "; " + std::to_string(round.lasts.count()) + " ms, then " + std::to_string(round.rests.count()) + " ms";
}

}  // namespace hawser::hosts
