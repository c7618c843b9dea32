#include <optional>
#include <utility>

#include "tests/bench/hawser_member.hpp"
#include "tests/bench/stream_system.hpp"

namespace hawser::bench {
namespace {

constexpr std::string_view kTopic = "bench";

class HawserSender final : public StreamSender {
 public:
  explicit HawserSender(Bus bus) : bus_(std::move(bus)) {}

  Offer offer(ByteView payload) override {
    const auto number = bus_.publish(kTopic, payload);
    if (number) return Offer::taken;
    return number.error().code == Errc::would_block ? Offer::full : Offer::failed;
  }

  [[nodiscard]] std::uint64_t packets_repaired() const override { return bus_.statistics().packets_repaired; }

 private:
  Bus bus_;
};

class HawserReceiver final : public StreamReceiver {
 public:
  explicit HawserReceiver(Bus bus) : bus_(std::move(bus)) {}

  Status listen(const std::string& /*address*/, ReceivedStream& stream) override {
    const std::string topic{kTopic};
    auto subscription = subscribe_and_sync(
        bus_, {&topic, 1}, [&stream](const Message& message) { stream.on_message(message.payload); }, kPatience);
    if (!subscription) return subscription.error();
    subscription_.emplace(std::move(subscription).value());
    return Ok{};
  }

  void stop() override { subscription_.reset(); }

 private:
  Bus bus_;
  std::optional<Subscription> subscription_;
};

}  // namespace

Result<std::unique_ptr<StreamSender>> open_hawser_sender(const StreamSpec& spec) {
  auto bus = join_with_others(spec.domain, spec.receivers + 1, kPatience);
  if (!bus) return bus.error();
  return std::unique_ptr<StreamSender>{std::make_unique<HawserSender>(std::move(bus).value())};
}

Result<std::unique_ptr<StreamReceiver>> open_hawser_receiver(const StreamSpec& spec) {
  auto bus = join_with_others(spec.domain, spec.receivers + 1, kPatience);
  if (!bus) return bus.error();
  return std::unique_ptr<StreamReceiver>{std::make_unique<HawserReceiver>(std::move(bus).value())};
}

}  // namespace hawser::bench
