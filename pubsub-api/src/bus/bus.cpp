#include "hawser/bus.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "pubsub-api/src/bus/inspection.hpp"
#include "pubsub-api/src/bus/options.hpp"
#include "pubsub-api/src/bus/reactor.hpp"
#include "pubsub-api/src/bus/subscription_impl.hpp"
#include "pubsub-api/src/bus/subscription_queue.hpp"
#include "transport/io/named_thread.hpp"

namespace hawser {
namespace {

constexpr std::size_t kKeyBytesMax = 256;

Error closed_error() { return {Errc::closed, "the bus has left"}; }

Result<std::vector<Pattern>> parse(std::span<const std::string> texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) {
    auto pattern = Pattern::parse(text);
    if (!pattern) return pattern.error();
    patterns.push_back(std::move(pattern).value());
  }
  return patterns;
}

}  // namespace

// The application's side of the bus: checks arguments, and keeps track of the subscriptions.
class Bus::Impl {
 public:
  Impl(Options options, std::shared_ptr<Reactor> reactor) : options_(std::move(options)), reactor_(std::move(reactor)) {
    if (options_.inspection) inspection_ = Inspection::start(options_.domain, reactor_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    closed_ = true;
    inspection_.reset();
    reactor_->stop();
    silence_subscriptions();
  }

  Result<std::uint64_t> publish(std::string_view topic, std::span<const std::byte> payload, std::string_view key) {
    if (closed_.load(std::memory_order_relaxed)) return closed_error();
    if (Status valid = check_topic(topic); !valid) return valid.error();
    if (key.size() > kKeyBytesMax) {
      return Error{Errc::invalid_argument, "a key has at most " + std::to_string(kKeyBytesMax) + " bytes; this has " +
                                               std::to_string(key.size())};
    }
    if (payload.size() > options_.payload_bytes_max) {
      return Error{Errc::too_large, "the payload has " + std::to_string(payload.size()) +
                                        " bytes; Options::payload_bytes_max is " +
                                        std::to_string(options_.payload_bytes_max)};
    }
    return reactor_->publish(topic, key, payload);
  }

  Result<Subscription> subscribe(std::vector<Pattern> patterns, Handlers handlers, const SubscribeOptions& options) {
    if (!handlers.on_message) return Error{Errc::invalid_argument, "a subscription needs Handlers::on_message"};
    if (patterns.empty()) return Error{Errc::invalid_argument, "a subscription needs a topic or a pattern"};
    if (Status valid = validate(options); !valid) return valid.error();
    if (closed_) return closed_error();
    std::sort(patterns.begin(), patterns.end());
    patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());

    const SubscriberId subscriber{++subscribers_};
    const std::size_t own_bytes = options.queue_bytes_max;
    const std::size_t bytes_max = own_bytes == 0 ? options_.subscription_queue_bytes_max : own_bytes;
    auto resume = [reactor = std::weak_ptr{reactor_}, subscriber] {
      if (const auto alive = reactor.lock()) alive->resume(subscriber);
    };
    const auto queue =
        std::make_shared<SubscriptionQueue>(std::move(handlers), options.when_full, bytes_max, std::move(resume));
    auto thread = start_thread("hawser-sub-" + std::to_string(subscriber.value), [queue] { queue->run(); });
    if (!thread) return thread.error();
    keep_track_of(queue);
    reactor_->subscribe(subscriber, std::move(patterns), options.start, queue);
    return Subscription{std::make_unique<Subscription::Impl>(subscriber, queue, reactor_, std::move(thread).value())};
  }

  Status declare(std::string_view topic, const TopicOptions& options, std::chrono::milliseconds timeout) {
    if (Status valid = check_topic(topic); !valid) return valid;
    if (Status valid = validate(options); !valid) return valid;
    if (closed_) return closed_error();
    return reactor_->declare(topic, options, timeout);
  }

  Status flush(std::chrono::milliseconds timeout) {
    if (closed_) return closed_error();
    return reactor_->flush(timeout);
  }

  Status leave(std::chrono::milliseconds timeout) {
    if (closed_.exchange(true)) return Ok{};
    Status left = reactor_->leave(timeout);
    inspection_.reset();
    return left;
  }

  [[nodiscard]] Statistics statistics() const { return reactor_->statistics(); }
  [[nodiscard]] std::string name() const { return to_string(reactor_->self()); }

 private:
  void keep_track_of(const std::shared_ptr<SubscriptionQueue>& queue) {
    const std::lock_guard lock{queues_mutex_};
    std::erase_if(queues_, [](const auto& known) { return known.expired(); });
    queues_.push_back(queue);
  }

  void silence_subscriptions() {
    const std::lock_guard lock{queues_mutex_};
    for (const auto& known : queues_) {
      const auto queue = known.lock();
      if (!queue) continue;
      queue->close();
      queue->wait_until_silent();
    }
  }

  const Options options_;
  std::shared_ptr<Reactor> reactor_;
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> subscribers_{0};
  std::mutex queues_mutex_;
  std::vector<std::weak_ptr<SubscriptionQueue>> queues_;
  std::unique_ptr<Inspection> inspection_;  // nullptr where there is none
};

Result<Bus> Bus::join(Options options) {
  if (auto valid = validate(options); !valid) return valid.error();
  auto reactor = Reactor::start(options);
  if (!reactor) return reactor.error();
  if (!(*reactor)->wait_for_view(options.join_timeout)) {
    return Error{Errc::timeout, "no view of domain '" + options.domain + "' within Options::join_timeout (" +
                                    std::to_string(options.join_timeout.count()) + " ms)"};
  }
  return Bus{std::make_unique<Impl>(std::move(options), std::move(reactor).value())};
}

Bus::Bus(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bus::Bus(Bus&&) noexcept = default;
Bus& Bus::operator=(Bus&&) noexcept = default;
Bus::~Bus() = default;

Result<std::uint64_t> Bus::publish(std::string_view topic, std::span<const std::byte> payload, std::string_view key) {
  return impl_->publish(topic, payload, key);
}

Result<std::uint64_t> Bus::publish(std::string_view topic, std::string_view payload, std::string_view key) {
  return impl_->publish(topic, std::as_bytes(std::span{payload}), key);
}

Result<Subscription> Bus::subscribe(std::string_view pattern, std::function<void(const Message&)> on_message) {
  const std::string text{pattern};
  return subscribe({&text, 1}, Handlers{.on_message = std::move(on_message)});
}

Result<Subscription> Bus::subscribe(std::span<const std::string> patterns, Handlers handlers,
                                    const SubscribeOptions& options) {
  auto parsed = parse(patterns);
  if (!parsed) return parsed.error();
  return impl_->subscribe(std::move(parsed).value(), std::move(handlers), options);
}

Result<Subscription> Bus::subscribe(std::span<const Pattern> patterns, Handlers handlers,
                                    const SubscribeOptions& options) {
  return impl_->subscribe({patterns.begin(), patterns.end()}, std::move(handlers), options);
}

Status Bus::declare(std::string_view topic, const TopicOptions& options, std::chrono::milliseconds timeout) {
  return impl_->declare(topic, options, timeout);
}

Status Bus::flush(std::chrono::milliseconds timeout) { return impl_->flush(timeout); }
Status Bus::leave(std::chrono::milliseconds timeout) { return impl_->leave(timeout); }
Statistics Bus::statistics() const { return impl_->statistics(); }
std::string Bus::name() const { return impl_->name(); }

}  // namespace hawser
