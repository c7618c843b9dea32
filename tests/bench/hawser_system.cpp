#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/hawser_member.hpp"
#include "tests/bench/stream_system.hpp"
#include "tests/bench/topic_order.hpp"

namespace hawser::bench {
namespace {

constexpr std::chrono::milliseconds kFullPause{1};

class HawserSender final : public StreamSender {
 public:
  HawserSender(Bus bus, const StreamSpec& spec)
      : bus_(std::move(bus)), topics_(topic_names(0, spec.topics)), order_(topic_order(spec.topics, spec.pick)) {}

  // A first message on each topic, since that makes this node a member of it: what is measured comes after it.
  Status wait_for_receivers(std::chrono::milliseconds timeout) override {
    for (const std::string& topic : topics_) {
      auto number = bus_.publish(topic, ByteView{});
      while (!number && number.error().code == Errc::would_block) {
        std::this_thread::sleep_for(kFullPause);
        number = bus_.publish(topic, ByteView{});
      }
      if (!number) return number.error();
    }
    return bus_.flush(timeout);
  }

  Offer offer(ByteView payload) override {
    const auto number = bus_.publish(topics_[order_[next_]], payload);
    if (!number) return number.error().code == Errc::would_block ? Offer::full : Offer::failed;
    if (++next_ == order_.size()) next_ = 0;
    return Offer::taken;
  }

  [[nodiscard]] std::uint64_t packets_repaired() const override { return bus_.statistics().packets_repaired; }

 private:
  Bus bus_;
  const std::vector<std::string> topics_;
  const std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;  // In the order.
};

class HawserReceiver final : public StreamReceiver {
 public:
  HawserReceiver(Bus bus, std::uint32_t topics) : bus_(std::move(bus)), topics_(topics) {}

  Status listen(const std::string& /*address*/, ReceivedStream& stream) override {
    const auto on_message = [&stream](const Message& message) {
      if (!message.payload.empty()) stream.on_message(message.payload);  // Empty: see wait_for_receivers().
    };
    auto subscription = subscribe_and_sync(bus_, topic_names(0, topics_), on_message, kPatience);
    if (!subscription) return subscription.error();
    subscription_.emplace(std::move(subscription).value());
    return Ok{};
  }

  void stop() override { subscription_.reset(); }

 private:
  Bus bus_;
  const std::uint32_t topics_;
  std::optional<Subscription> subscription_;
};

}  // namespace

Result<std::unique_ptr<StreamSender>> open_hawser_sender(const StreamSpec& spec) {
  auto bus = join_with_others(spec.domain, spec.receivers + 1, kPatience);
  if (!bus) return bus.error();
  return std::unique_ptr<StreamSender>{std::make_unique<HawserSender>(std::move(bus).value(), spec)};
}

Result<std::unique_ptr<StreamReceiver>> open_hawser_receiver(const StreamSpec& spec) {
  auto bus = join_with_others(spec.domain, spec.receivers + 1, kPatience);
  if (!bus) return bus.error();
  return std::unique_ptr<StreamReceiver>{std::make_unique<HawserReceiver>(std::move(bus).value(), spec.topics)};
}

}  // namespace hawser::bench
