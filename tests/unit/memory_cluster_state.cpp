// States of a MemoryCluster: how one is copied, and told apart from others.
#include <algorithm>

#include "tests/unit/memory_cluster.hpp"

namespace hawser::test {
namespace {

// Copies what several seats share, once.
class Copier {
 public:
  std::shared_ptr<MemoryStretch> stretch(const std::shared_ptr<const MemoryStretch>& of) {
    if (of == nullptr) return nullptr;
    std::shared_ptr<MemoryStretch>& copy = stretches_[of.get()];
    if (copy == nullptr) copy = std::make_shared<MemoryStretch>(*of);
    return copy;
  }
  std::shared_ptr<MemoryRun> run(const std::shared_ptr<MemoryRun>& of) {
    if (of == nullptr) return nullptr;
    std::shared_ptr<MemoryRun>& copy = runs_[of.get()];
    if (copy != nullptr) return copy;
    copy = std::make_shared<MemoryRun>(*of);
    copy->control = stretch(of->control);
    for (auto& [id, one] : copy->stretches) one = stretch(one);
    return copy;
  }

 private:
  std::map<const MemoryStretch*, std::shared_ptr<MemoryStretch>> stretches_;
  std::map<const MemoryRun*, std::shared_ptr<MemoryRun>> runs_;
};

void add_entry(StateDigest& digest, const MemoryEntry& entry) {
  digest.add(entry.message, entry.bulk, entry.arrangement.has_value());
  if (entry.arrangement) digest.add(*entry.arrangement);
}

}  // namespace

std::unique_ptr<MemoryCluster> MemoryCluster::copy() const {
  auto copy = std::make_unique<MemoryCluster>(adversary_);
  copy->views_ = views_;
  copy->overtakes_bulk = overtakes_bulk;
  copy->stable_without_place = stable_without_place;
  Copier copier;
  for (const auto& [id, node] : nodes_) {
    Node& to = copy->nodes_[id];
    to.alive = node.alive;
    to.held = node.held;
    to.refuses = node.refuses;
    to.groups = std::make_unique<MemoryHeavyGroups>(*copy, id);
    to.run = copier.run(node.run);
    to.arrangements = node.arrangements;
    for (const auto& [group, seat] : node.seats) {
      Seat& taken = copy->seat(id, to, group);
      taken.in = copier.stretch(seat.in);
      taken.rank = seat.rank;
      taken.since = seat.since;
      taken.pending = seat.pending;
      taken.waiting = seat.waiting;
      taken.unsent = seat.unsent;
      taken.accepted = seat.accepted;
      taken.first_unsent = seat.first_unsent;
      taken.sent = seat.sent;
      for (MemorySent& sent : taken.sent) sent.stretch = copier.stretch(sent.stretch);
    }
    to.upcoming = node.upcoming;
    for (Upcoming& next : to.upcoming) next.run = copier.run(next.run);
  }
  return copy;
}

// ---- Telling states apart ----

// Of a stream, what every live member has received is over, and so is how much that was.
void MemoryCluster::add_stretch(const MemoryStretch& stretch, StateDigest& digest) const {
  digest.add(stretch.view.id, stretch.closed, stretch.entered, stretch.abandoned);
  const std::size_t size = stretch.view.members.size();
  for (Rank of = 0; of < size; ++of) {
    const auto& entries = stretch.streams[of].fifo;
    std::size_t first = entries.size();
    for (Rank by = 0; by < size; ++by) {
      const bool counts = nodes_.at(stretch.view.members[by]).alive && !stretch.abandoned[by];
      if (counts) first = std::min(first, stretch.received[by][of].fifo);
    }
    digest.add(entries.size() - first, std::max(first, stretch.streams[of].fifo_out) - first);
    for (std::size_t at = first; at < entries.size(); ++at) add_entry(digest, entries[at]);
    for (Rank by = 0; by < size; ++by) digest.add(std::max(first, stretch.received[by][of].fifo) - first);
  }
  add_order(stretch, digest);
}

// Which of its messages a live node has in total order is known from how far it is in that.
void MemoryCluster::add_order(const MemoryStretch& stretch, StateDigest& digest) const {
  std::size_t first = stretch.order.size();
  for (Rank by = 0; by < stretch.view.members.size(); ++by) {
    const bool counts = nodes_.at(stretch.view.members[by]).alive && !stretch.abandoned[by];
    if (counts) first = std::min(first, stretch.total_at[by]);
  }
  digest.add(stretch.order.size());
  for (const std::size_t at : stretch.total_at) digest.add(std::max(first, at) - first);
  for (std::size_t at = first; at < stretch.order.size(); ++at) {
    digest.add(stretch.order[at]);
    add_entry(digest, stretch.streams[stretch.order[at].first].total[stretch.order[at].second]);
  }
  for (const MemoryStretch::Stream& stream : stretch.streams) {
    digest.add(stream.total.size() - stream.ordered, std::max(stream.ordered, stream.total_out) - stream.ordered);
    for (std::size_t at = stream.ordered; at < stream.total.size(); ++at) add_entry(digest, stream.total[at]);
  }
}

void MemoryCluster::add_run(const MemoryRun& run, StateDigest& digest) const {
  digest.add(run.certain);
  add_stretch(*run.control, digest);
  for (const auto& [id, stretch] : run.stretches) add_stretch(*stretch, digest);
}

void MemoryCluster::add_seat(const Seat& seat, StateDigest& digest) const {
  digest.add(seat.in == nullptr ? ViewId{} : seat.in->view.id, seat.since, seat.accepted, seat.first_unsent);
  for (const Arranged& next : seat.pending) digest.add(next.next.id, next.next.members, next.old_members);
  for (const Waiting& one : seat.waiting) {
    digest.add(one.order, one.entry.as);
    add_entry(digest, one.entry);
  }
  for (const UnsentMessage& one : seat.unsent) digest.add(one.order, one.payload);
  digest.add(seat.sent.size());
  for (const MemorySent& one : seat.sent) {
    digest.add(one.is_everywhere());
    if (one.is_everywhere()) continue;
    digest.add(one.as);
    digest.add(one.stretch->view.id);
    for (const auto& by : one.stretch->received)
      digest.add((one.is_total ? by[one.rank].total : by[one.rank].fifo) > one.number);
  }
}

void MemoryCluster::add_to(StateDigest& digest) const {
  digest.add(views_);
  std::vector<const MemoryRun*> runs;
  const auto note = [&](const MemoryRun* run) {
    if (run != nullptr && std::find(runs.begin(), runs.end(), run) == runs.end()) runs.push_back(run);
  };
  for (const auto& [id, node] : nodes_) {
    digest.add(node.alive);
    if (!node.alive) continue;
    note(node.run.get());
    digest.add(node.held, node.refuses, node.ordered_at(), node.arrangements);
    digest.add(node.run == nullptr ? ViewId{} : node.run->control->view.id, node.seats.size());
    for (const auto& [group, seat] : node.seats) {
      digest.add(group);
      add_seat(seat, digest);
    }
    for (const Upcoming& next : node.upcoming) {
      note(next.run.get());
      digest.add(next.run->control->view.id, *next.cut, next.transitional);
    }
  }
  for (const MemoryRun* const run : runs) {
    digest.add(run->control->view.id);
    add_run(*run, digest);
  }
}

}  // namespace hawser::test
