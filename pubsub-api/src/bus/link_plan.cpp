#include "pubsub-api/src/bus/link_plan.hpp"

#include "transport/io/multicast_address.hpp"
#include "transport/io/multicast_probe.hpp"
#include "transport/io/network_interface.hpp"
#include "transport/io/peer_address.hpp"

namespace hawser {
namespace {

Error naming(const std::string& option, const Error& error) { return {error.code, option + ": " + error.message}; }

Result<std::vector<Endpoint>> parse_peers(const Options& options) {
  std::vector<Endpoint> endpoints;
  for (const std::string& peer : options.peers) {
    const auto parsed = parse_peer(peer, options.domain);
    if (!parsed) return naming("Options::peers", parsed.error());
    endpoints.insert(endpoints.end(), parsed->begin(), parsed->end());
  }
  return endpoints;
}

std::string listed(const Options& options) {
  return options.peers.size() == 1 ? "the listed peer"
                                   : "the " + std::to_string(options.peers.size()) + " listed peers";
}

std::string peers_in_words(const Options& options) {
  if (options.peers.empty()) return "only the nodes of this host are found, for want of a list of peers";
  return "the nodes of this host and " + listed(options) + " are greeted";
}

std::string sentence_of(const Options& options, const Status& multicast) {
  if (options.transport == Transport::unicast) return "unicast, as chosen: " + peers_in_words(options);
  if (!multicast)
    return "unicast, since multicast fails: " + multicast.error().message + "; " + peers_in_words(options);
  std::string works = "multicast on " + options.interface;
  if (options.peers.empty()) return works;
  return works + ", and unicast where it does not reach " + listed(options);
}

}  // namespace

Result<LinkPlan> plan_link(const Options& options) {
  const auto interface = find_interface(options.interface);
  if (!interface) return naming("Options::interface", interface.error());
  auto candidates = parse_peers(options);
  if (!candidates) return candidates.error();
  Status multicast = Ok{};
  if (options.transport == Transport::automatic) multicast = probe_multicast(options.domain, options.interface);

  LinkPlan plan{.udp = {.domain = options.domain, .interface = options.interface},
                .greets = options.transport != Transport::multicast,
                .candidates = std::move(candidates).value(),
                .sentence = sentence_of(options, multicast),
                .is_second_choice = !multicast};
  plan.udp.multicast = options.transport != Transport::unicast && multicast.ok();
  if (!plan.udp.multicast) {
    const auto here = found_endpoints(interface->address, options.domain);
    plan.candidates.insert(plan.candidates.end(), here.begin(), here.end());
  }
  if (options.port != 0) {
    plan.udp.first_port = options.port;
    plan.udp.ports = 1;
  } else if (!plan.candidates.empty() || !interface->loopback) {
    // To be found by nodes of other hosts that list this one, whether or not this one knows of a need.
    plan.udp.first_port = domain_port(options.domain);
    plan.udp.ports = kFoundPorts;
  }
  return plan;
}

}  // namespace hawser
