#include "tests/bench/stream_options.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "tests/bench/one_of.hpp"

namespace hawser::bench {
namespace {

const std::map<std::string, System>& system_names() {
  static const std::map<std::string, System> names{{"hawser", System::hawser},   {"raw", System::raw},
                                                   {"zmq", System::zmq},         {"heavy", System::heavy},
                                                   {"cpg-udp", System::cpg_udp}, {"cpg-knet", System::cpg_knet}};
  return names;
}

const std::map<std::string, Sequencer>& sequencer_names() {
  static const std::map<std::string, Sequencer> names{{"sender", Sequencer::sender}, {"receiver", Sequencer::receiver}};
  return names;
}

const std::map<std::string, Order>& orders_by_name() {
  static const std::map<std::string, Order> orders = [] {
    std::map<std::string, Order> by_name;
    for (const OrderName& known : order_names()) by_name.emplace(known.name, known.order);
    return by_name;
  }();
  return orders;
}

std::string order_text() {
  std::string list;
  for (const OrderName& known : order_names()) list += (list.empty() ? "" : ", ") + std::string{known.name};
  return "of a heavy-weight group's messages: " + list + " (default: fifo)";
}

CLI::Option* name_orders(CLI::Option& option) { return option.type_name("")->transform(one_of(orders_by_name())); }

bool runs_on_hosts(System system) { return system == System::heavy || is_cpg(system); }

/// What was not said follows from what was.
void fill_in(StreamChoice& choice, const CLI::App& command) {
  if (command.count("--system") > 0) return;
  if (choice.hosts) {
    choice.systems = {System::heavy, System::cpg_udp, System::cpg_knet};
  } else if (command.count("--order") + command.count("--sequencer") > 0) {
    choice.systems = {System::heavy};
  }
}

void check(const StreamChoice& choice, const CLI::App& command) {
  const auto has = [&](auto is_such) { return std::any_of(choice.systems.begin(), choice.systems.end(), is_such); };
  if (choice.hosts && has([](System system) { return !runs_on_hosts(system); })) {
    throw CLI::ValidationError("--hosts", "only heavy, cpg-udp and cpg-knet are run on hosts of their own");
  }
  if (!choice.hosts && has(is_cpg)) {
    throw CLI::ValidationError("--system", "Corosync needs --hosts: there is one daemon a host");
  }
  if (command.count("--order") > 0 && !has([](System system) { return system == System::heavy; })) {
    throw CLI::ValidationError("--order", "only the system heavy has order classes");
  }
}

}  // namespace

void add_order_option(CLI::App& command, std::vector<Order>& orders) {
  name_orders(*command.add_option("--order", orders, order_text()))->delimiter(',');
}

void add_order_option(CLI::App& command, Order& order) {
  name_orders(*command.add_option("--order", order, order_text()));
}

void add_stream_options(CLI::App& command, StreamChoice& choice) {
  command
      .add_option("--system", choice.systems,
                  "hawser, raw, zmq, heavy, cpg-udp, cpg-knet: these take turns (default: the first three; with "
                  "--hosts the last three; with --order heavy)")
      ->delimiter(',')
      ->type_name("")
      ->transform(one_of(system_names()));
  add_order_option(command, choice.orders);
  command
      .add_option("--sequencer", choice.sequencers,
                  "who gives total order its places: sender, receiver (default: receiver)")
      ->delimiter(',')
      ->type_name("")
      ->transform(one_of(sequencer_names()));
  command.add_flag("--hosts", choice.hosts, "each process on a network of its own, on one bridge; needs root");
  command.callback([&command, &choice] {
    fill_in(choice, command);
    check(choice, command);
  });
}

}  // namespace hawser::bench
