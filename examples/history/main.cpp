// A topic that keeps its last messages, and a subscriber that begins with all of them.
#include <chrono>
#include <iostream>
#include <semaphore>
#include <string>
#include <vector>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  const std::string domain = examples::own_domain();
  auto log = must(hawser::Bus::join({.domain = domain}));
  must(log.declare("log", {.history = {.messages = 3}}));
  for (int i = 1; i <= 5; ++i) must(log.publish("log", "line " + std::to_string(i)));

  auto reader = must(hawser::Bus::join({.domain = domain}));
  std::vector<std::string> lines;
  std::binary_semaphore synced{0};
  const std::vector<std::string> topics = {"log"};
  const auto subscription = must(reader.subscribe(topics,
                                                  {.on_message =
                                                       [&](const hawser::Message& message) {
                                                         std::cout << message.text() << '\n';
                                                         lines.emplace_back(message.text());
                                                       },
                                                   .on_synced = [&](const hawser::Synced&) { synced.release(); }},
                                                  {.start = hawser::Start::all()}));
  if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;
  return lines == std::vector<std::string>{"line 3", "line 4", "line 5"} ? 0 : 1;
}
