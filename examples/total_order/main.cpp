// Two publishers, two subscribers, and one order in which both hear both.
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
  auto one = must(hawser::Bus::join({.domain = domain}));
  auto other = must(hawser::Bus::join({.domain = domain}));

  must(one.declare("moves", {.order = hawser::TopicOrder::total}));
  if (other.declare("moves", {.order = hawser::TopicOrder::fifo}).error().code != hawser::Errc::conflict) return 1;

  constexpr int kMovesEach = 50;
  std::vector<std::string> seen[2];
  std::counting_semaphore synced{0};
  std::counting_semaphore heard{0};
  const auto note_in = [&](std::vector<std::string>& moves) {
    return hawser::Handlers{.on_message =
                                [&](const hawser::Message& message) {
                                  moves.emplace_back(message.text());
                                  heard.release();
                                },
                            .on_synced = [&](const hawser::Synced&) { synced.release(); }};
  };
  const std::vector<std::string> topics = {"moves"};
  const auto first = must(one.subscribe(topics, note_in(seen[0])));
  const auto second = must(other.subscribe(topics, note_in(seen[1])));
  for (int i = 0; i < 2; ++i) {
    if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;
  }
  for (int i = 1; i <= kMovesEach; ++i) {
    must(one.publish("moves", "white " + std::to_string(i)));
    must(other.publish("moves", "black " + std::to_string(i)));
  }
  for (int i = 0; i < 2 * 2 * kMovesEach; ++i) {
    if (!heard.try_acquire_for(std::chrono::seconds{5})) return 1;
  }
  std::cout << "both heard " << seen[0].size() << " moves, in one order: " << std::boolalpha << (seen[0] == seen[1])
            << '\n';
  return seen[0] == seen[1] ? 0 : 1;
}
