#include "transport/io/named_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <system_error>

namespace hawser {

Result<std::thread> start_thread(std::string name, std::function<void()> body) {
  constexpr std::size_t kNameBytesMax = 15;
  name.resize(std::min(name.size(), kNameBytesMax));

  // The new thread inherits the mask.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  Result<std::thread> started = [&]() -> Result<std::thread> {
    try {
      return std::thread{[name, body = std::move(body)] {
        ::pthread_setname_np(::pthread_self(), name.c_str());
        body();
      }};
    } catch (const std::system_error& error) {
      return Error{Errc::system, "cannot start the thread " + name + ": " + error.what()};
    }
  }();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace hawser
