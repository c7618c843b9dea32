#include "report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace hawser::check {

namespace {

constexpr EventIndex kEventsBefore = 12;
constexpr EventIndex kEventsAfter = 4;

std::string time_of(const TraceEvent& event) {
  std::array<char, 32> text{};
  const double seconds = std::chrono::duration<double>(event.at.time_since_epoch()).count();
  std::snprintf(text.data(), text.size(), "%14.6f", seconds);
  return text.data();
}

std::string heading(const NodeTrace& trace, NodeIndex node) {
  std::string text = label(node) + " = " + to_string(trace.node);
  if (trace.crashed) text += ", crashed";
  if (trace.left) text += ", left";
  if (trace.truncated) text += ", its last events may be missing";
  return text + ":";
}

}  // namespace

std::vector<Violation> Report::take() {
  for (auto& [property, count] : count_) {
    if (count <= kViolationsMax) continue;
    const auto last = std::find_if(violations_.rbegin(), violations_.rend(),
                                   [&](const Violation& violation) { return violation.property == property; });
    last->what += " (and " + std::to_string(count - kViolationsMax) + " more)";
  }
  count_.clear();
  return std::exchange(violations_, {});
}

Violation Report::make(std::string_view property, std::string what, std::initializer_list<Place> places) const {
  Violation violation{std::string{property}, std::move(what), {}};
  for (const Place place : places) append_excerpt(place, violation.around);
  return violation;
}

void Report::append_excerpt(Place place, std::vector<std::string>& lines) const {
  const NodeTrace* trace = place.node == kNone ? nullptr : index_.trace_of(place.node);
  if (trace == nullptr) return;
  lines.push_back(heading(*trace, place.node));
  const auto size = static_cast<EventIndex>(trace->events.size());
  const EventIndex middle = std::min(place.event, size);  // kNone: the end.
  const EventIndex begin = middle - std::min(middle, kEventsBefore);
  const EventIndex end = std::min(size, middle + kEventsAfter + 1);
  for (EventIndex at = begin; at < end; ++at) {
    const TraceEvent& event = trace->events[at];
    lines.push_back((at == place.event ? "> " : "  ") + time_of(event) + "  " + describe(index_, event));
  }
}

}  // namespace hawser::check
