// Topics share a group, so a node also hears what it did not ask for, and drops it. The statistics say how much.
#include <chrono>
#include <iostream>
#include <semaphore>
#include <string>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  const std::string domain = examples::own_domain();
  auto reader = must(hawser::Bus::join({.domain = domain}));
  std::counting_semaphore done{0};
  const auto subscription = must(reader.subscribe("sports", [&](const hawser::Message& message) {
    if (message.text() == "final whistle") done.release();
  }));

  auto writer = must(hawser::Bus::join({.domain = domain}));
  for (int i = 0; i < 3; ++i) must(writer.publish("politics", "a speech"));
  must(writer.publish("sports", "kick-off"));
  must(writer.publish("sports", "final whistle"));
  if (!done.try_acquire_for(std::chrono::seconds{5})) return 1;

  const hawser::Statistics statistics = reader.statistics();
  for (const auto& topic : statistics.topics) {
    std::cout << topic.topic << ": delivered " << topic.delivered << ", filtered " << topic.filtered << '\n';
  }
  return statistics.delivered == 2 ? 0 : 1;
}
