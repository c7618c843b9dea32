// Hears every topic that fits a pattern: those that there are, and those that come, from their first message on.
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
  auto thermometers = must(hawser::Bus::join({.domain = domain}));
  auto station = must(hawser::Bus::join({.domain = domain}));

  std::counting_semaphore watching{0};
  std::counting_semaphore heard{0};
  const std::vector<std::string> patterns = {"weather.*.temperature"};  // A '>' at the end would be all the rest.
  const auto subscription =
      must(station.subscribe(patterns, {.on_message =
                                            [&](const hawser::Message& message) {
                                              std::cout << message.topic << " is " << message.text() << '\n';
                                              heard.release();
                                            },
                                        .on_watching = [&](const hawser::Watching&) { watching.release(); }}));
  if (!watching.try_acquire_for(std::chrono::seconds{5})) return 1;

  must(thermometers.publish("weather.oslo.temperature", "4 degrees"));  // Topics that nobody has named before.
  must(thermometers.publish("weather.oslo.wind", "12 m/s"));
  must(thermometers.publish("weather.bergen.temperature", "7 degrees"));
  for (int i = 0; i < 2; ++i) {
    if (!heard.try_acquire_for(std::chrono::seconds{5})) return 1;
  }
}
