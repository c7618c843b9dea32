// The public class: all that it does is done in light_groups_impl.
#include "lwg/light_groups.hpp"

#include "lwg/light_groups_impl.hpp"

namespace hawser {

LightGroups::LightGroups(const NodeId& self, HeavyGroups& groups, const LightGroupsConfig& config, Rng rng)
    : impl_(std::make_unique<Impl>(self, groups, config, rng)) {}
LightGroups::~LightGroups() = default;

void LightGroups::join(std::span<const JoinRequest> requests, Time now, LightOutbox& out) {
  impl_->join(requests, now, out);
}

void LightGroups::leave(std::span<const std::string> names, Time now, LightOutbox& out) {
  impl_->leave(names, now, out);
}

void LightGroups::watch(std::span<const Pattern> patterns, Time now, LightOutbox& out) {
  impl_->watch(patterns, now, out);
}

void LightGroups::unwatch(std::span<const Pattern> patterns, Time now, LightOutbox& out) {
  impl_->unwatch(patterns, now, out);
}

void LightGroups::configure(std::string_view name, const Configuration& configuration, Time now, LightOutbox& out) {
  impl_->configure(name, configuration, now, out);
}

bool LightGroups::can_send(std::string_view name) const {
  const OwnGroup* group = impl_->own(name);
  return group != nullptr && group->can_send();
}

bool LightGroups::is_changing(LightGroupId id) const {
  const OwnGroup* group = impl_->views().find(id);
  return group != nullptr && group->held();
}

bool LightGroups::is_held(LightGroupId id, std::size_t payload_bytes) const {
  return impl_->is_held(id, payload_bytes);
}

Status LightGroups::send(LightGroupId group, const Parts& parts, Time now, LightOutbox& out) {
  return impl_->send(group, parts, now, out);
}

void LightGroups::on_event(GroupEvent&& event, Time now, LightOutbox& out) {
  impl_->on_event(std::move(event), now, out);
}

void LightGroups::on_timeout(Time now, LightOutbox& out) { impl_->finish(now, out); }

Time LightGroups::next_deadline() const { return impl_->next_deadline(); }

const LightView* LightGroups::view_of(std::string_view name) const {
  const OwnGroup* group = impl_->own(name);
  return group != nullptr && group->installed ? &group->view : nullptr;
}

LightCounters LightGroups::counters() const { return impl_->counters(); }

std::uint64_t LightGroups::ordered() const { return impl_->data().ordered(); }

std::uint64_t LightGroups::placed() const { return impl_->data().placed(); }

std::vector<std::pair<std::string, std::uint64_t>> LightGroups::filtered_by_name() const {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const auto& [id, filtered] : impl_->views().filtered_by_group()) {
    const DirectoryGroup* group = impl_->directory().find(id);
    if (group != nullptr) counts.emplace_back(group->name, filtered);
  }
  return counts;
}

std::uint64_t LightGroups::directory_digest() const { return impl_->has_directory() ? impl_->directory().digest() : 0; }

bool LightGroups::directory_synced() const { return impl_->has_directory(); }

std::uint64_t LightGroups::state_digest(Time now) const { return state_digest_of(*impl_, now); }

bool LightGroups::is_quiet() const { return impl_->is_quiet(); }
bool LightGroups::has_unsent() const { return impl_->has_unsent(); }
const Directory& LightGroups::directory() const { return impl_->directory(); }
const LightViews& LightGroups::views() const { return impl_->views(); }
const HeavyUses& LightGroups::heavies() const { return impl_->heavies(); }
const MapperPolicy& LightGroups::policy() const { return impl_->policy(); }

}  // namespace hawser