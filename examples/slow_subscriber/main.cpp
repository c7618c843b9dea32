// A handler that does not keep up, and what becomes of what it misses: the newest value of each key stays.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <semaphore>
#include <string>
#include <vector>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  constexpr std::uint64_t kReadings = 20'000;
  const std::string domain = examples::own_domain();
  auto sensor = must(hawser::Bus::join({.domain = domain}));
  auto screen = must(hawser::Bus::join({.domain = domain}));

  std::atomic<std::uint64_t> shown{0};
  std::atomic<std::uint64_t> skipped{0};
  std::counting_semaphore synced{0};
  std::counting_semaphore may_go_on{0};
  std::counting_semaphore done{0};
  hawser::Handlers handlers;
  handlers.on_message = [&](const hawser::Message& reading) {
    if (shown++ == 0) may_go_on.acquire();  // The first takes long to draw.
    if (reading.number == kReadings) done.release();
  };
  handlers.on_synced = [&](const hawser::Synced&) { synced.release(); };
  handlers.on_gap = [&](const hawser::Gap& gap) { skipped += gap.messages; };
  const std::vector<std::string> topics = {"readings"};
  const auto subscription =
      must(screen.subscribe(topics, handlers, {.when_full = hawser::WhenFull::conflate, .queue_bytes_max = 1 << 18}));
  if (!synced.try_acquire_for(std::chrono::seconds{5})) return 1;

  for (std::uint64_t i = 1; i <= kReadings; ++i) {
    while (!sensor.publish("readings", std::string(100, 'x'), "sensor " + std::to_string(i % 7))) {
    }
  }
  must(sensor.flush(std::chrono::seconds{10}));
  may_go_on.release();
  if (!done.try_acquire_for(std::chrono::seconds{10})) return 1;
  std::cout << shown << " readings were shown, " << skipped << " were overtaken by newer ones\n";
  return shown + skipped == kReadings ? 0 : 1;
}
