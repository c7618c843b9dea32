#include "tests/bench/hawser_member.hpp"

#include <utility>
#include <vector>

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

/// A number that grows on the Bus's threads and that somebody waits for.
class Level {
 public:
  void set(std::size_t value) {
    {
      const std::lock_guard lock{mutex_};
      value_ = value;
    }
    changed_.notify_all();
  }

  /// Where it takes too long: how far it came.
  Status wait_for(std::size_t wanted, milliseconds timeout, const std::string& of_what) {
    std::unique_lock lock{mutex_};
    if (changed_.wait_for(lock, timeout, [&] { return value_ >= wanted; })) return Ok{};
    return Error{Errc::timeout, std::to_string(value_) + " of " + std::to_string(wanted) + " " + of_what + " within " +
                                    std::to_string(timeout.count()) + " ms"};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t value_ = 0;
};

}  // namespace

Result<Bus> join_with_others(const std::string& domain, std::size_t members, milliseconds timeout,
                             std::function<void(const BusEvent&)> on_event) {
  const auto in_view = std::make_shared<Level>();
  Options options;
  options.domain = domain;
  options.join_timeout = timeout;
  options.on_event = [in_view, pass_on = std::move(on_event)](const BusEvent& event) {
    if (event.kind == BusEvent::Kind::view_installed) in_view->set(event.members.size());
    if (pass_on) pass_on(event);
  };
  auto bus = Bus::join(std::move(options));
  if (!bus) return bus;
  if (auto all = in_view->wait_for(members, timeout, "members in the view"); !all) return all.error();
  return bus;
}

Result<Subscription> subscribe_and_sync(Bus& bus, const std::set<std::string>& topics,
                                        std::function<void(const Message&)> on_message, milliseconds timeout) {
  const auto level = std::make_shared<Level>();
  Handlers handlers;
  handlers.on_message = std::move(on_message);
  handlers.on_synced = [level, synced = std::set<std::string, std::less<>>{}](const Synced& event) mutable {
    synced.emplace(event.topic);
    level->set(synced.size());
  };
  auto subscription = bus.subscribe(std::vector<std::string>{topics.begin(), topics.end()}, std::move(handlers));
  if (!subscription) return subscription;
  if (auto all = level->wait_for(topics.size(), timeout, "topics in sync"); !all) return all.error();
  return subscription;
}

}  // namespace hawser::bench
