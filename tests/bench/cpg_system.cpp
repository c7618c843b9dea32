// Corosync's closed process groups, as its own cpgbench drives them: whoever sends is a member too, and takes its own
// messages back on the same thread. Sending gives no guarantee but agreed order, which is the only one that there is.
#include "tests/bench/stream_system.hpp"

#ifdef HAWSER_WITH_CPG

#include <corosync/cpg.h>
#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kRetryPause{5};
constexpr int kStopInterval_ms = 50;

Error cpg_error(const std::string& what, cs_error_t error) {
  return {Errc::system, "corosync: " + what + ": error " + std::to_string(error) + " of corotypes.h"};
}

/// A connection to the daemon, in one group. Threads: one at a time.
class CpgMember {
 public:
  ~CpgMember() {
    if (handle_ != 0) cpg_finalize(handle_);
  }
  CpgMember() = default;
  CpgMember(const CpgMember&) = delete;
  CpgMember& operator=(const CpgMember&) = delete;

  /// Waits for the daemon, which may be starting. Errors: system.
  Status join(const std::string& group) {
    const auto deadline = Clock::now() + kPatience;
    const auto any = [](cs_error_t /*error*/) { return true; };  // It may not be there yet.
    const auto busy = [](cs_error_t error) { return error == CS_ERR_TRY_AGAIN; };
    if (auto done = retry("no connection to the daemon", deadline, any, [&] { return connect(); }); !done) return done;
    cpg_name name{};
    name.length = static_cast<std::uint32_t>(std::min<std::size_t>(group.size(), CPG_MAX_NAME_LENGTH));
    std::memcpy(name.value, group.data(), name.length);
    return retry("cannot join a group", deadline, busy, [&] { return cpg_join(handle_, &name); });
  }

  /// What comes from now on; nothing before.
  void listen(ReceivedStream* stream) { stream_ = stream; }

  /// Takes in all that has come. Errors: system.
  Status take_in() {
    const cs_error_t error = cpg_dispatch(handle_, CS_DISPATCH_ALL);
    if (error == CS_OK) return Ok{};
    return cpg_error("cannot take messages in", error);
  }

  /// False where nothing came within the time.
  [[nodiscard]] bool wait(int timeout_ms) const {
    int descriptor = -1;
    if (cpg_fd_get(handle_, &descriptor) != CS_OK) return false;
    pollfd came{.fd = descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&came, 1, timeout_ms) > 0;
  }

  [[nodiscard]] std::size_t members() const { return members_; }

  cs_error_t multicast(ByteView payload) {
    iovec part{const_cast<std::byte*>(payload.data()), payload.size()};
    return cpg_mcast_joined(handle_, CPG_TYPE_AGREED, &part, 1);
  }

 private:
  template <typename MayPass, typename Call>
  static Status retry(const std::string& what, Clock::time_point deadline, MayPass may_pass, Call call) {
    for (;;) {
      const cs_error_t error = call();
      if (error == CS_OK) return Ok{};
      if (!may_pass(error) || Clock::now() > deadline) return cpg_error(what, error);
      std::this_thread::sleep_for(kRetryPause);
    }
  }

  cs_error_t connect() {
    cpg_model_v1_data_t model{};
    model.cpg_deliver_fn = &CpgMember::on_message;
    model.cpg_confchg_fn = &CpgMember::on_members;
    const cs_error_t error =
        cpg_model_initialize(&handle_, CPG_MODEL_V1, reinterpret_cast<cpg_model_data_t*>(&model), this);
    if (error != CS_OK) handle_ = 0;
    return error;
  }

  static CpgMember& of(cpg_handle_t handle) {
    void* self = nullptr;
    cpg_context_get(handle, &self);
    return *static_cast<CpgMember*>(self);
  }
  static void on_message(cpg_handle_t handle, const cpg_name* /*group*/, std::uint32_t /*node*/,
                         std::uint32_t /*process*/, void* bytes, std::size_t count) {
    ReceivedStream* stream = of(handle).stream_;
    if (stream != nullptr) stream->on_message({static_cast<const std::byte*>(bytes), count});
  }
  static void on_members(cpg_handle_t handle, const cpg_name* /*group*/, const cpg_address* /*members*/,
                         std::size_t members, const cpg_address* /*left*/, std::size_t /*left_count*/,
                         const cpg_address* /*joined*/, std::size_t /*joined_count*/) {
    of(handle).members_ = members;
  }

  cpg_handle_t handle_ = 0;
  ReceivedStream* stream_ = nullptr;
  std::size_t members_ = 0;
};

class CpgSender final : public StreamSender {
 public:
  CpgSender(std::unique_ptr<CpgMember> member, std::size_t members) : member_(std::move(member)), members_(members) {}

  Status wait_for_receivers(milliseconds timeout) override {
    const auto deadline = Clock::now() + timeout;
    while (member_->members() < members_) {
      if (Clock::now() > deadline) {
        return Error{Errc::timeout, "corosync: " + std::to_string(member_->members()) + " of " +
                                        std::to_string(members_) + " members in the group"};
      }
      static_cast<void>(member_->wait(kStopInterval_ms));
      if (auto taken = member_->take_in(); !taken) return taken;
    }
    return Ok{};
  }

  Offer offer(ByteView payload) override {
    const cs_error_t sent = member_->multicast(payload);
    if (!member_->take_in()) return Offer::failed;
    if (sent == CS_OK) return Offer::taken;
    return sent == CS_ERR_TRY_AGAIN ? Offer::full : Offer::failed;
  }

 private:
  std::unique_ptr<CpgMember> member_;
  const std::size_t members_;
};

class CpgReceiver final : public StreamReceiver {
 public:
  explicit CpgReceiver(std::unique_ptr<CpgMember> member) : member_(std::move(member)) {}
  ~CpgReceiver() override { stop(); }
  CpgReceiver(const CpgReceiver&) = delete;
  CpgReceiver& operator=(const CpgReceiver&) = delete;

  Status listen(const std::string& /*address*/, ReceivedStream& stream) override {
    member_->listen(&stream);
    thread_ = std::thread{[this] {
      while (!stopped_.load(std::memory_order_relaxed)) {
        if (member_->wait(kStopInterval_ms) && !member_->take_in()) return;
      }
    }};
    return Ok{};
  }

  void stop() override {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::unique_ptr<CpgMember> member_;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<StreamSender>> open_cpg_sender(const StreamSpec& spec) {
  auto member = std::make_unique<CpgMember>();
  if (auto joined = member->join(spec.domain); !joined) return joined.error();
  return std::unique_ptr<StreamSender>{std::make_unique<CpgSender>(std::move(member), spec.receivers + std::size_t{1})};
}

Result<std::unique_ptr<StreamReceiver>> open_cpg_receiver(const StreamSpec& spec) {
  auto member = std::make_unique<CpgMember>();
  if (auto joined = member->join(spec.domain); !joined) return joined.error();
  return std::unique_ptr<StreamReceiver>{std::make_unique<CpgReceiver>(std::move(member))};
}

}  // namespace hawser::bench

#else

namespace hawser::bench {

Result<std::unique_ptr<StreamSender>> open_cpg_sender(const StreamSpec& /*spec*/) {
  return Error{Errc::system, "corosync: the bench was built without libcpg"};
}

Result<std::unique_ptr<StreamReceiver>> open_cpg_receiver(const StreamSpec& /*spec*/) {
  return Error{Errc::system, "corosync: the bench was built without libcpg"};
}

}  // namespace hawser::bench

#endif
