#include "tests/sim/timeline.hpp"

#include <algorithm>
#include <cstdio>

#include "tests/check/describe.hpp"
#include "tests/check/index.hpp"
#include "tests/sim/packet_text.hpp"

namespace hawser::sim {
namespace {

constexpr std::size_t kPacketLinesMax = 1'000'000;  // the last ones of a run that goes wild

std::string seconds(Duration since_begin) {
  char text[32];
  std::snprintf(text, sizeof text, "%12.6f", std::chrono::duration<double>(since_begin).count());
  return text;
}

}  // namespace

void Timeline::on_begin(World& world) {
  if (packets_ == Packets::hidden) return;
  world.network().set_tap([this, &world](Site from, const OutboundDatagram& datagram, Instant now) {
    lines_.push_back({now.time_since_epoch(), world.at(from).process().name + "  -> " + packet_text(datagram)});
    if (lines_.size() > kPacketLinesMax) lines_.pop_front();
  });
}

void Timeline::on_end(World& world, const FaultDriver& faults) {
  for (const FaultDriver::Struck& struck : faults.log()) {
    lines_.push_back({struck.at.time_since_epoch(), "FAULT  " + to_string(struck.fault)});
  }
  add_processes(world);
  std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  for (const Line& line : lines_) out_ << seconds(line.at) << "  " << line.what << "\n";
}

void Timeline::add_processes(const World& world) {
  const check::History history = world.history();
  const check::Index index{history};
  for (const auto& process : world.processes()) {
    const auto number = static_cast<check::NodeIndex>(process->number);
    const std::string who = process->name + " (" + check::label(number) + ")  ";
    lines_.push_back({process->started.time_since_epoch(), who + "starts as " + to_string(process->node)});
    for (const TraceEvent& event : history.nodes[number].events) {
      lines_.push_back({event.at.time_since_epoch(), who + check::describe(index, event)});
    }
    for (const Process::Failure& failure : process->failures) {
      lines_.push_back(
          {failure.at.time_since_epoch(), who + "finds that " + to_string(failure.what.node) + " has failed"});
    }
    if (process->end == Process::End::running) continue;
    lines_.push_back(
        {process->ended.time_since_epoch(), who + (process->end == Process::End::left ? "has left" : "crashes")});
  }
}

}  // namespace hawser::sim
