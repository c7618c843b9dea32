#include "readers.hpp"

namespace hawser::check {

TopicStep& TopicReader::step(TopicStep::Kind kind, std::string_view topic, EventIndex at) {
  index_.topic_steps.push_back({.kind = kind, .node = node_, .event = at, .topic = index_.names.add(topic)});
  return index_.topic_steps.back();
}

void TopicReader::on(const trace::Published& event, EventIndex at) {
  auto& messages = index_.published[index_.published_stream(index_.names.add(event.topic), node_)].messages;
  if (event.number != messages.size() + 1) index_.misnumbered.push_back({node_, at});
  messages.push_back({event.payload, at});
}

void TopicReader::on(const trace::Received& event, EventIndex at) {
  TopicStep& added = step(event.retained ? TopicStep::Kind::retained : TopicStep::Kind::live, event.topic, at);
  added.stream = index_.published_stream(added.topic, index_.nodes.add(event.publisher));
  added.number = event.number;
  added.payload = event.payload;
}

void TopicReader::on(const trace::StateInstalled& event, EventIndex at) {
  index_.states_installed.push_back({node_, at});
  step(TopicStep::Kind::restarted, event.topic, at).state_installed = true;
}

}  // namespace hawser::check
