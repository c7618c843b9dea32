#include "pubsub-api/src/trace/trace_file_text.hpp"

#include <array>

namespace hawser {
namespace {

bool is_plain(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || std::string_view{"._/>*-"}.find(c) != std::string_view::npos;
}

constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

void TraceTextWriter::append_number(std::uint64_t value, int base) {
  std::array<char, 24> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  line_.append(digits.data(), result.ptr);
}

void TraceTextWriter::put(ViewId value) {
  put(value.epoch);
  line_ += '.';
  for (int shift = 60; shift >= 0; shift -= 4)
    line_ += kHexDigits[(value.digest >> static_cast<unsigned>(shift)) & 15U];
}

void TraceTextWriter::put(const Era& value) {
  put(value.control_view);
  line_ += '/';
  put(value.number);
}

void TraceTextWriter::put(const LightMember& value) {
  put(value.node);
  line_ += '/';
  put(value.role);
}

void TraceTextWriter::put(const std::string& value) {
  line_ += '=';
  for (const char c : value) {
    if (is_plain(c)) {
      line_ += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      line_ += {'%', kHexDigits[byte >> 4U], kHexDigits[byte & 15U]};
    }
  }
}

std::string_view TraceTextReader::word() {
  const std::string_view found = left_.substr(0, left_.find(' '));
  left_.remove_prefix(found.size());
  return found;
}

bool TraceTextReader::accept(char c) {
  if (left_.empty() || left_.front() != c) return false;
  left_.remove_prefix(1);
  return true;
}

bool TraceTextReader::flag() {
  const auto value = number<std::uint64_t>();
  if (value > 1) ok_ = false;
  return value == 1;
}

void TraceTextReader::take(NodeId& value) {
  for (int i = 0; i < 4; ++i) {
    value.endpoint.address = (value.endpoint.address << 8U) | number<std::uint8_t>();
    expect(i < 3 ? '.' : ':');
  }
  value.endpoint.port = number<std::uint16_t>();
  expect('#');
  value.incarnation.value = number<std::uint64_t>(16);
}

void TraceTextReader::take(ViewId& value) {
  value.epoch = number<std::uint64_t>();
  expect('.');
  value.digest = number<std::uint64_t>(16);
}

void TraceTextReader::take(Era& value) {
  take(value.control_view);
  expect('/');
  take(value.number);
}

void TraceTextReader::take(LightMember& value) {
  take(value.node);
  expect('/');
  take(value.role);
}

void TraceTextReader::take(std::string& value) {
  expect('=');
  const std::string_view text = word();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      value += text[i];
      continue;
    }
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (error != std::errc{} || digits.size() != 2 || end != digits.data() + 2) ok_ = false;
    value += static_cast<char>(byte);
    i += 2;
  }
}

}  // namespace hawser
