#include "broker/cli/join_options.hpp"

namespace hawser::cli {
namespace {

Transport transport_of(const std::string& name) {
  if (name == "multicast") return Transport::multicast;
  return name == "unicast" ? Transport::unicast : Transport::automatic;
}

}  // namespace

Options join_options(const BusArguments& arguments) {
  Options options;
  options.domain = arguments.domain;
  options.interface = arguments.interface;
  options.transport = transport_of(arguments.transport);
  options.peers = arguments.peers;
  options.port = arguments.port;
  options.store = arguments.store;
  options.voter_file = arguments.voter_file;
  options.electorate = arguments.electorate;
  options.impairment = arguments.impairment;
  options.silence_timeout = std::chrono::milliseconds{arguments.silence_ms};
  options.heartbeat_interval = std::chrono::milliseconds{arguments.heartbeat_ms};
  return options;
}

}  // namespace hawser::cli
