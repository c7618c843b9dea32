// What the bus as a whole goes through: who is there, who came, who went.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <iostream>
#include <mutex>
#include <string>

#include "examples/must.hpp"
#include "hawser/bus.hpp"

using examples::must;

namespace {

/// How many members the newest view has. Events come on a thread of the bus, so it takes a lock.
class Audience {
 public:
  void on_event(const hawser::BusEvent& event) {
    if (event.kind != hawser::BusEvent::Kind::view_installed) return;
    const std::lock_guard lock(mutex_);
    members_ = event.members.size();
    std::cout << "a view with " << members_ << " members\n";
    changed_.notify_all();
  }

  bool wait_for(std::size_t members) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{5}, [&] { return members_ == members; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t members_ = 0;
};

}  // namespace

int main() {
  const std::string domain = examples::own_domain();
  Audience audience;
  hawser::Options options{.domain = domain};
  options.on_event = [&audience](const hawser::BusEvent& event) { audience.on_event(event); };
  const auto host = must(hawser::Bus::join(options));

  auto guest = must(hawser::Bus::join({.domain = domain}));
  if (!audience.wait_for(2)) return 1;
  must(guest.leave());
  return audience.wait_for(1) ? 0 : 1;
}
