#include "hawser/text.hpp"

#include <cstddef>
#include <cstdint>

namespace hawser {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); }

// The length of the well-formed sequence that begins `bytes`; 0 where there is none.
std::size_t sequence_length(std::string_view bytes) {
  const std::uint8_t first = byte_at(bytes, 0);
  if (first < 0x80) return 1;
  // RFC 3629's table: how many bytes follow, and within what the first of them must lie.
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  if (first >= 0xe0 && first <= 0xef) length = 3;
  if (first >= 0xf0 && first <= 0xf4) length = 4;
  if (first == 0xe0) low = 0xa0;
  if (first == 0xed) high = 0x9f;
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;
  if (length == 0 || bytes.size() < length) return 0;
  if (byte_at(bytes, 1) < low || byte_at(bytes, 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

std::string as_hex(std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  encoded.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? byte_at(bytes, i + j) : 0U);
    for (std::size_t j = 0; j < 4; ++j) encoded += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
  }
  return encoded;
}

JsonField json_field(std::string_view name, std::string_view bytes) {
  if (is_utf8(bytes)) return {std::string{name}, std::string{bytes}};
  return {std::string{name} + "_base64", base64(bytes)};
}

std::string for_terminal(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::uint8_t first = byte_at(text, 0);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F.
    const bool is_control = length == 0 || (first < 0x20 && first != '\t' && first != '\n') || first == 0x7f ||
                            (first == 0xc2 && byte_at(text, 1) < 0xa0);
    const std::size_t taken = length == 0 ? 1 : length;
    for (std::size_t i = 0; i < taken; ++i) {
      if (is_control) {
        safe += as_hex(byte_at(text, i));
      } else {
        safe += text[i];
      }
    }
    text.remove_prefix(taken);
  }
  return safe;
}

}  // namespace hawser
