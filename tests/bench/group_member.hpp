// The bench's hold on one process of role "member": orders, and what the process told, kept until somebody asks for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hawser/result.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {

/// Threads: one at a time.
class GroupMember {
 public:
  /// Errors: as Child::start.
  static Result<GroupMember> start(std::string title, const MemberSpec& spec);

  /// Waits until it is in a view with all the others. Errors: as take().
  Status wait_until_opened();
  /// As on its bus; known once it is opened.
  [[nodiscard]] const std::string& name() const { return name_; }

  void order(std::string_view word) { child_->tell({{"word", word}}); }
  /// The next message with that word. The others stay for whoever asks for them.
  /// Errors: timeout; closed; system: the process's own error.
  Result<json> take(std::string_view word);
  /// Waits until the members of as many topics as there are have changed once more, and returns when the last did.
  /// Errors: as take(); bad_data  more topics have changed by then than should have.
  Result<std::int64_t> take_changed_ns();
  /// When it first knew that `node` has failed; none where it has not told of that so far.
  [[nodiscard]] std::optional<std::int64_t> failed_ns(const std::string& node) const;
  /// Failures told so far of other nodes than `node`.
  [[nodiscard]] std::uint64_t failures_but_of(const std::string& node) const;

  /// When it had its first control view of so many members after `since_ns`; waits for it. Errors: as take().
  Result<std::int64_t> take_view_ns(std::size_t members, std::int64_t since_ns);

  void kill_now() { child_->kill_now(); }
  void pause() { child_->pause(); }
  void resume() { child_->resume(); }
  Status end();

 private:
  GroupMember(std::unique_ptr<Child> child, std::uint32_t topics) : child_(std::move(child)), topics_(topics) {}

  std::unique_ptr<Child> child_;
  std::uint32_t topics_;
  std::string name_;
  std::uint64_t changes_ = 0;  // Of topics' members, told so far.
  std::map<std::string, std::deque<json>, std::less<>> told_;
};

}  // namespace hawser::bench
