// A heavy-weight group without topics on it.
#include "tests/bench/heavy_node.hpp"
#include "tests/bench/stream_system.hpp"

namespace hawser::bench {
namespace {

class HeavySender final : public StreamSender {
 public:
  HeavySender(std::unique_ptr<HeavyNode> node, Sequencer sequencer) : node_(std::move(node)), sequencer_(sequencer) {}

  Status wait_for_receivers(std::chrono::milliseconds timeout) override {
    return node_->form_group(sequencer_, timeout);
  }
  Offer offer(ByteView payload) override { return node_->multicast(payload) ? Offer::taken : Offer::full; }
  [[nodiscard]] std::uint64_t packets_repaired() const override { return node_->counters().packets_repaired; }
  [[nodiscard]] std::vector<DiaryEntry> diary() const override { return node_->diary(); }

 private:
  std::unique_ptr<HeavyNode> node_;
  const Sequencer sequencer_;
};

class HeavyReceiver final : public StreamReceiver {
 public:
  explicit HeavyReceiver(std::unique_ptr<HeavyNode> node) : node_(std::move(node)) {}

  Status listen(const std::string& /*address*/, ReceivedStream& stream) override {
    node_->listen([&stream](ByteView payload) { stream.on_message(payload); });
    return Ok{};
  }
  void stop() override {
    node_->listen([](ByteView) {});
  }
  [[nodiscard]] std::vector<DiaryEntry> diary() const override { return node_->diary(); }

 private:
  std::unique_ptr<HeavyNode> node_;
};

Result<std::unique_ptr<HeavyNode>> join(const StreamSpec& spec) {
  return HeavyNode::join({.domain = spec.domain,
                          .interface = spec.interface,
                          .members = spec.receivers + std::size_t{1},
                          .order = spec.order},
                         kPatience);
}

}  // namespace

Result<std::unique_ptr<StreamSender>> open_heavy_sender(const StreamSpec& spec) {
  auto node = join(spec);
  if (!node) return node.error();
  return std::unique_ptr<StreamSender>{std::make_unique<HeavySender>(std::move(node).value(), spec.sequencer)};
}

Result<std::unique_ptr<StreamReceiver>> open_heavy_receiver(const StreamSpec& spec) {
  auto node = join(spec);
  if (!node) return node.error();
  return std::unique_ptr<StreamReceiver>{std::make_unique<HeavyReceiver>(std::move(node).value())};
}

}  // namespace hawser::bench
