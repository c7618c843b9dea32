// Primary views are in one chain, and who may send in them only does so.
// Source: CKV01, Primary Component Membership; YKD97 for what makes a chain.
#include <algorithm>
#include <iterator>
#include <map>

#include "checks.hpp"

namespace hawser::check {

namespace {

using Voters = std::vector<VoterId>;

/// Half of `former`, with its lowest, or more than half are in `next`.
bool goes_on_from(const Voters& former, const Voters& next) {
  Voters both;
  std::set_intersection(former.begin(), former.end(), next.begin(), next.end(), std::back_inserter(both));
  if (2 * both.size() != former.size()) return 2 * both.size() > former.size();
  return !both.empty() && both.front() == former.front();
}

class PrimaryCheck {
 public:
  PrimaryCheck(const Index& index, Report& report) : index_(index), report_(report) {}

  void run() {
    for (NodeIndex node = 0; node < index_.history.nodes.size(); ++node) walk(node);
    const Primary* before = nullptr;
    for (const auto& [number, primary] : primaries_) {
      if (before != nullptr && !goes_on_from(before->seen->voters, primary.seen->voters)) complain(*before, primary);
      before = &primary;
    }
  }

 private:
  struct Primary {
    const trace::HeavyPrimary* seen;
    Place place;
  };

  void walk(NodeIndex node) {
    ViewId view;
    bool is_primary = false;
    std::uint64_t number = 0;
    const auto& events = index_.history.nodes[node].events;
    for (EventIndex at = 0; at < events.size(); ++at) {
      if (const auto* next = std::get_if<trace::HeavyView>(&events[at].what)) {
        if (next->group != kControlGroup) continue;
        view = next->view.id;
        is_primary = false;
      } else if (const auto* primary = std::get_if<trace::HeavyPrimary>(&events[at].what)) {
        is_primary = primary->view == view;
        note({primary, {node, at}}, is_primary && primary->number > number);
        number = primary->number;
      } else if (const auto* sent = std::get_if<trace::HeavySent>(&events[at].what)) {
        if (sent->primary_only && !is_primary) complain_of_sending(*sent, view, {node, at});
      }
    }
  }

  void note(const Primary& primary, bool is_next) {
    const trace::HeavyPrimary& seen = *primary.seen;
    if (!is_next) {
      report_.add(kPrimaryComponent, {primary.place}, [&] {
        return label(primary.place.node) + " sees view " + to_string(seen.view) +
               " become primary, and is not in it, or has seen a later one";
      });
    }
    const trace::HeavyPrimary& first = *primaries_.try_emplace(seen.number, primary).first->second.seen;
    if (first.view != seen.view || first.voters != seen.voters) complain(primaries_.at(seen.number), primary);
  }

  void complain(const Primary& one, const Primary& other) {
    report_.add(kPrimaryComponent, {one.place, other.place}, [&] {
      return "view " + to_string(one.seen->view) + ", primary number " + std::to_string(one.seen->number) + " with " +
             std::to_string(one.seen->voters.size()) + " voters, and view " + to_string(other.seen->view) +
             ", number " + std::to_string(other.seen->number) + " with " + std::to_string(other.seen->voters.size()) +
             ", are not in one chain";
    });
  }

  void complain_of_sending(const trace::HeavySent& sent, ViewId view, Place place) {
    report_.add(kSentInPrimary, {place}, [&] {
      return label(place.node) + " sends " + message_name(sent.message) + " to group " +
             std::to_string(sent.group.value) + " in view " + to_string(view) + ", which is not known to be primary";
    });
  }

  const Index& index_;
  Report& report_;
  std::map<std::uint64_t, Primary> primaries_;  // By number: the first that was seen.
};

}  // namespace

void check_primary_component(const Index& index, Report& report) { PrimaryCheck{index, report}.run(); }

}  // namespace hawser::check
