// Two teams on one network: nodes of different domains do not hear each other, whatever their topics are called.
#include <chrono>
#include <iostream>
#include <semaphore>
#include <string>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  auto red = must(hawser::Bus::join({.domain = examples::own_domain() + "-red"}));
  auto blue = must(hawser::Bus::join({.domain = examples::own_domain() + "-blue"}));

  std::string heard;
  std::counting_semaphore arrived{0};
  const auto subscription = must(blue.subscribe("orders", [&](const hawser::Message& message) {
    heard += message.text();
    arrived.release();
  }));

  must(red.publish("orders", "red's order"));
  must(red.flush(std::chrono::seconds{2}));
  must(blue.publish("orders", "blue's order"));
  if (!arrived.try_acquire_for(std::chrono::seconds{5})) return 1;
  std::cout << "blue heard: " << heard << '\n';
  return heard == "blue's order" ? 0 : 1;
}
