// Where a delivered message's sender was in the view of delivery: looked up once a run of messages.
#pragma once

#include <vector>

#include "index.hpp"

namespace hawser::check {

/// Deliveries must be asked for in their order. `layer` must outlive it.
class SenderStays {
 public:
  explicit SenderStays(const Layer& layer) : layer_(layer), cached_(layer.streams.size()) {}

  /// True where this is the receiver's first delivery of this stream in this stay.
  bool enter(const Delivery& delivery) {
    Cached& cached = cached_[delivery.stream];
    if (cached.receiver_stay == delivery.stay) return false;
    cached = {delivery.stay, layer_.stay_of(layer_.stays[delivery.stay].view, layer_.streams[delivery.stream].sender)};
    return true;
  }
  /// The sender's stay in the view of the delivery that was entered last; kNone where it was not there.
  [[nodiscard]] StayIndex sender_stay(const Delivery& delivery) const { return cached_[delivery.stream].sender_stay; }

 private:
  struct Cached {
    StayIndex receiver_stay = kNone;
    StayIndex sender_stay = kNone;
  };
  const Layer& layer_;
  std::vector<Cached> cached_;  // By stream.
};

}  // namespace hawser::check
