#include "transport/io/voter_writer.hpp"

#include <utility>

#include "transport/io/named_thread.hpp"

namespace hawser {

Result<std::unique_ptr<VoterWriter>> VoterWriter::start(VoterFile file, WakeUp& wake_up) {
  std::unique_ptr<VoterWriter> writer{new VoterWriter{std::move(file), wake_up}};
  auto thread = start_thread("hawser-voter", [raw = writer.get()] { raw->run(); });
  if (!thread) return thread.error();
  writer->thread_ = std::move(thread).value();
  return writer;
}

VoterWriter::~VoterWriter() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void VoterWriter::write(StoreRequest request) {
  {
    const std::lock_guard lock{mutex_};
    waiting_ = std::move(request);
  }
  changed_.notify_one();
}

std::optional<VoterWriter::Written> VoterWriter::take_written() {
  const std::lock_guard lock{mutex_};
  return std::exchange(written_, std::nullopt);
}

void VoterWriter::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || waiting_; });
    if (stopped_) return;
    const StoreRequest request = *std::exchange(waiting_, std::nullopt);
    lock.unlock();
    Status status = file_.write(request.state);
    lock.lock();
    const bool failed = !status;
    written_ = Written{request.ticket, std::move(status)};
    wake_up_.force();
    if (failed) return;
  }
}

}  // namespace hawser
