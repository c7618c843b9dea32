// The names of the properties, as violations carry them. README.md says what each means.
#pragma once

#include <string_view>

namespace hawser::check {

/// The properties that heavy-weight and light-weight groups both have.
struct GroupProperties {
  std::string_view self_inclusion;
  std::string_view local_monotonicity;
  std::string_view view_agreement;
  std::string_view transitional_set;
  std::string_view delivery_in_view;
  std::string_view delivery_integrity;
  std::string_view no_duplication;
  std::string_view same_view_delivery;
  std::string_view virtual_synchrony;
  std::string_view reliable_fifo;
  std::string_view self_delivery;
  std::string_view membership_precision;
  std::string_view multicast_liveness;
};

inline constexpr GroupProperties kHeavy{
    .self_inclusion = "heavy: Self Inclusion",
    .local_monotonicity = "heavy: Local Monotonicity",
    .view_agreement = "heavy: View Agreement",
    .transitional_set = "heavy: Transitional Set",
    .delivery_in_view = "heavy: Initial View Event",
    .delivery_integrity = "heavy: Delivery Integrity",
    .no_duplication = "heavy: No Duplication",
    .same_view_delivery = "heavy: Same View Delivery",
    .virtual_synchrony = "heavy: Virtual Synchrony",
    .reliable_fifo = "heavy: Reliable FIFO",
    .self_delivery = "heavy: Self Delivery",
    .membership_precision = "heavy: Membership Precision",
    .multicast_liveness = "heavy: Multicast Liveness",
};

inline constexpr GroupProperties kLight{
    .self_inclusion = "light: Self Inclusion",
    .local_monotonicity = "light: Local Monotonicity",
    .view_agreement = "light: View Agreement",
    .transitional_set = "light: Transitional Set",
    .delivery_in_view = "light: No Delivery To Non-Members",
    .delivery_integrity = "light: Delivery Integrity",
    .no_duplication = "light: No Duplication",
    .same_view_delivery = "light: Same View Delivery",
    .virtual_synchrony = "light: Virtual Synchrony",
    .reliable_fifo = "light: Reliable FIFO",
    .self_delivery = "light: Self Delivery",
    .membership_precision = "light: Final Views",
    .multicast_liveness = "light: Multicast Liveness",
};

inline constexpr std::string_view kTotalOrder = "heavy: Total Order";
inline constexpr std::string_view kReliableCausal = "heavy: Reliable Causal";
inline constexpr std::string_view kGroupBroadcast = "heavy: Group Broadcast";
inline constexpr std::string_view kPrimaryComponent = "heavy: Primary Component";
inline constexpr std::string_view kSentInPrimary = "heavy: Sent In Primary";
inline constexpr std::string_view kSendingView = "heavy: Sending View Delivery";
inline constexpr std::string_view kHoldsEnd = "heavy: Holds End";
inline constexpr std::string_view kSafeIndication = "heavy: Safe Indication";
inline constexpr std::string_view kLightTotalOrder = "light: Total Order";
inline constexpr std::string_view kNothingLeftBehind = "light: Nothing Left Behind";
inline constexpr std::string_view kLightInHeavy = "light: View In Heavy View";
inline constexpr std::string_view kFromMembersOnly = "light: No Delivery From Non-Members";
inline constexpr std::string_view kOneDirectory = "directory: One Per Component";
inline constexpr std::string_view kStateAtCut = "topic: State At The Cut";
inline constexpr std::string_view kTopicIntegrity = "topic: Payload Integrity";
inline constexpr std::string_view kSubscribersOnly = "topic: Subscribers Only";
inline constexpr std::string_view kRetainedFirst = "topic: Retained First";
inline constexpr std::string_view kContiguousStream = "topic: Contiguous Stream";
inline constexpr std::string_view kTopicLiveness = "topic: Liveness";

}  // namespace hawser::check
