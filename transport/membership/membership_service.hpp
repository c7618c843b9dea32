// Membership as the groups see it: it tells them two things, and they carry them out.
// Source: Keidar, Sussman, Marzullo, Dolev, "Moshe", ACM TOCS 2002 (KSMD00). ViewAgreement runs it in every node; a
// service of a few servers would say the same.
#pragma once

#include <optional>

#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {

/// What the groups are told. Where several are set, they come in this order.
struct MembershipEvents {
  std::optional<StartChangeId> start_change;  ///< higher each time: a view that lists it is being looked for
  bool view_withdrawn = false;                ///< the view handed out before is void
  /// Its start_ids are the members' latest: whoever has been told another one since waits for the next view.
  std::optional<View> view;
};

/// The groups' way back to it. Threads: single-threaded.
class MembershipService {
 public:
  virtual ~MembershipService() = default;

  /// The view has been installed: the one that was handed out last, or one before that peers had (a completion). Then
  /// one that is being looked for can't be had any more, since this node's sync message was of another view: a change
  /// begins at once.
  virtual MembershipEvents on_installed(const View& view, Time now) = 0;
  /// The view can't be had in time: another change is wanted, although the members are the same. It begins at once.
  virtual MembershipEvents restart(Time now) = 0;

  /// This node's word to its peers, which goes with the groups' sync message; nothing where they need none.
  [[nodiscard]] virtual std::optional<wire::Proposal> word() const = 0;
  /// True when both are to be multicast again, since somebody may lack them.
  virtual bool is_due(Time now) = 0;
  [[nodiscard]] virtual Time next_deadline() const = 0;
  /// A change is on.
  [[nodiscard]] virtual bool changing() const = 0;
};

}  // namespace hawser
