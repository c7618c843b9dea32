#include "tests/bench/roles.hpp"

#include <unistd.h>

namespace hawser::bench {
namespace {

Status run(const json& role, JsonChannel& bench) {
  const std::string name = role.at("role");
  if (name == "sender") return run_sender(role.at("spec"), bench);
  if (name == "receiver") return run_receiver(role.at("spec"), role.at("index"), bench);
  if (name == "member") return run_member(role.at("spec"), bench);
  if (name == "watcher") return run_watcher(role.at("spec"), bench);
  if (name == "stress") return run_stress(role.at("index"), bench);
  return Error{Errc::invalid_argument, "no role '" + name + "'"};
}

}  // namespace

json sender_role(const StreamSpec& spec) { return {{"role", "sender"}, {"spec", spec}}; }

json receiver_role(const StreamSpec& spec, std::uint32_t index) {
  return {{"role", "receiver"}, {"spec", spec}, {"index", index}};
}

json member_role(const MemberSpec& spec) { return {{"role", "member"}, {"spec", spec}}; }

json watcher_role(const WatcherSpec& spec) { return {{"role", "watcher"}, {"spec", spec}}; }

json stress_role(std::uint32_t index) { return {{"role", "stress"}, {"index", index}}; }

int run_role(const std::string& role) {
  JsonChannel bench{STDIN_FILENO, STDOUT_FILENO};
  std::string failure;
  try {
    const Status done = run(json::parse(role), bench);
    if (done) return 0;
    failure = done.error().message;
  } catch (const json::exception& error) {
    failure = std::string{"a role or an order that makes no sense: "} + error.what();
  }
  bench.send({{"word", "error"}, {"what", failure}});
  return 1;
}

}  // namespace hawser::bench
