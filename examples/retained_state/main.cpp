// Whoever subscribes late gets the topic's last value first, and then every message from exactly there on.
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
  auto station = must(hawser::Bus::join({.domain = domain}));
  for (const char* degrees : {"17.9", "18.2", "18.4"}) must(station.publish("weather.oslo", degrees));

  auto reader = must(hawser::Bus::join({.domain = domain}));
  std::vector<std::string> heard;
  std::counting_semaphore synced{0};
  std::counting_semaphore live{0};
  const std::vector<std::string> topics = {"weather.oslo"};
  const auto subscription =
      must(reader.subscribe(topics, {.on_message =
                                         [&](const hawser::Message& message) {
                                           std::cout << (message.retained ? "retained " : "live ") << message.text()
                                                     << '\n';
                                           heard.emplace_back(message.text());
                                           if (!message.retained) live.release();
                                         },
                                     .on_synced = [&](const hawser::Synced&) { synced.release(); }}));

  if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;
  must(station.publish("weather.oslo", "18.1"));
  if (!live.try_acquire_for(std::chrono::seconds{5})) return 1;
  return heard == std::vector<std::string>{"18.4", "18.1"} ? 0 : 1;
}
