// A topic that outlives its nodes: what one has published is there when another is started with its store.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <semaphore>
#include <string>
#include <vector>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  const std::string domain = examples::own_domain();
  const std::filesystem::path store = std::filesystem::temp_directory_path() / domain;
  {
    auto bus = must(hawser::Bus::join({.domain = domain, .store = store.string()}));
    must(bus.declare("settings", {.durability = hawser::Durability::retained}));
    must(bus.publish("settings", "dark", "theme"));
    must(bus.leave());  // All is stored when it returns.
  }
  bool found = false;
  {
    auto bus = must(hawser::Bus::join({.domain = domain, .store = store.string()}));
    std::binary_semaphore synced{0};
    const auto subscription = must(bus.subscribe(std::vector<std::string>{"settings"},
                                                 {.on_message =
                                                      [&](const hawser::Message& message) {
                                                        std::cout << message.key << " = " << message.text() << '\n';
                                                        found = message.key == "theme" && message.text() == "dark";
                                                      },
                                                  .on_synced = [&](const hawser::Synced&) { synced.release(); }}));
    if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;
  }
  std::filesystem::remove_all(store);
  return found ? 0 : 1;
}
