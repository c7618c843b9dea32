#include "tests/bench/stream_cases.hpp"

#include "tests/bench/carriers.hpp"
#include "tests/bench/corosync.hpp"

namespace hawser::bench {
namespace {

void add_topics(const StreamChoice& choice, std::vector<StreamCase>& cases) {
  for (const std::uint32_t topics : choice.topics) {
    for (const TopicPick pick : choice.picks) {
      cases.push_back({.system = System::hawser, .topics = topics, .pick = pick});
      if (topics == 1) break;  // There is nothing to pick.
    }
  }
}

void add_orders(const StreamChoice& choice, std::vector<StreamCase>& cases) {
  for (const Order order : choice.orders) {
    for (const Sequencer sequencer : choice.sequencers) {
      cases.push_back({.system = System::heavy, .order = order, .sequencer = sequencer});
      if (!has_sequencer(order)) break;  // It makes no difference.
    }
  }
}

}  // namespace

std::string StreamCase::title() const {
  std::string title{to_string(system)};
  if (topics > 1) title += ", " + std::to_string(topics) + " topics, " + std::string{to_string(pick)};
  if (system != System::heavy) return title;
  title += ", " + std::string{name_of(order)};
  if (has_sequencer(order)) title += sequencer == Sequencer::sender ? ", sender first" : ", receiver first";
  return title;
}

StreamSpec StreamCase::spec(bool hosts) const {
  StreamSpec spec{.system = system, .topics = topics, .pick = pick, .order = order, .sequencer = sequencer};
  if (hosts) spec.interface = "eth0";
  return spec;
}

json StreamCase::identity() const {
  json identity{{"system", system}, {"topics", topics}, {"carrier", carrier_of(system)}};
  if (topics > 1) identity["pick"] = pick;
  if (system == System::heavy) identity["order"] = order;
  if (system == System::heavy && has_sequencer(order)) identity["sequencer"] = sequencer;
  return identity;
}

Result<std::vector<StreamCase>> cases_of(const StreamChoice& choice, Output& output) {
  std::vector<StreamCase> cases;
  std::string left_out;
  for (const System system : choice.systems) {
    if (const std::string missing = missing_for(system); !missing.empty()) {
      left_out = std::string{to_string(system)} + " is left out: " + missing;
      output.figure({{"figure", "left out"}, {"system", system}, {"why", missing}});
      output.text(left_out);
    } else if (system == System::hawser) {
      add_topics(choice, cases);
    } else if (system == System::heavy) {
      add_orders(choice, cases);
    } else {
      cases.push_back({.system = system});
    }
  }
  if (cases.empty()) return Error{Errc::system, left_out};
  return cases;
}

Result<std::unique_ptr<hosts::Lab>> place_for(bool on_hosts, std::size_t processes) {
  if (!on_hosts) return std::unique_ptr<hosts::Lab>{};
  return hosts::Lab::create(processes);
}

std::string place_in_words(bool hosts) { return hosts ? ", on hosts of their own" : ""; }

}  // namespace hawser::bench
