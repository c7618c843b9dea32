// A view change of real processes on loopback.
#include <algorithm>
#include <string>
#include <thread>

#include "tests/bench/group_members.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/stream_run.hpp"
#include "tests/bench/view_change.hpp"

namespace hawser::bench {
namespace {

// What a view change leaves to do: acknowledgements, the directory.
constexpr std::chrono::milliseconds kRest{300};

class ViewChangeConductor {
 public:
  ViewChangeConductor(ViewChangeCause cause, std::uint32_t members)
      : cause_(cause), all_(members), domain_(fresh_domain()) {}

  Result<ViewChangeRun> run() {
    for (const auto step : {&ViewChangeConductor::prepare, &ViewChangeConductor::measure, &ViewChangeConductor::end}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return run_;
  }

 private:
  Status prepare() {
    const std::uint32_t before = cause_ == ViewChangeCause::join ? all_ - 1 : all_;
    for (std::uint32_t i = 0; i < before; ++i) {
      if (auto started = start(before); !started) return started;
    }
    for (GroupMember& member : members_) {
      if (auto opened = member.wait_until_opened(); !opened) return opened;
    }
    std::this_thread::sleep_for(kRest);
    return cause_ == ViewChangeCause::merge ? part_from_the_last() : Status{Ok{}};
  }

  Status start(std::uint32_t members) {
    auto member = GroupMember::start("member " + std::to_string(members_.size() + 1), {domain_, members, 1});
    if (!member) return member.error();
    members_.push_back(std::move(member).value());
    return Ok{};
  }

  Status part_from_the_last() {
    const std::int64_t since_ns = monotonic_ns();
    members_.back().pause();
    for (std::size_t i = 0; i + 1 < members_.size(); ++i) {
      if (auto parted_ns = members_[i].take_view_ns(all_ - 1, since_ns); !parted_ns) return parted_ns.error();
    }
    std::this_thread::sleep_for(kRest);
    return Ok{};
  }

  Status measure() {
    const auto before = figures();
    if (!before) return before.error();
    const auto began_ns = strike();
    if (!began_ns) return began_ns.error();
    const bool shrinks = cause_ == ViewChangeCause::crash || cause_ == ViewChangeCause::leave;
    std::int64_t last_ns = 0;
    for (GroupMember& member : members_) {
      const auto view_ns = member.take_view_ns(shrinks ? all_ - 1 : all_, *began_ns);
      if (!view_ns) return view_ns.error();
      last_ns = std::max(last_ns, *view_ns);
    }
    // Else it could miss the view that it waits for, when the others end.
    if (cause_ == ViewChangeCause::join) {
      if (auto opened = members_.back().wait_until_opened(); !opened) return opened;
    }
    run_.last_view_ms = static_cast<double>(last_ns - *began_ns) / 1e6;
    const auto after = figures();
    if (!after) return after.error();
    run_.datagrams = after->datagrams - before->datagrams;
    run_.bytes = after->bytes - before->bytes;
    return Ok{};
  }

  // Returns the time just before. Who is gone then is no member any more.
  Result<std::int64_t> strike() {
    const std::int64_t now_ns = monotonic_ns();
    switch (cause_) {
      case ViewChangeCause::crash: members_.back().kill_now(); break;
      case ViewChangeCause::leave:
        if (auto ended = members_.back().end(); !ended) return ended.error();
        break;
      case ViewChangeCause::merge: members_.back().resume(); return now_ns;
      case ViewChangeCause::join: {
        if (auto started = start(all_); !started) return started.error();
        const auto joining = members_.back().take("joining");
        if (!joining) return joining.error();
        return joining->at("at_ns").get<std::int64_t>();
      }
    }
    members_.pop_back();
    return now_ns;
  }

  // Of those that are there before and after the event, and can answer.
  Result<MemberFigures> figures() {
    MemberFigures sum;
    for (std::size_t i = 0; i + 1 < all_; ++i) {
      members_[i].order("tell figures");
      const auto told = members_[i].take("figures");
      if (!told) return told.error();
      const MemberFigures one = told->at("figures");
      sum.datagrams += one.datagrams;
      sum.bytes += one.bytes;
    }
    return sum;
  }

  Status end() {
    for (GroupMember& member : members_) {
      if (auto ended = member.end(); !ended) return ended;
    }
    return Ok{};
  }

  ViewChangeCause cause_;
  std::uint32_t all_;
  std::string domain_;
  std::vector<GroupMember> members_;
  ViewChangeRun run_;
};

}  // namespace

Result<ViewChangeRun> run_view_change(ViewChangeCause cause, std::uint32_t members) {
  return ViewChangeConductor{cause, members}.run();
}

}  // namespace hawser::bench
