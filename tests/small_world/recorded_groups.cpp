#include "tests/small_world/recorded_groups.hpp"

#include <algorithm>
#include <array>

#include "transport/core/check.hpp"

namespace hawser::small {
namespace {

std::uint64_t number_of(const Status& status) {
  return status.ok() ? 0 : 1 + static_cast<std::uint64_t>(status.error().code);
}

Status status_of(std::uint64_t number) {
  if (number == 0) return Ok{};
  return Error{static_cast<Errc>(number - 1), "as it was answered then"};
}

}  // namespace

Answer perform(const Call& call, test::MemoryCluster& cluster, const NodeId& node) {
  Outbox out;
  test::MemoryHeavyGroups& groups = cluster.groups(node);
  test::MemoryHeavyGroup group{cluster, node, call.group};
  switch (call.kind) {
    case Call::Kind::find: return {groups.find(call.group) == nullptr ? 0U : 1U};
    case Call::Kind::multicast: {
      const std::array<ByteView, 1> parts{call.message.bytes()};
      return {number_of(group.multicast(call.order, parts, {}, out))};
    }
    case Call::Kind::accepted: return {group.accepted()};
    case Call::Kind::stable: return {group.stable()};
    case Call::Kind::arrange: return {number_of(groups.arrange(call.group, call.old_members, call.members, {}, out))};
    case Call::Kind::resume: return {0, groups.resume(call.view)};
    case Call::Kind::drop: groups.drop(call.group, call.view); return {};
  }
  return {};
}

void RecordedGroups::expect(std::span<const Answer> answers, test::MemoryCluster* cluster) {
  answers_.assign(answers.begin(), answers.end());
  at_ = 0;
  cluster_ = cluster;
  asked_.clear();
}

Answer RecordedGroups::ask(Call call) {
  if (at_ < answers_.size()) return answers_[at_++];
  HAWSER_CHECK(cluster_ != nullptr);  // Else it asks more than it did the first time.
  Answer answer = perform(call, *cluster_, node_);
  asked_.emplace_back(std::move(call), answer);
  return answer;
}

HeavyGroup* RecordedGroups::find(GroupId id) { return ask({Call::Kind::find, id}).number == 0 ? nullptr : &group(id); }

Status RecordedGroups::Group::multicast(Order order, const Parts& parts, Time, Outbox&) {
  return status_of(all_.ask({Call::Kind::multicast, id_, order, Buffer::joined(parts.views)}).number);
}

Status RecordedGroups::arrange(GroupId id, std::span<const NodeId> old_members, std::span<const NodeId> members, Time,
                               Outbox&) {
  Call call{Call::Kind::arrange, id};
  call.old_members.assign(old_members.begin(), old_members.end());
  call.members.assign(members.begin(), members.end());
  return status_of(ask(std::move(call)).number);
}

std::vector<UnsentMessage> RecordedGroups::resume(ViewId control_view) {
  Call call;
  call.kind = Call::Kind::resume;
  call.view = control_view;
  return ask(std::move(call)).unsent;
}

void RecordedGroups::drop(GroupId id, ViewId since) {
  Call call{Call::Kind::drop, id};
  call.view = since;
  ask(std::move(call));
}

}  // namespace hawser::small
