// A publisher that is faster than the network: publish() never blocks, it says would_block, and the rest is up to you.
// This one waits until everybody has what was sent, and goes on.
#include <chrono>
#include <iostream>
#include <semaphore>
#include <string>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  constexpr int kMessages = 20000;
  const std::string payload(1000, 'x');
  const std::string domain = examples::own_domain();
  auto reader = must(hawser::Bus::join({.domain = domain}));
  int arrived = 0;
  std::counting_semaphore all_arrived{0};
  const auto subscription = must(reader.subscribe("load", [&](const hawser::Message&) {
    if (++arrived == kMessages) all_arrived.release();
  }));

  auto writer =
      must(hawser::Bus::join({.domain = domain, .payload_bytes_max = 4 << 10, .send_queue_bytes_max = 256 << 10}));
  int waits = 0;
  for (int sent = 0; sent < kMessages;) {
    const auto number = writer.publish("load", payload);
    if (number) {
      ++sent;
    } else if (number.error().code == hawser::Errc::would_block) {
      ++waits;
      must(writer.flush(std::chrono::seconds{5}));
    } else {
      must(number);
    }
  }
  must(writer.flush(std::chrono::seconds{5}));
  // Received by the node is not yet handled by its handler.
  if (!all_arrived.try_acquire_for(std::chrono::seconds{10})) return 1;
  std::cout << arrived << " messages arrived, the writer waited " << waits << " times\n";
  return waits > 0 ? 0 : 1;
}
