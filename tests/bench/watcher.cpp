#include "tests/bench/watcher.hpp"

#include <algorithm>
#include <utility>

#include "tests/bench/stream_system.hpp"

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// More than the role's own patience, so that it says first what it waited for.
constexpr milliseconds kStepPatience = kPatience + milliseconds{5000};
constexpr milliseconds kEndPatience{5000};

milliseconds until(Clock::time_point deadline) {
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::start(std::string title, const WatcherSpec& spec,
                                                const hosts::NetworkNamespace& host) {
  auto child = Child::start(std::move(title), watcher_role(spec), &host);
  if (!child) return child.error();
  return std::unique_ptr<Watcher>{new Watcher{std::move(child).value()}};
}

Status Watcher::wait_until_opened() {
  const auto opened = take_until("opened");
  if (!opened) return opened.error();
  watch_.node = opened->at("node");
  return Ok{};
}

Result<bool> Watcher::read_until(const std::function<bool()>& is_enough, Clock::time_point deadline) {
  while (!is_enough()) {
    const auto message = child_->receive(until(deadline));
    if (!message && message.error().code == Errc::timeout) return false;
    if (!message) return message.error();
    if (auto taken = take(*message); !taken) return taken.error();
  }
  return true;
}

Result<json> Watcher::take_until(std::string_view word) {
  const auto deadline = Clock::now() + kStepPatience;
  for (;;) {
    auto message = child_->receive(until(deadline));
    if (!message || message->at("word") == word) return message;
    if (auto taken = take(*message); !taken) return taken.error();
  }
}

Status Watcher::take(const json& message) {
  if (message.at("word") == "noted") watch_.diary.push_back(message.at("entry"));
  if (message.at("word") != "error") return Ok{};
  return Error{Errc::system, child_->title() + ": " + message.value("what", "")};
}

bool Watcher::has_told(const std::string& node, std::int64_t since_ns) const {
  return std::any_of(watch_.diary.begin(), watch_.diary.end(), [&](const DiaryEntry& entry) {
    return entry.at_ns >= since_ns && entry.node == node && entry.what.starts_with("failed");
  });
}

bool Watcher::had_view(std::size_t members, std::int64_t since_ns) const {
  return std::any_of(watch_.diary.begin(), watch_.diary.end(), [&](const DiaryEntry& entry) {
    return entry.at_ns >= since_ns && entry.what == "view" && entry.members == members;
  });
}

std::size_t Watcher::members() const {
  const auto last = std::find_if(watch_.diary.rbegin(), watch_.diary.rend(),
                                 [](const DiaryEntry& entry) { return entry.what == "view"; });
  return last == watch_.diary.rend() ? 0 : last->members;
}

Result<std::uint64_t> Watcher::self_fences() {
  child_->tell({{"word", "sum up"}});
  const auto sum = take_until("sum");
  if (!sum) return sum.error();
  return sum->at("self_fences").get<std::uint64_t>();
}

const Watch& Watcher::last_words() {
  // It ends with an error: the pipe is closed.
  static_cast<void>(read_until([] { return false; }, Clock::now() + kEndPatience).ok());
  return watch_;
}

Status Watcher::end() { return child_->end(kEndPatience); }

}  // namespace hawser::bench
