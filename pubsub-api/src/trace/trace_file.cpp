#include "pubsub-api/src/trace/trace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "pubsub-api/src/trace/trace_file_text.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

constexpr std::string_view kOpening = "hawser-trace 2";

// In the order of TraceRecord's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<TraceRecord>> kNames = {
    "heavy_view",      "heavy_sent",   "heavy_hold", "heavy_unsent", "heavy_left",
    "heavy_delivered", "light_view",   "light_left", "light_sent",   "light_delivered",
    "subscribed",      "unsubscribed", "published",  "received",     "state_taken",
    "state_installed", "gap",          "directory",  "heavy_primary"};

// Each record's fields in the order of the line, for reading and for writing. `R` is the record, const or not.
template <typename Text, typename R>
void visit_fields(Text& text, R& r) {
  const auto fields = [&text](auto&... values) { (text.field(values), ...); };
  using T = std::remove_const_t<R>;
  if constexpr (std::is_same_v<T, trace::HeavyView>) {
    fields(r.group, r.view.id, r.view.members, r.view.start_ids, r.transitional);
  } else if constexpr (std::is_same_v<T, trace::HeavySent>) {
    fields(r.group, r.order, r.message, r.promised, r.primary_only);
  } else if constexpr (std::is_same_v<T, trace::HeavyPrimary>) {
    fields(r.view, r.number, r.voters);
  } else if constexpr (std::is_same_v<T, trace::HeavyUnsent>) {
    fields(r.group, r.message);
  } else if constexpr (std::is_same_v<T, trace::HeavyHold> || std::is_same_v<T, trace::HeavyLeft>) {
    fields(r.group);
  } else if constexpr (std::is_same_v<T, trace::HeavyDelivered>) {
    fields(r.group, r.sender, r.order, r.message);
  } else if constexpr (std::is_same_v<T, trace::LightViewSeen>) {
    fields(r.name, r.view.group, r.view.era, r.view.heavy_view, r.view.members, r.heavy, r.transitional, r.newcomers,
           r.total);
  } else if constexpr (std::is_same_v<T, trace::LightLeft>) {
    fields(r.name, r.group, r.asked);
  } else if constexpr (std::is_same_v<T, trace::LightSent>) {
    fields(r.name, r.message);
  } else if constexpr (std::is_same_v<T, trace::LightDeliveredSeen>) {
    fields(r.group, r.sender, r.message);
  } else if constexpr (std::is_same_v<T, trace::Published>) {
    fields(r.topic, r.number, r.payload);
  } else if constexpr (std::is_same_v<T, trace::Received>) {
    fields(r.topic, r.publisher, r.number, r.payload, r.retained);
  } else if constexpr (std::is_same_v<T, trace::StateTaken>) {
    fields(r.topic, r.cut_era, r.cut_heavy_view, r.digest);
  } else if constexpr (std::is_same_v<T, trace::StateInstalled>) {
    fields(r.topic, r.donor, r.cut_era, r.cut_heavy_view, r.digest);
  } else if constexpr (std::is_same_v<T, trace::DirectoryState>) {
    fields(r.synced, r.digest);
  } else {
    fields(r.topic);  // subscribed, unsubscribed, gap
  }
}

template <std::size_t I = 0>
std::optional<TraceRecord> read_record(std::string_view name, TraceTextReader& text) {
  if constexpr (I < std::variant_size_v<TraceRecord>) {
    if (name != kNames[I]) return read_record<I + 1>(name, text);
    std::variant_alternative_t<I, TraceRecord> record;
    visit_fields(text, record);
    return record;
  }
  return std::nullopt;
}

std::optional<TraceEvent> read_event(std::string_view line) {
  TraceTextReader text{line};
  const Time at{Duration{text.number<std::int64_t>()}};
  auto record = read_record(text.next_word(), text);
  if (!record || !text.done()) return std::nullopt;
  return TraceEvent{at, std::move(*record)};
}

bool read_opening(std::string_view line, NodeId& node) {
  if (!line.starts_with(kOpening)) return false;
  TraceTextReader text{line.substr(kOpening.size())};
  text.field(node);
  return text.done();
}

}  // namespace

Result<std::unique_ptr<TraceFile>> TraceFile::create(const std::string& path, const NodeId& self) {
  FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)};
  if (!file) return system_error("cannot write the trace file " + path);
  return std::unique_ptr<TraceFile>{new TraceFile{path, std::move(file), self}};
}

TraceFile::TraceFile(std::string path, FileDescriptor file, const NodeId& self)
    : path_(std::move(path)), file_(std::move(file)), lines_(kOpening) {
  lines_ += ' ' + to_string(self) + '\n';
}

void TraceFile::record(TraceEvent event) {
  if (!file_) return;
  lines_ += std::to_string(event.at.time_since_epoch().count());
  lines_ += ' ';
  lines_ += kNames[event.what.index()];
  TraceTextWriter text{lines_};
  std::visit([&text](const auto& record) { visit_fields(text, record); }, event.what);
  lines_ += '\n';
}

Status TraceFile::write_out() {
  std::string_view left = lines_;
  while (!left.empty() && file_) {
    const ssize_t written = ::write(file_.get(), left.data(), left.size());
    if (written >= 0) {
      left.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      const Error error = system_error("cannot write the trace file " + path_ + "; it ends early");
      file_ = FileDescriptor{};
      return error;
    }
  }
  lines_.clear();
  return Ok{};
}

Result<TraceFileContents> read_trace_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return system_error("cannot read the trace file " + path);
  TraceFileContents contents;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (file.eof()) break;  // No end of line.
    if (number == 1) {
      if (!read_opening(line, contents.node)) return Error{Errc::bad_data, path + ": no trace of this version"};
      continue;
    }
    auto event = read_event(line);
    if (!event) {
      std::string where = path;
      where.append(":").append(std::to_string(number)).append(": not an event: ").append(line);
      return Error{Errc::bad_data, std::move(where)};
    }
    contents.events.push_back(std::move(*event));
  }
  return contents;
}

}  // namespace hawser
