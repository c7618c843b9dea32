#include "tests/small_world/diaries.hpp"

#include <algorithm>

#include "transport/core/state_digest.hpp"

namespace hawser::small {
namespace {

struct Message {
  std::string group;
  std::uint64_t number = 0;
};

// See LwgChecker::message_text().
Message message_of(const LightDelivered& delivered) {
  const auto bytes = delivered.payload.bytes();
  const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  const auto space = text.rfind(' ');
  return {text.substr(2, space - 2), std::stoull(text.substr(space + 1))};
}

std::string name_in(const LightEvent& event) {
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) return view->name;
  if (const auto* left = std::get_if<LightViewLeft>(&event)) return left->name;
  if (const auto* delivered = std::get_if<LightDelivered>(&event)) return message_of(*delivered).group;
  return {};
}

}  // namespace

DiaryNumber Diaries::add_view(DiaryNumber diary, const View& control) {
  return add(diary, {Entry::Kind::control, control});
}

DiaryNumber Diaries::add_sent(DiaryNumber diary, const std::string& name, std::uint64_t number) {
  return add(diary, {Entry::Kind::sent, {}, name, number});
}

DiaryNumber Diaries::add_event(DiaryNumber diary, const LightEvent& event) {
  return add(diary, {Entry::Kind::event, {}, name_in(event), 0, event});
}

DiaryNumber Diaries::add(DiaryNumber diary, Entry entry) {
  StateDigest digest;
  digest.add(entry.kind, entry.control.id, entry.control.members, entry.name, entry.number, entry.event);
  const auto [known, is_new] = entry_numbers_.try_emplace(digest.value(), static_cast<std::uint32_t>(entries_.size()));
  const std::uint32_t number = known->second;
  if (is_new) entries_.push_back(std::move(entry));
  const auto at = longer_.find({diary, number});
  if (at != longer_.end()) return at->second;

  // Of what may stand in either order, the lower number first.
  Diary longer = diaries_[diary];
  longer.push_back(number);
  for (std::size_t place = longer.size() - 1; place > 0; --place) {
    if (longer[place - 1] <= number || !commute(entries_[longer[place - 1]], entries_[number])) break;
    std::swap(longer[place - 1], longer[place]);
  }
  const DiaryNumber result = number_of(std::move(longer));
  longer_.emplace(std::pair{diary, number}, result);
  return result;
}

DiaryNumber Diaries::number_of(Diary diary) {
  const auto [at, is_new] = diary_numbers_.try_emplace(diary, static_cast<DiaryNumber>(diaries_.size()));
  if (is_new) diaries_.push_back(std::move(diary));
  return at->second;
}

// What one group's users see has no order with what another's do, nor have messages of two senders in one view, but
// where there is to be one order.
bool Diaries::commute(const Entry& one, const Entry& other) const {
  if (one.kind == Entry::Kind::control || other.kind == Entry::Kind::control) return false;
  if (one.name != other.name) return true;
  if (one_order_) return false;
  const auto sender_of = [](const Entry& entry) -> const NodeId* {
    const auto* delivered = std::get_if<LightDelivered>(&entry.event);
    return entry.kind == Entry::Kind::event && delivered != nullptr ? &delivered->sender : nullptr;
  };
  const NodeId* const first = sender_of(one);
  const NodeId* const second = sender_of(other);
  return first != nullptr && second != nullptr && *first != *second;
}

// ---- Reading ----

void Diaries::read(const Keeper& keeper, test::LwgChecker& checker) const {
  const Diary& diary = diaries_[keeper.diary];
  for (const std::uint32_t number : diary) {
    if (entries_[number].kind == Entry::Kind::sent) checker.on_sent(keeper.node, entries_[number].name, 0);
  }
  for (const std::uint32_t number : diary) {
    const Entry& entry = entries_[number];
    switch (entry.kind) {
      case Entry::Kind::control: checker.on_control_view(keeper.node, entry.control); break;
      case Entry::Kind::sent: checker.on_sent(keeper.node, entry.name, entry.number); break;
      case Entry::Kind::event: {
        // Another's message was sent before it was delivered: nobody else puts messages in.
        const auto* delivered = std::get_if<LightDelivered>(&entry.event);
        const bool is_own = delivered != nullptr && delivered->sender == keeper.node;
        if (delivered != nullptr && !is_own) {
          const Message message = message_of(*delivered);
          checker.on_sent(delivered->sender, message.group, message.number);
        }
        checker.on_event(keeper.node, entry.event);
        break;
      }
    }
  }
}

void Diaries::settle_sent(const Keeper& keeper, test::LwgChecker& checker) const {
  for (const std::uint32_t number : diaries_[keeper.diary]) {
    const Entry& entry = entries_[number];
    if (entry.kind == Entry::Kind::sent) checker.on_sent(keeper.node, entry.name, entry.number);
  }
}

std::vector<std::string> Diaries::contradictions(const Keeper& one, const Keeper& other) {
  if (!read_.emplace(one, other).second) return {};
  test::LwgChecker checker;
  read(one, checker);
  read(other, checker);
  checker.check_end({});
  return checker.violations();
}

std::vector<std::string> Diaries::flaws_at_end(const std::vector<Keeper>& live,
                                               const std::map<NodeId, std::set<std::string>>& wanted) {
  test::LwgChecker checker;
  for (const Keeper& keeper : live) read(keeper, checker);
  for (const Keeper& keeper : live) settle_sent(keeper, checker);
  checker.check_end(wanted);
  moves_ += checker.coverage().moves;
  return checker.violations();
}

}  // namespace hawser::small
