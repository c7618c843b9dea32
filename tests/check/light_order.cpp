// Order in light-weight groups: each sender's own, without a hole from the receiver's first view on.
// Source: CKV01, Reliable FIFO. Departs: a run may reach over several light views, since planned changes block nobody.
#include "checks.hpp"

namespace hawser::check {

namespace {

class LightFifo {
 public:
  LightFifo(const Index& index, Report& report) : index_(index), report_(report), runs_(index.light.streams.size()) {}

  void check(const Delivery& delivery) {
    if (delivery.stay == kNone || delivery.message == kNone || delivery.duplicate) return;
    const Episode& sender = index_.episode_of(delivery.stream, delivery.message);
    const EpisodeIndex receiver = index_.episode_of_stay[delivery.stay];
    Run& run = runs_[delivery.stream];
    const bool goes_on = run.receiver == receiver && run.sender == &sender;
    if (goes_on && delivery.message != run.next) {
      complain(delivery, "where message " + std::to_string(run.next + 1) + " was due");
    }
    if (!goes_on) check_beginning(delivery, sender, receiver);
    if (!goes_on || run.stay != delivery.stay) check_common_beginning(delivery);
    run = {receiver, &sender, delivery.stay, delivery.message + 1};
  }

 private:
  /// One receiver's deliveries from one sender, both being members all the time.
  struct Run {
    EpisodeIndex receiver = kNone;
    const Episode* sender = nullptr;
    StayIndex stay = kNone;
    std::uint32_t next = 0;
  };

  /// Who was there when the sender came in hears it from its first message on.
  void check_beginning(const Delivery& delivery, const Episode& sender, EpisodeIndex receiver) {
    if (sender.first_stay == kNone) return;
    const ViewIndex first_view = index_.light.stays[sender.first_stay].view;
    const StayIndex there = index_.light.stay_of(first_view, delivery.node);
    if (there == kNone || index_.episode_of_stay[there] != receiver) return;
    // What the sender sent before its first view may have gone down with its lineage in a merge.
    const std::uint32_t latest = sender.merged_before_view ? sender.sent_at_view : sender.first_sent;
    if (delivery.message >= sender.first_sent && delivery.message <= latest) return;
    complain(delivery, "as the first one, though it was there when the sender came in and sent message " +
                           std::to_string(sender.first_sent + 1));
  }

  /// What a sender sent in a view begins with the same message for everyone in it.
  void check_common_beginning(const Delivery& delivery) {
    const ViewIndex view = index_.light.stays[delivery.stay].view;
    const std::uint32_t key = first_in_view_.add(pair_key(view, delivery.stream));
    if (key == first_.size()) first_.push_back(&delivery);
    const Delivery& other = *first_[key];
    if (other.message == delivery.message) return;
    complain(delivery, "as the first one in this view, but at " + label(other.node) + " message " +
                           std::to_string(other.message + 1) + " came first");
  }

  void complain(const Delivery& delivery, const std::string& why) {
    const Stream& stream = index_.light.streams[delivery.stream];
    report_.add(kLight.reliable_fifo,
                {{delivery.node, delivery.event}, {stream.sender, stream.sent[delivery.message].event}}, [&] {
                  return label(delivery.node) + " delivers message " + std::to_string(delivery.message + 1) + " of " +
                         label(stream.sender) + " (" + message_name(delivery.digest) + ") in " +
                         view_name(index_, index_.light, delivery.stay) + " " + why;
                });
  }

  const Index& index_;
  Report& report_;
  std::vector<Run> runs_;  // By stream, for the receiver that is read just now.
  NumberTable first_in_view_;
  std::vector<const Delivery*> first_;
};

}  // namespace

void check_light_fifo(const Index& index, Report& report) {
  LightFifo fifo{index, report};
  for (const Delivery& delivery : index.light.deliveries) fifo.check(delivery);
}

}  // namespace hawser::check
