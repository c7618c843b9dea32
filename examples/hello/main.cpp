#include <iostream>
#include <semaphore>

#include "hawser/bus.hpp"

int main() {
  auto bus = hawser::Bus::join();
  if (!bus) return std::cerr << bus.error().message << '\n', 1;
  std::counting_semaphore heard{0};
  auto subscription = bus->subscribe("greetings", [&heard](const hawser::Message& message) {
    std::cout << message.text() << '\n';
    heard.release();
  });
  auto sent = bus->publish("greetings", "hello from " + bus->name());
  auto ok = subscription && sent && heard.try_acquire_for(std::chrono::seconds{2});
  return ok && bus->flush(std::chrono::seconds{2}) && bus->leave() ? 0 : 1;
}
