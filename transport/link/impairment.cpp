#include "transport/link/impairment.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace hawser {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr Duration kDelayMax = std::chrono::seconds{10};

/// The number that `text` begins with; what follows it is left in `text`.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, Duration>, 3> kUnits{
      {{"us", std::chrono::microseconds{1}}, {"ms", std::chrono::milliseconds{1}}, {"s", std::chrono::seconds{1}}}};
  const auto number = take_number(text);
  if (!number || !(*number >= 0)) return std::nullopt;
  for (const auto& [name, unit] : kUnits) {
    const double nanoseconds = *number * static_cast<double>(unit.count());
    if (text == name && nanoseconds <= static_cast<double>(kDelayMax.count())) {
      return Duration{static_cast<Duration::rep>(nanoseconds)};
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_share(std::string_view text) {
  const auto percent = take_number(text);
  if (!percent || text != "%" || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
  return static_cast<std::uint32_t>(std::lround(*percent * kMillion / 100));
}

std::optional<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

template <typename T>
bool assign(T& field, std::optional<T> value) {
  if (value) field = *value;
  return value.has_value();
}

bool set_part(ImpairmentConfig& config, std::string_view name, std::string_view value) {
  if (name == "delay") return assign(config.delay, parse_duration(value));
  if (name == "jitter") return assign(config.jitter, parse_duration(value));
  if (name == "loss") return assign(config.loss_per_million, parse_share(value));
  if (name == "duplicate") return assign(config.doubled_per_million, parse_share(value));
  return name == "seed" && assign(config.seed, parse_seed(value));
}

}  // namespace

Result<ImpairmentConfig> parse_impairment(std::string_view text) {
  ImpairmentConfig config;
  std::set<std::string_view> seen;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    if (!seen.insert(name).second || !set_part(config, name, value)) {
      return Error{
          Errc::invalid_argument,
          "'" + std::string{part} +
              "' is no impairment; write it like "
              "delay=5ms,jitter=200us,loss=1%,duplicate=0.1%,seed=7, each at most once, times up to 10s, shares up to "
              "100%"};
    }
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return config;
}

void Impairment::on_datagram(ReceivedDatagram datagram, Time now) {
  if (rng_.below(kMillion) < config_.loss_per_million) {
    ++lost_;
    return;
  }
  if (rng_.below(kMillion) < config_.doubled_per_million) {
    ++doubled_;
    hold(datagram, now);
  }
  hold(std::move(datagram), now);
}

void Impairment::hold(ReceivedDatagram datagram, Time now) {
  const Time due = now + config_.delay + rng_.between(Duration::zero(), config_.jitter);
  const std::size_t bytes = datagram.bytes.capacity();
  if (held_bytes_ + bytes > kHeldBytesMax) {
    ++lost_;
    return;
  }
  held_bytes_ += bytes;
  held_.emplace(due, std::move(datagram));
}

void Impairment::release(Time now, std::vector<ReceivedDatagram>& into) {
  while (!held_.empty() && held_.begin()->first <= now) {
    held_bytes_ -= held_.begin()->second.bytes.capacity();
    into.push_back(std::move(held_.begin()->second));
    held_.erase(held_.begin());
  }
}

}  // namespace hawser
