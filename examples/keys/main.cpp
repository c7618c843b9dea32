// A topic whose messages have keys keeps the last value of each key: a table that updates itself.
#include <chrono>
#include <iostream>
#include <map>
#include <semaphore>
#include <string>
#include <vector>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  const std::string domain = examples::own_domain();
  auto depot = must(hawser::Bus::join({.domain = domain}));
  must(depot.publish("vans", "at the depot", "van 1"));
  must(depot.publish("vans", "at the depot", "van 2"));
  must(depot.publish("vans", "on the road", "van 1"));

  auto screen = must(hawser::Bus::join({.domain = domain}));
  std::map<std::string, std::string> where;
  std::counting_semaphore synced{0};
  const std::vector<std::string> topics = {"vans"};
  const auto subscription = must(screen.subscribe(
      topics, {.on_message = [&](const hawser::Message& message) { where[std::string(message.key)] = message.text(); },
               .on_synced = [&](const hawser::Synced&) { synced.release(); }}));

  if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;
  for (const auto& [van, place] : where) std::cout << van << " is " << place << '\n';
  return where == std::map<std::string, std::string>{{"van 1", "on the road"}, {"van 2", "at the depot"}} ? 0 : 1;
}
