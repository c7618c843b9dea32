#include "tests/bench/group_member.hpp"

#include <algorithm>
#include <utility>

#include "tests/bench/stream_system.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

// More than the role's own patience, so that it says first what it waited for.
constexpr milliseconds kStepPatience = kPatience + milliseconds{5000};
constexpr milliseconds kEndPatience{30000};  // It counts once more what all of its topics did.

}  // namespace

Result<GroupMember> GroupMember::start(std::string title, const MemberSpec& spec) {
  auto child = Child::start(std::move(title), member_role(spec));
  if (!child) return child.error();
  return GroupMember{std::move(child).value(), spec.topics};
}

Status GroupMember::wait_until_opened() {
  const auto opened = take("opened");
  if (!opened) return opened.error();
  name_ = opened->at("name");
  return Ok{};
}

Result<json> GroupMember::take(std::string_view word) {
  for (;;) {
    const auto known = told_.find(word);
    if (known != told_.end() && !known->second.empty()) {
      json message = std::move(known->second.front());
      known->second.pop_front();
      return message;
    }
    auto message = child_->receive(kStepPatience);
    if (!message) return message;
    std::string said = message->at("word");
    if (said == "error") return Error{Errc::system, child_->title() + ": " + message->value("what", "")};
    told_[std::move(said)].push_back(std::move(message).value());
  }
}

Result<std::int64_t> GroupMember::take_changed_ns() {
  const auto changed = take("changed");
  if (!changed) return changed.error();
  changes_ += topics_;
  if (changed->at("changes") == changes_) return changed->at("at_ns").get<std::int64_t>();
  return Error{Errc::bad_data, child_->title() + " has seen " + changed->at("changes").dump() +
                                   " changes of topics' members where there should have been " +
                                   std::to_string(changes_)};
}

Result<std::int64_t> GroupMember::take_view_ns(std::size_t members, std::int64_t since_ns) {
  for (;;) {
    const auto view = take("view");
    if (!view) return view.error();
    const auto at_ns = view->at("at_ns").get<std::int64_t>();
    if (view->at("members") == members && at_ns >= since_ns) return at_ns;
  }
}

std::optional<std::int64_t> GroupMember::failed_ns(const std::string& node) const {
  const auto failures = told_.find("failed");
  if (failures == told_.end()) return std::nullopt;
  for (const json& failure : failures->second) {
    if (failure.at("node") == node) return failure.at("at_ns").get<std::int64_t>();
  }
  return std::nullopt;
}

std::uint64_t GroupMember::failures_but_of(const std::string& node) const {
  const auto failures = told_.find("failed");
  if (failures == told_.end()) return 0;
  const auto is_another = [&](const json& failure) { return failure.at("node") != node; };
  return static_cast<std::uint64_t>(std::count_if(failures->second.begin(), failures->second.end(), is_another));
}

Status GroupMember::end() { return child_->end(kEndPatience); }

}  // namespace hawser::bench
