#include "tests/bench/carriers.hpp"

#include "tests/bench/raw_datagram.hpp"
#include "transport/io/network_interface.hpp"

namespace hawser::bench {

std::string carrier_of(System system) {
  const std::string datagrams = "datagrams of up to " + std::to_string(kRawDatagramBytesMax) + " B";
  switch (system) {
    case System::hawser:
      return "UDP multicast on loopback, " + datagrams + ", sendmmsg and recvmmsg, no UDP GSO or GRO";
    case System::raw:
      return "UDP multicast on loopback, " + datagrams +
             ", sendmmsg and recvmmsg, no UDP GSO or GRO, waits for receivers by shared memory";
    case System::zmq: return "tcp on loopback, segments as the kernel makes them, XPUB_NODROP";
    case System::heavy:
      return "UDP multicast, datagrams as long as the network takes, sendmmsg and recvmmsg, no UDP GSO or GRO";
    case System::cpg_udp: return "UDP multicast between corosync's daemons, shared memory to them";
    case System::cpg_knet: return "knet over UDP between corosync's daemons, no encryption, shared memory to them";
  }
  return {};
}

std::size_t loopback_mtu_bytes() {
  const auto loopback = find_interface("127.0.0.1");
  return loopback ? loopback.value().mtu_bytes : 0;
}

}  // namespace hawser::bench
