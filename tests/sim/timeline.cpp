#include "tests/sim/timeline.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/check/describe.hpp"
#include "tests/check/index.hpp"

namespace hawser::sim {
namespace {

std::string seconds(Duration since_begin) {
  char text[32];
  std::snprintf(text, sizeof text, "%12.6f", std::chrono::duration<double>(since_begin).count());
  return text;
}

struct Line {
  Duration at;
  std::string what;
};

std::vector<Line> lines_of(const World& world) {
  const check::History history = world.history();
  const check::Index index{history};
  std::vector<Line> lines;
  for (const auto& process : world.processes()) {
    const auto number = static_cast<check::NodeIndex>(process->number);
    const std::string who = "  " + process->name + " (" + check::label(number) + ")  ";
    lines.push_back({process->started.time_since_epoch(), who + "starts as " + to_string(process->node)});
    for (const TraceEvent& event : history.nodes[number].events) {
      lines.push_back({event.at.time_since_epoch(), who + check::describe(index, event)});
    }
    if (process->end == Process::End::running) continue;
    lines.push_back({process->ended.time_since_epoch(), who + (process->end == Process::End::left ? "has left" : "crashes")});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  return lines;
}

}  // namespace

Inspector print_timeline_to(std::ostream& out) {
  return [&out](World& world) {
    for (const Line& line : lines_of(world)) out << seconds(line.at) << line.what << "\n";
  };
}

}  // namespace hawser::sim
