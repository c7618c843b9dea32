#include "transport/io/socket_options.hpp"

#include <linux/filter.h>

#include <array>

namespace hawser {

std::size_t set_receive_buffer(int socket, int bytes) {
  const bool is_forced = bytes > 0 && ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0;
  return set_receive_buffer_within_limit(socket, is_forced ? 0 : bytes);
}

std::size_t set_receive_buffer_within_limit(int socket, int bytes) {
  if (bytes > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  int granted = 0;
  socklen_t size = sizeof granted;
  ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &granted, &size);
  return static_cast<std::size_t>(granted);
}

void set_send_buffer(int socket, int bytes) {
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0) return;
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void drop_datagrams_from(int socket, std::uint32_t address, std::uint16_t port) {
  constexpr std::uint32_t kUdpSourcePort = 0;
  constexpr auto kIpSourceAddress = static_cast<std::uint32_t>(SKF_NET_OFF) + 12U;
  // Jumps count instructions to skip: (if equal, otherwise).
  std::array<sock_filter, 6> program{{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kUdpSourcePort), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kIpSourceAddress), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),            // Keep nothing of it.
      BPF_STMT(BPF_RET | BPF_K, 0xffffffffU),  // Keep all of it.
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

}  // namespace hawser
