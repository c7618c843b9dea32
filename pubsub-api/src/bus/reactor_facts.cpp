#include "pubsub-api/src/bus/reactor_facts.hpp"

#include "pubsub-api/src/inspection/take_facts.hpp"

namespace hawser {

template <typename Facts, typename Take>
Result<Facts> ReactorFacts::take(const Take& take) {
  Facts facts{};
  const bool taken = reactor_->look([&](ReactorMachine& machine) { facts = take(machine); });
  if (!taken) return Error{Errc::closed, "the node has left"};
  return facts;
}

Result<NodeFacts> ReactorFacts::node() {
  return take<NodeFacts>([](ReactorMachine& machine) { return take_node(machine.node()); });
}

Result<FactsPage<HeavyFacts>> ReactorFacts::groups(std::optional<std::uint64_t> from) {
  return take<FactsPage<HeavyFacts>>([&](ReactorMachine& machine) { return take_groups(machine.node(), from); });
}

Result<FactsPage<TopicFacts>> ReactorFacts::topics(std::optional<std::uint64_t> from) {
  return take<FactsPage<TopicFacts>>([&](ReactorMachine& machine) {
    FactsPage<TopicFacts> page = take_topics(machine.node(), from);
    for (TopicFacts& topic : page.facts) topic.published = reactor_->published(topic.name);
    return page;
  });
}

Result<std::optional<TopicDetail>> ReactorFacts::topic(std::string_view name) {
  return take<std::optional<TopicDetail>>([&](ReactorMachine& machine) {
    std::optional<TopicDetail> detail = take_topic(machine.node(), name);
    if (!detail) return detail;
    const std::uint64_t accepted = reactor_->published(name);
    if (detail->here) {
      detail->here->unsent += accepted - detail->topic.published;  // In the queue to the reactor.
      detail->here->unhandled = machine.unhandled(detail->topic.name);
    }
    detail->topic.published = accepted;
    return detail;
  });
}

Result<std::vector<FlightEntry>> ReactorFacts::flight() {
  // A copy is quickly made; words are put to it on the thread of whoever asks.
  const auto recorder = take<FlightRecorder>([](ReactorMachine& machine) { return machine.recorder(); });
  if (!recorder) return recorder.error();
  return recorder->entries();
}

}  // namespace hawser
