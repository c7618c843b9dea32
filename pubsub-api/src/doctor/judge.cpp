#include "pubsub-api/src/doctor/judge.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "transport/io/udp_multicast.hpp"

namespace hawser {
namespace {

using Verdict = Finding::Verdict;
using std::to_string;

// Clocks that the processor reads without the kernel, or nearly.
constexpr std::array<std::string_view, 5> kFastClocks = {"tsc", "kvm-clock", "arch_sys_counter",
                                                         "hyperv_clocksource_tsc_page", "xen"};

Finding judge_interface(const HostFacts& facts) {
  if (!facts.interface) {
    return {.check = "interface",
            .verdict = Verdict::broken,
            .what = facts.interface.error().message,
            .advice = "choose one of these with --interface, or switch it on: ip link set NAME up"};
  }
  const NetworkInterface& interface = *facts.interface;
  Finding finding{.check = "interface", .what = interface.name + " is there and switched on"};
  if (!interface.has_link) {
    finding = {.check = "interface",
               .verdict = Verdict::fallback,
               .what = interface.name + " has no link: no cable, or nobody at its other end",
               .advice = "see ip link show " + interface.name,
               .fallback = "the nodes of this host find each other, and the others once there is a link"};
  }
  return finding;
}

Finding judge_multicast(const HostFacts& facts) {
  if (facts.multicast) {
    return {.check = "multicast", .what = "what is multicast on " + facts.interface->name + " is heard on this host"};
  }
  return {.check = "multicast",
          .verdict = Verdict::fallback,
          .what = facts.multicast.error().message,
          .advice =
              "let UDP to 239.128.0.0/9 pass the firewall (nft list ruleset), see that the interface has the "
              "MULTICAST flag (ip link show)",
          .fallback = "unicast to each node, to be found on this host or listed with --peers"};
}

Finding judge_groups(const HostFacts& facts) {
  Finding finding{.check = "groups", .what = "every socket may join a multicast group, and Hawser has one for each"};
  if (facts.memberships_max) finding.figures.emplace_back("igmp_max_memberships", *facts.memberships_max);
  if (facts.memberships_max.value_or(1) > 0) return finding;
  finding.verdict = Verdict::fallback;
  finding.what = "no socket may join a multicast group: net.ipv4.igmp_max_memberships is 0";
  finding.advice = "sysctl -w net.ipv4.igmp_max_memberships=20";
  finding.fallback = "unicast to each node, to be found on this host or listed with --peers";
  return finding;
}

Finding judge_descriptors(const HostFacts& facts) {
  Finding finding{.check = "descriptors",
                  .what = "a process may have " + to_string(facts.descriptors_max) + " files and sockets open",
                  .figures = {{"descriptors_max", facts.descriptors_max},
                              {"descriptors_hard_max", facts.descriptors_hard_max},
                              {"descriptors_wanted", kDescriptorsWanted}}};
  if (facts.descriptors_max >= kDescriptorsWanted) return finding;
  finding.verdict = facts.descriptors_max < kDescriptorsNeeded ? Verdict::broken : Verdict::fallback;
  finding.advice = "ulimit -n " + to_string(kDescriptorsWanted);
  if (facts.descriptors_hard_max < kDescriptorsWanted) finding.advice += ", after raising the hard limit as root";
  if (finding.verdict == Verdict::fallback) {
    finding.fallback = "a node that can't open a socket for one more group gets it by unicast, and says so in its log";
  }
  return finding;
}

// By what a process without privileges gets: whoever looks as root runs its nodes as somebody else, as a rule.
Finding judge_receive_buffer(const HostFacts& facts) {
  const std::size_t asked = facts.receive_buffer_asked;
  const std::size_t usual = facts.receive_buffer_unprivileged;
  const bool is_privileged = facts.receive_buffer_granted > usual;
  Finding finding{
      .check = "receive_buffer",
      .what = "a socket asked for a receive buffer of " + to_string(asked) + " bytes and has " + to_string(usual),
      .figures = {
          {"asked_bytes", asked}, {"granted_bytes", facts.receive_buffer_granted}, {"unprivileged_bytes", usual}}};
  if (is_privileged) {
    finding.what += " without privileges, and " + to_string(facts.receive_buffer_granted) +
                    " with those that this process has (CAP_NET_ADMIN)";
  }
  if (facts.receive_buffer_max) finding.figures.emplace_back("rmem_max_bytes", *facts.receive_buffer_max);
  if (usual / 2 >= asked) return finding;  // The kernel counts double.
  finding.verdict = usual == 0 ? Verdict::broken : Verdict::fallback;
  finding.advice = "sysctl -w net.core.rmem_max=" + to_string(asked);
  if (finding.verdict == Verdict::fallback) {
    finding.fallback = "all members of its groups have no more on the way than half of that: less throughput";
  }
  return finding;
}

Finding judge_mtu(const NetworkInterface& interface) {
  const std::size_t mtu = interface.mtu_bytes;
  Finding finding{.check = "mtu",
                  .what = interface.name + " carries packets of " + to_string(mtu) + " bytes",
                  .figures = {{"mtu_bytes", mtu}}};
  if (mtu >= kMtuWanted) return finding;
  finding.verdict = mtu < kMtuNeeded ? Verdict::broken : Verdict::fallback;
  finding.advice = "ip link set " + interface.name + " mtu 1500, on all hosts and switches alike";
  if (finding.verdict == Verdict::fallback) finding.fallback = "smaller datagrams, and messages in more pieces";
  return finding;
}

Finding judge_clock(const HostFacts& facts) {
  const auto reading = static_cast<std::uint64_t>(facts.clock_reading.count());
  const std::string source = facts.clock_source.empty() ? "of unknown source" : "'" + facts.clock_source + "'";
  Finding finding{.check = "clock",
                  .what = "the monotonic clock, " + source + ", is read in " + to_string(reading) + " ns",
                  .figures = {{"reading_ns", reading}}};
  if (facts.clock_went_back) {
    finding.verdict = Verdict::broken;
    finding.what = "the monotonic clock went back between two readings";
    finding.advice =
        "choose another in /sys/devices/system/clocksource/clocksource0/current_clocksource, or repair "
        "the hypervisor's";
  } else if (facts.clock_reading > kClockReadingWanted) {
    const bool fast = std::find(kFastClocks.begin(), kFastClocks.end(), facts.clock_source) != kFastClocks.end();
    finding.verdict = Verdict::fallback;
    finding.advice = fast ? "see what else this machine does: readings of this clock are usually quick"
                          : "boot with clocksource=tsc where the processor has a steady one";
    finding.fallback = "it works, with more time for every batch of datagrams";
  }
  return finding;
}

Finding judge_date(const HostFacts& facts) {
  using namespace std::chrono;
  constexpr auto kFirstRelease = sys_days{year{2026} / January / 1};
  const auto seconds_since_1970 = duration_cast<seconds>(facts.today.time_since_epoch()).count();
  Finding finding{
      .check = "date",
      .what = "the date is plausible; nothing in Hawser follows from it",
      .figures = {{"unix_seconds", static_cast<std::uint64_t>(std::max<std::int64_t>(seconds_since_1970, 0))}}};
  if (facts.today >= kFirstRelease) return finding;
  finding.verdict = Verdict::fallback;
  finding.what = "the date lies before Hawser's first release: the clock has not been set";
  finding.advice = "start time synchronisation: timedatectl set-ntp true";
  finding.fallback = "all works: only the times in logs are wrong";
  return finding;
}

}  // namespace

std::vector<Finding> judge(const HostFacts& facts) {
  std::vector<Finding> findings{judge_interface(facts)};
  if (facts.interface) findings.push_back(judge_multicast(facts));
  findings.push_back(judge_groups(facts));
  findings.push_back(judge_descriptors(facts));
  findings.push_back(judge_receive_buffer(facts));
  if (facts.interface) findings.push_back(judge_mtu(*facts.interface));
  findings.push_back(judge_clock(facts));
  findings.push_back(judge_date(facts));
  return findings;
}

std::vector<Finding> diagnose(const std::string& domain, const std::string& interface) {
  return judge(take_host_facts(domain, interface));
}

Verdict worst_of(const std::vector<Finding>& findings) {
  Verdict worst = Verdict::good;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

}  // namespace hawser
