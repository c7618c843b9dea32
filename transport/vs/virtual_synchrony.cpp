#include "transport/vs/virtual_synchrony.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/limits.hpp"

namespace hawser {
namespace {

const wire::MemberStart* entry_of(const wire::Sync& sync, const NodeId& node) {
  const auto at = std::find_if(sync.previous_members.begin(), sync.previous_members.end(),
                               [&](const wire::MemberStart& m) { return m.member == node.incarnation; });
  return at == sync.previous_members.end() ? nullptr : &*at;
}

/// True where the sender of `ahead` has installed a view that `node`, the sender of `sync`, agreed to and may still
/// finish: it has installed nothing since.
bool is_overtaken(const NodeId& node, const wire::Sync& sync, const wire::Sync& ahead) {
  if (sync.previous == ahead.previous) return false;
  const wire::MemberStart* there = entry_of(ahead, node);
  const wire::MemberStart* here = entry_of(sync, node);
  return there != nullptr && here != nullptr && there->start_id > here->start_id && there->start_id <= sync.start_id;
}

/// No sender of ours says anything else.
bool is_possible(const wire::PacketRange& ahead, const std::vector<Seqno>& received) {
  if (ahead.origin >= received.size()) return false;
  const Seqno cut = received[ahead.origin];
  return ahead.seqnos.first > cut && ahead.seqnos.last.value - cut.value <= kReceiveWindowPackets;
}

}  // namespace

VirtualSynchrony::VirtualSynchrony(const NodeId& self) : self_(self), current_(unseen_first_view(self)) {}

const wire::Sync& VirtualSynchrony::start_change(StartChangeId start_id, std::vector<wire::StreamCut> streams,
                                                 std::optional<VotingState> voting) {
  frozen_ = true;
  pending_.reset();
  wire::Sync sync{start_id, current_.id, {}, 0, 1, std::move(streams), std::move(voting)};
  for (std::size_t rank = 0; rank < current_.members.size(); ++rank) {
    sync.previous_members.push_back({current_.members[rank].incarnation, current_.start_ids[rank]});
  }
  syncs_[self_] = sync;
  own_sync_ = std::move(sync);
  return *own_sync_;
}

void VirtualSynchrony::on_sync(const NodeId& from, wire::Sync sync) {
  const auto known = syncs_.find(from);
  if (known != syncs_.end()) {
    const bool newer = HAWSER_FAULT("vs.old_sync_used") ? sync.start_id < known->second.start_id
                                                        : sync.start_id > known->second.start_id;
    if (!newer) return;
  }
  syncs_[from] = std::move(sync);
}

void VirtualSynchrony::on_view(View view, Time now) {
  if (pending_ && pending_->view == view) return;
  // Patience runs from the first agreement under one start-change: others' new proposals alone do not renew it.
  if (!pending_) pending_ = Agreed{{}, now + kCompletionPatience, false, {}, {}};
  pending_->view = std::move(view);
}

void VirtualSynchrony::on_completion(const NodeId& from, View view) {
  const auto rank = view.rank_of(self_);
  if (!frozen_ || !rank || view.id <= current_.id || view.start_ids[*rank] < first_start_id_) return;
  if (skipped_.contains(view.id) || (completing_ && completing_->view.id > view.id)) return;
  if (!is_completing(view.id)) completing_ = Agreed{std::move(view), kNever, false, {}, {}};
  if (current_.contains(from)) completing_->helper = from;
}

void VirtualSynchrony::on_relayed_sync(const NodeId& owner, const wire::Sync& sync) {
  if (!completing_) return;
  const auto rank = completing_->view.rank_of(owner);
  if (rank && completing_->view.start_ids[*rank] == sync.start_id) completing_->syncs[owner] = sync;
}

const wire::Sync* VirtualSynchrony::sync_of(const NodeId& node, StartChangeId start_id, const Agreed& agreed) const {
  for (const auto* from : {&agreed.syncs, &syncs_}) {
    const auto at = from->find(node);
    if (at != from->end() && (at->second.start_id == start_id || HAWSER_FAULT("vs.old_sync_used"))) return &at->second;
  }
  return nullptr;
}

bool VirtualSynchrony::all_syncs(const Agreed& agreed) const {
  for (std::size_t rank = 0; rank < agreed.view.members.size(); ++rank) {
    if (sync_of(agreed.view.members[rank], agreed.view.start_ids[rank], agreed) == nullptr) return false;
  }
  return true;
}

// Its sender has installed a view that this node agreed to and has not installed: finish that one first.
bool VirtualSynchrony::overtakes_me(const wire::Sync& sync) const {
  if (sync.previous == current_.id || skipped_.contains(sync.previous)) return false;
  const wire::MemberStart* mine = entry_of(sync, self_);
  return mine != nullptr && mine->start_id >= first_start_id_;
}

// Either it has begun anew, or it is still busy with that view while this node has moved on.
bool VirtualSynchrony::is_behind(const NodeId& from, const wire::Sync& sync) const {
  const auto entered = installed_syncs_.find(from);
  if (entered == installed_syncs_.end() || from == self_ || sync.previous == current_.id) return false;
  if (sync.previous != entered->second.previous) return false;
  return sync.start_id > entered->second.start_id || (frozen_ && sync.start_id == entered->second.start_id);
}

// Seen alike by every member, the uninvolved too: a newcomer that went ahead would take the others with it, parted.
bool VirtualSynchrony::must_wait(const Agreed& agreed) const {
  if (HAWSER_FAULT("vs.uninvolved_go_ahead") && current_.members.size() == 1) return false;
  std::vector<const wire::Sync*> syncs;       // by rank
  std::map<ViewId, const wire::Sync*> ahead;  // one of each previous view
  for (std::size_t rank = 0; rank < agreed.view.members.size(); ++rank) {
    syncs.push_back(sync_of(agreed.view.members[rank], agreed.view.start_ids[rank], agreed));
    ahead.emplace(syncs.back()->previous, syncs.back());
  }
  for (std::size_t rank = 0; rank < syncs.size(); ++rank) {
    const NodeId& member = agreed.view.members[rank];
    for (const auto& [previous, sync] : ahead) {
      const bool given_up = member == self_ && skipped_.contains(previous);
      if (!given_up && is_overtaken(member, *syncs[rank], *sync)) return true;
    }
  }
  return false;
}

std::optional<Closing> VirtualSynchrony::closing(Time now) const {
  const bool patient = !pending_ || now < pending_->patient_until;
  if (completing_ && patient && all_syncs(*completing_)) return closing_of(*completing_);
  if (!pending_ || !all_syncs(*pending_)) return std::nullopt;
  for (std::size_t rank = 0; rank < pending_->view.members.size(); ++rank) {
    const wire::Sync* sync = sync_of(pending_->view.members[rank], pending_->view.start_ids[rank], *pending_);
    if (overtakes_me(*sync)) return std::nullopt;  // should_skip() ends this
  }
  if (patient && must_wait(*pending_)) return std::nullopt;
  return closing_of(*pending_);
}

bool VirtualSynchrony::should_skip(Time now) {
  if (!pending_ || now < pending_->patient_until) return false;
  pending_->patience_over = true;
  bool skip = false;
  for (const auto& [node, sync] : syncs_) {
    if (!pending_->view.contains(node) || !overtakes_me(sync)) continue;
    skipped_.insert(sync.previous);
    skip = true;
  }
  if (skip) completing_.reset();
  return skip;
}

void VirtualSynchrony::skip_completion() {
  skipped_.insert(completing_->view.id);
  completing_.reset();
}

Closing VirtualSynchrony::closing_of(const Agreed& agreed) const {
  Closing closing{agreed.view, {}, {}};
  for (std::size_t rank = 0; rank < agreed.view.members.size(); ++rank) {
    const NodeId& member = agreed.view.members[rank];
    const wire::Sync* sync = sync_of(member, agreed.view.start_ids[rank], agreed);
    if (sync->previous == current_.id) closing.transitional.push_back(member);
  }
  closing.ends = ends_of(agreed, closing.transitional);
  if (!HAWSER_FAULT("vs.cut_dropped")) return closing;
  for (const wire::StreamCut& own : syncs_.at(self_).streams) closing.ends[{own.group, own.view}].cut = own.received;
  return closing;
}

// The highest cut of the transitional set, and the lowest-ranked of those who have it; all that any of them has looked
// into ahead of a gap, since it has delivered what needed no order there. Those who were at hand when the
// view was agreed on may be gone; who offers its help is not, and has delivered all of what it was in.
std::map<StreamsId, StreamsEnd> VirtualSynchrony::ends_of(const Agreed& agreed,
                                                          const std::vector<NodeId>& transitional) const {
  std::map<StreamsId, StreamsEnd> ends;
  std::vector<StreamsId> helped;
  for (const NodeId& member : transitional) {
    const wire::Sync* sync = sync_of(member, agreed.view.start_ids[agreed.view.rank_of(member).value()], agreed);
    for (const wire::StreamCut& stream : sync->streams) {
      const StreamsId id{stream.group, stream.view};
      if (agreed.helper == member) helped.push_back(id);
      StreamsEnd& end = ends[id];
      const std::size_t members = stream.received.size();
      if (end.cut.empty()) end = {{}, std::vector<Seqno>(members), std::vector<NodeId>(members, member), {}};
      end.in.push_back(member);
      if (end.cut.size() != members) continue;
      for (std::size_t rank = 0; rank < members; ++rank) {
        if (stream.received[rank] <= end.cut[rank]) continue;
        end.cut[rank] = stream.received[rank];
        end.holders[rank] = member;
      }
      for (const wire::PacketRange& packets : stream.ahead) {
        if (is_possible(packets, stream.received)) end.ahead.push_back({packets, member});
      }
    }
  }
  for (const StreamsId& id : helped) {
    std::fill(ends[id].holders.begin(), ends[id].holders.end(), *agreed.helper);
    for (StreamsEnd::Ahead& ahead : ends[id].ahead) ahead.holder = *agreed.helper;
  }
  return ends;
}

void VirtualSynchrony::install(const Closing& closing) {
  const bool completed = is_completing(closing.next.id);
  const Agreed& agreed = completed ? *completing_ : *pending_;
  installed_syncs_.clear();
  for (std::size_t rank = 0; rank < agreed.view.members.size(); ++rank) {
    const NodeId& member = agreed.view.members[rank];
    installed_syncs_[member] = *sync_of(member, agreed.view.start_ids[rank], agreed);
  }
  current_ = closing.next;
  first_start_id_ = {own_sync_->start_id.value + 1};
  std::erase_if(syncs_, [&](const auto& entry) {
    const auto rank = current_.rank_of(entry.first);
    return rank && entry.second.start_id <= current_.start_ids[*rank];
  });
  frozen_ = false;
  pending_.reset();
  completing_.reset();
  skipped_.clear();
}

Time VirtualSynchrony::next_deadline() const {
  return pending_ && !pending_->patience_over ? pending_->patient_until : kNever;
}

}  // namespace hawser
