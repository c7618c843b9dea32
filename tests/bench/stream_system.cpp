#include "tests/bench/stream_system.hpp"

namespace hawser::bench {

std::string_view to_string(System system) {
  switch (system) {
    case System::hawser: return "hawser";
    case System::raw: return "raw";
    case System::zmq: return "zmq";
    case System::heavy: return "heavy";
    case System::cpg_udp: return "cpg-udp";
    case System::cpg_knet: return "cpg-knet";
  }
  return "?";
}

std::string_view to_string(TopicPick pick) {
  switch (pick) {
    case TopicPick::round_robin: return "round-robin";
    case TopicPick::zipf: return "zipf";
  }
  return "?";
}

Result<std::unique_ptr<StreamSender>> open_sender(const StreamSpec& spec) {
  switch (spec.system) {
    case System::hawser: return open_hawser_sender(spec);
    case System::raw: return open_raw_sender(spec);
    case System::zmq: return open_zmq_sender(spec);
    case System::heavy: return open_heavy_sender(spec);
    case System::cpg_udp:
    case System::cpg_knet: return open_cpg_sender(spec);
  }
  return Error{Errc::invalid_argument, "no such system"};
}

Result<std::unique_ptr<StreamReceiver>> open_receiver(const StreamSpec& spec, std::uint32_t index) {
  switch (spec.system) {
    case System::hawser: return open_hawser_receiver(spec);
    case System::raw: return open_raw_receiver(spec, index);
    case System::zmq: return open_zmq_receiver(spec);
    case System::heavy: return open_heavy_receiver(spec);
    case System::cpg_udp:
    case System::cpg_knet: return open_cpg_receiver(spec);
  }
  return Error{Errc::invalid_argument, "no such system"};
}

}  // namespace hawser::bench
