// A causal message comes after all that its sender had been delivered, in the same view, when it sent it; one in total
// order after all that its sender had been delivered in total order.
// Source: CKV01, Reliable Causal. Departs: what comes before a causal message may be of any order class but unordered,
// which comes when it comes; what was sent
// in one view and is delivered in another is not looked at, since whoever comes along has all of the former.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// What one node had been delivered in one stay: how far in each stream.
class Past {
 public:
  void begin_stay(StayIndex stay) {
    stay_ = stay;
    through_.clear();
  }
  void on_delivered(StreamIndex stream, std::uint32_t message) {
    std::uint32_t& through = through_[stream];
    through = std::max(through, message + 1);
  }
  [[nodiscard]] StayIndex stay() const { return stay_; }
  [[nodiscard]] const std::map<StreamIndex, std::uint32_t>& through() const { return through_; }
  [[nodiscard]] std::uint32_t through(StreamIndex stream) const {
    const auto at = through_.find(stream);
    return at == through_.end() ? 0 : at->second;
  }

 private:
  StayIndex stay_ = kNone;
  std::map<StreamIndex, std::uint32_t> through_;
};

struct Step {
  enum class Kind : std::uint8_t { stay, sent, delivered };
  NodeIndex node = 0;
  EventIndex event = 0;
  Kind kind = Kind::stay;
  std::uint32_t what = 0;    ///< the stay, the stream, or the delivery
  std::uint32_t number = 0;  ///< of a message that was sent
  [[nodiscard]] auto place() const { return std::tuple{node, event}; }
};

bool follows_from_others(OrderClass order) { return order == OrderClass::causal || order == OrderClass::total; }

/// All that matters here, in the order of each node's trace. Empty where nobody sends messages that follow from others.
std::vector<Step> steps_of(const Layer& layer) {
  std::vector<Step> steps;
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) {
    const Stream& from = layer.streams[stream];
    if (!follows_from_others(class_of(from.channel))) continue;
    for (std::uint32_t i = 0; i < from.sent.size(); ++i) {
      steps.push_back({from.sender, from.sent[i].event, Step::Kind::sent, stream, i});
    }
  }
  if (steps.empty()) return steps;
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) {
    steps.push_back({layer.stays[stay].node, layer.stays[stay].begin, Step::Kind::stay, stay, 0});
  }
  for (std::uint32_t i = 0; i < layer.deliveries.size(); ++i) {
    const Delivery& delivery = layer.deliveries[i];
    if (delivery.stay == kNone || delivery.message == kNone || delivery.duplicate) continue;
    steps.push_back({delivery.node, delivery.event, Step::Kind::delivered, i, 0});
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.place() < b.place(); });
  return steps;
}

class CausalOrderCheck {
 public:
  CausalOrderCheck(const Index& index, Report& report)
      : index_(index), report_(report), steps_(steps_of(index.heavy)) {}

  void run() {
    walk([this](const Step& step, std::map<std::uint32_t, Past>& pasts) { note_sent(step, pasts); });
    walk([this](const Step& step, std::map<std::uint32_t, Past>& pasts) { check_delivered(step, pasts); });
  }

 private:
  /// Calls `look` for each step, with the past of its node by group, before the step becomes part of it.
  template <typename Look>
  void walk(Look look) {
    std::map<std::uint32_t, Past> pasts;
    NodeIndex node = kNone;
    for (const Step& step : steps_) {
      if (std::exchange(node, step.node) != step.node) pasts.clear();
      look(step, pasts);
      if (step.kind == Step::Kind::stay) {
        pasts[layer().views[layer().stays[step.what].view].group].begin_stay(step.what);
      } else if (step.kind == Step::Kind::delivered) {
        const Delivery& delivery = layer().deliveries[step.what];
        pasts[group_of(layer().streams[delivery.stream].channel)].on_delivered(delivery.stream, delivery.message);
      }
    }
  }

  void note_sent(const Step& step, std::map<std::uint32_t, Past>& pasts) {
    if (step.kind != Step::Kind::sent) return;
    const Past& past = pasts[group_of(layer().streams[step.what].channel)];
    if (past.stay() != kNone) before_[{step.what, step.number}] = past;
  }

  void check_delivered(const Step& step, std::map<std::uint32_t, Past>& pasts) {
    if (step.kind != Step::Kind::delivered) return;
    const Delivery& delivery = layer().deliveries[step.what];
    const auto known = before_.find({delivery.stream, delivery.message});
    if (known == before_.end()) return;
    const Past& past = pasts[group_of(layer().streams[delivery.stream].channel)];
    if (layer().stays[known->second.stay()].view != layer().stays[delivery.stay].view) return;
    const bool causal = class_of(layer().streams[delivery.stream].channel) == OrderClass::causal;
    for (const auto& [stream, through] : known->second.through()) {
      const OrderClass before = class_of(layer().streams[stream].channel);
      if (before == OrderClass::unordered || (!causal && before != OrderClass::total)) continue;
      if (past.through(stream) < through) return complain(delivery, stream, through);
    }
  }

  void complain(const Delivery& delivery, StreamIndex stream, std::uint32_t through) {
    const Stream& sent = layer().streams[delivery.stream];
    const Stream& missing = layer().streams[stream];
    report_.add(kReliableCausal, {{delivery.node, delivery.event}, {sent.sender, sent.sent[delivery.message].event}},
                [&] {
                  return label(delivery.node) + " delivers " + message_name(delivery.digest) + " of " +
                         label(sent.sender) + " before " + message_name(missing.sent[through - 1].digest) + " of " +
                         label(missing.sender) + ", which had been delivered at its sender when it was sent";
                });
  }

  [[nodiscard]] const Layer& layer() const { return index_.heavy; }

  const Index& index_;
  Report& report_;
  std::vector<Step> steps_;
  std::map<std::pair<StreamIndex, std::uint32_t>, Past> before_;  // By message: its sender's past.
};

}  // namespace

void check_causal_order(const Index& index, Report& report) { CausalOrderCheck{index, report}.run(); }

}  // namespace hawser::check
