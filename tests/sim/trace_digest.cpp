#include "tests/sim/trace_digest.hpp"

#include <string_view>

namespace hawser::sim {
namespace {

// Each field goes in by its type; a record is the list of its fields.
class Mixer {
 public:
  explicit Mixer(std::uint64_t digest) : digest_(digest) {}
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

  template <typename... Fields>
  void add(const Fields&... fields) {
    (one(fields), ...);
  }

 private:
  void one(std::uint64_t number) { digest_ = mix64(digest_ ^ number); }
  void one(bool flag) { one(std::uint64_t{flag}); }
  void one(Order order) { one(static_cast<std::uint64_t>(order)); }
  void one(Role role) { one(static_cast<std::uint64_t>(role)); }
  template <typename Tag>
  void one(Id<Tag> id) {
    one(id.value);
  }
  void one(const NodeId& node) {
    add(node.incarnation, std::uint64_t{node.endpoint.address}, std::uint64_t{node.endpoint.port});
  }
  void one(const ViewId& view) { add(view.epoch, view.digest); }
  void one(const Era& era) { add(era.control_view, era.number); }
  void one(const LightMember& member) { add(member.node, member.role); }
  void one(const View& view) { add(view.id, view.members, view.start_ids); }
  void one(const LightView& view) { add(view.group, view.era, view.heavy_view, view.members.list()); }
  void one(const std::string& text) {
    one(std::uint64_t{text.size()});
    for (const char letter : text) digest_ = (digest_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  }
  template <typename T>
  void one(const std::vector<T>& list) {
    one(std::uint64_t{list.size()});
    for (const T& item : list) one(item);
  }

  std::uint64_t digest_;
};

struct Visitor {
  Mixer& mixer;
  void operator()(const trace::HeavyView& r) const { mixer.add(r.group, r.view, r.transitional); }
  void operator()(const trace::HeavySent& r) const {
    mixer.add(r.group, r.order, r.message, r.promised, r.primary_only);
  }
  void operator()(const trace::HeavyPrimary& r) const { mixer.add(r.view, r.number, r.voters); }
  void operator()(const trace::HeavyHold& r) const { mixer.add(r.group); }
  void operator()(const trace::HeavyUnsent& r) const { mixer.add(r.group, r.message); }
  void operator()(const trace::HeavyLeft& r) const { mixer.add(r.group); }
  void operator()(const trace::HeavyDelivered& r) const { mixer.add(r.group, r.sender, r.order, r.message); }
  void operator()(const trace::LightViewSeen& r) const {
    mixer.add(r.name, r.view, r.heavy, r.transitional, r.newcomers, r.total);
  }
  void operator()(const trace::LightLeft& r) const { mixer.add(r.name, r.group, r.asked); }
  void operator()(const trace::LightSent& r) const { mixer.add(r.name, r.message); }
  void operator()(const trace::LightDeliveredSeen& r) const { mixer.add(r.group, r.sender, r.message); }
  void operator()(const trace::Subscribed& r) const { mixer.add(r.topic); }
  void operator()(const trace::Unsubscribed& r) const { mixer.add(r.topic); }
  void operator()(const trace::Published& r) const { mixer.add(r.topic, r.number, r.payload); }
  void operator()(const trace::Received& r) const { mixer.add(r.topic, r.publisher, r.number, r.payload, r.retained); }
  void operator()(const trace::StateTaken& r) const { mixer.add(r.topic, r.cut_era, r.cut_heavy_view, r.digest); }
  void operator()(const trace::StateInstalled& r) const {
    mixer.add(r.topic, r.donor, r.cut_era, r.cut_heavy_view, r.digest);
  }
  void operator()(const trace::GapSeen& r) const { mixer.add(r.topic); }
  void operator()(const trace::DirectoryState& r) const { mixer.add(r.synced, r.digest); }
};

}  // namespace

std::uint64_t add_to_digest(std::uint64_t digest, const TraceEvent& event) {
  Mixer mixer{digest};
  mixer.add(static_cast<std::uint64_t>(event.at.time_since_epoch().count()), std::uint64_t{event.what.index()});
  std::visit(Visitor{mixer}, event.what);
  return mixer.digest();
}

}  // namespace hawser::sim
