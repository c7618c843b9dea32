// What is sent in a group that may be held is delivered in the view it was sent in, and a hold is followed by a view.
// Source: CKV01, Sending View Delivery; RG96, Hold and HoldOK.
#include "checks.hpp"

namespace hawser::check {

void check_sending_view(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.message == kNone) continue;
    const Stream& stream = layer.streams[delivery.stream];
    const EventIndex sent = stream.sent[delivery.message].event;
    const ViewId promised = index.event<trace::HeavySent>(stream.sender, sent).promised;
    if (promised == ViewId{} || promised == index.heavy_view(layer.stays[delivery.stay]).view.id) continue;
    report.add(kSendingView, {{delivery.node, delivery.event}, {stream.sender, sent}}, [&] {
      return label(delivery.node) + " delivers " + message_name(delivery.digest) + " of " + label(stream.sender) +
             " in " + view_name(index, layer, delivery.stay) + ", and it was promised " + to_string(promised);
    });
  }
}

void check_holds_end(const Index& index, Report& report) {
  if (!index.history.settled) return;
  for (const Stay& stay : index.heavy.stays) {
    if (stay.held == kNone || stay.next != kNone || stay.end != kNone || !index.alive(stay.node)) continue;
    report.add(kHoldsEnd, {{stay.node, stay.held}},
               [&] { return label(stay.node) + " was asked to hold its group, and no view came"; });
  }
}

}  // namespace hawser::check
