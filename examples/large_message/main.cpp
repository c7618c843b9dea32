// A message of 64 MiB: it travels in pieces and arrives whole.
#include <chrono>
#include <cstddef>
#include <iostream>
#include <semaphore>
#include <string>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

int main() {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  const hawser::Options options{
      .domain = examples::own_domain(), .payload_bytes_max = kBytes, .send_queue_bytes_max = 4 * kBytes};
  std::string picture(kBytes, '\0');
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<char>(i * 2654435761 >> 13);

  auto viewer = must(hawser::Bus::join(options));
  bool is_whole = false;
  std::counting_semaphore arrived{0};
  const auto subscription = must(viewer.subscribe("pictures", [&](const hawser::Message& message) {
    is_whole = message.text() == picture;
    arrived.release();
  }));

  auto camera = must(hawser::Bus::join(options));
  must(camera.publish("pictures", picture));
  if (!arrived.try_acquire_for(std::chrono::seconds{20})) return 1;
  std::cout << "a message of " << picture.size() << " bytes arrived " << (is_whole ? "whole" : "damaged") << '\n';

  const auto refused = camera.publish("pictures", picture + "x");
  std::cout << "one byte more: " << refused.error().message << '\n';
  return is_whole && refused.error().code == hawser::Errc::too_large ? 0 : 1;
}
