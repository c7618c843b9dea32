#include "pubsub-api/src/inspection/reason_words.hpp"

#include "transport/core/check.hpp"

namespace hawser {

ReasonWords words_of(PlacementReason reason) {
  switch (reason) {
    case PlacementReason::restored: return {"restored", "a directory that was taken over had it there"};
    case PlacementReason::fits: return {"fits", "the group it was on had all its members, and few enough others"};
    case PlacementReason::same_members: return {"same_members", "the group had exactly its members"};
    case PlacementReason::superset:
      return {"superset", "of the groups that had all its members and few enough others, this was the smallest"};
    case PlacementReason::growth_fits:
      return {"growth_fits", "no group had all its members and few enough others, and this one could take them in"};
    case PlacementReason::nothing_covers:
      return {"nothing_covers", "no group had all its members and few enough others, so one was made for it"};
    case PlacementReason::growth_too_far:
      return {"growth_too_far",
              "no group had all its members and few enough others, and the group it was on could not take them in "
              "without too many extras for some topic there, so one was made for it"};
    case PlacementReason::over_budget:
      return {"over_budget", "it wanted a group of its own, and no more groups may be made"};
    case PlacementReason::only_group: return {"only_group", "the policy has one group for everything"};
  }
  HAWSER_CHECK(false);
  return {};
}

}  // namespace hawser
