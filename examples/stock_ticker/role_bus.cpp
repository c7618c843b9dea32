#include "examples/stock_ticker/role_bus.hpp"

#include <unistd.h>

namespace ticker {
namespace {

using hawser::BusEvent;

// The steady clock is one for all processes of a machine (CLOCK_MONOTONIC), so the orchestrator can compare.
std::uint64_t since_boot_ns(std::chrono::steady_clock::time_point at) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(at.time_since_epoch()).count());
}

void tell_event(const BusEvent& event) {
  switch (event.kind) {
    case BusEvent::Kind::member_failed:
      return tell(Report("failed").with("at_ns", since_boot_ns(event.at)).with("node", event.node));
    case BusEvent::Kind::topics_repaired:
      return tell(Report("repaired").with("at_ns", since_boot_ns(event.at)).with("topics", event.topics));
    case BusEvent::Kind::view_installed: return tell(Report("view").with("members", event.members.size()));
    case BusEvent::Kind::topics_changed:
    case BusEvent::Kind::primary_decided: return;
    case BusEvent::Kind::merged: return tell(Report("merged"));
    case BusEvent::Kind::store_failed: return tell(Report("error").with("what", event.what));
  }
}

}  // namespace

void tell(const Report& report) { send_report(STDOUT_FILENO, report); }

int tell_failure(const std::string& what) {
  tell(Report("error").with("what", what));
  return 1;
}

hawser::Options bus_options(const DemoOptions& options) {
  hawser::Options bus;
  bus.domain = options.domain;
  bus.store = options.store;
  // Five processes on a busy machine: the crash is noticed by evidence, and a late one should not be taken for gone.
  bus.silence_timeout = std::chrono::milliseconds{2000};
  bus.on_event = tell_event;
  return bus;
}

}  // namespace ticker
