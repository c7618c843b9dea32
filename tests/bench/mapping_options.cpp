#include "tests/bench/mapping_options.hpp"

#include <map>
#include <string>

namespace hawser::bench {
namespace {

const std::map<std::string, LoadKind>& load_names() {
  static const std::map<std::string, LoadKind> names{{"zipf", LoadKind::zipf},
                                                     {"community", LoadKind::community},
                                                     {"uniform", LoadKind::uniform},
                                                     {"identical", LoadKind::identical}};
  return names;
}

const std::map<std::string, MapperPolicy::Kind>& policy_names() {
  static const std::map<std::string, MapperPolicy::Kind> names{
      {"smallest_superset", MapperPolicy::Kind::smallest_superset},
      {"exact", MapperPolicy::Kind::exact},
      {"single", MapperPolicy::Kind::single}};
  return names;
}

// One of the names; the error lists them, without the numbers behind them.
template <typename Kind>
CLI::Validator one_of(const std::map<std::string, Kind>& names) {
  std::string list;
  for (const auto& [name, kind] : names) list += (list.empty() ? "" : ", ") + name;
  return CLI::Validator{[&names, list](std::string& input) -> std::string {
                          const auto at = names.find(input);
                          if (at == names.end()) return "'" + input + "' is none of " + list;
                          input = std::to_string(static_cast<int>(at->second));
                          return {};
                        },
                        ""};
}

void add_shape(CLI::App& command, MappingShape& shape) {
  command.add_option("--nodes", shape.nodes, "nodes of the domain")
      ->check(CLI::Range(1U, 1000U))
      ->capture_default_str();
  command.add_option("--topics", shape.topics, "light-weight groups")
      ->check(CLI::Range(1U, 1000000U))
      ->capture_default_str();
  command.add_option("--load", shape.kind, "who is in which topic: zipf, community, uniform or identical [zipf]")
      ->type_name("")
      ->transform(one_of(load_names()));
}

void add_policy(CLI::App& command, MapperPolicy& policy) {
  command.add_option("--policy", policy.kind, "smallest_superset, exact or single [smallest_superset]")
      ->type_name("")
      ->transform(one_of(policy_names()));
  command.add_option("--extras", policy.extras_cap, "of smallest_superset: extras that no topic may exceed")
      ->check(CLI::Range(0U, 1000U))
      ->capture_default_str();
  command.add_option("--slack", policy.stay_slack, "of smallest_superset: a topic stays as with so many more members")
      ->check(CLI::Range(0U, 1000U))
      ->capture_default_str();
  command.add_option("--groups", policy.heavy_groups_max, "heavy-weight groups; none is created beyond that")
      ->check(CLI::Range(1U, 1000000U))
      ->capture_default_str();
  command.add_flag("--counts-idle", policy.counts_idle, "members on their way out are extras too");
}

}  // namespace

void add_mapping_options(CLI::App& command, MappingPlan& plan) {
  add_shape(command, plan.shape);
  add_policy(command, plan.policy);
  command.add_option("--changes", plan.changes, "joins and leaves once all topics are there")
      ->check(CLI::Range(0U, 100000000U))
      ->capture_default_str();
  command.add_option("--rate", plan.changes_per_minute, "changes per minute, in virtual time")
      ->check(CLI::Range(1U, 10000000U))
      ->capture_default_str();
  command.add_option("--grace", plan.grace_seconds, "seconds until a group that does not need a node is rid of it")
      ->check(CLI::Range(0U, 86400U))
      ->capture_default_str();
  command.add_option("--seed", plan.seed, "of the load and of the mapper")->capture_default_str();
}

}  // namespace hawser::bench
