#include "tests/sim/ledger.hpp"

#include <cstring>

namespace hawser::sim {

std::uint64_t content_digest(std::string_view key, ByteView payload) {
  std::uint64_t digest = mix64(key.size());
  for (const char letter : key) digest = mix64(digest ^ static_cast<unsigned char>(letter));
  digest = mix64(digest ^ payload.size());
  std::size_t at = 0;
  for (; at + 8 <= payload.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + at, 8);
    digest = mix64(digest ^ word);
  }
  for (; at < payload.size(); ++at) digest = mix64(digest ^ static_cast<std::uint64_t>(payload[at]));
  return digest;
}

TopicNumber Ledger::topic_number(std::string_view topic) {
  const auto at = numbers_.find(topic);
  if (at != numbers_.end()) return at->second;
  const auto number = static_cast<TopicNumber>(topics_.size());
  topics_.emplace_back(topic);
  numbers_.emplace(topic, number);
  return number;
}

bool Ledger::record(const NodeId& publisher, TopicNumber topic, std::uint64_t number, std::uint64_t digest) {
  std::vector<Digests>& by_topic = published_[publisher];
  if (by_topic.size() <= topic) by_topic.resize(topic + 1);
  if (number != by_topic[topic].size() + 1) return false;
  by_topic[topic].push_back(digest);
  ++total_;
  return true;
}

std::optional<std::uint64_t> Ledger::find(const NodeId& publisher, TopicNumber topic, std::uint64_t number) const {
  const Digests* known = digests(publisher, topic);
  if (known == nullptr || number == 0 || number > known->size()) return std::nullopt;
  return (*known)[number - 1];
}

std::uint64_t Ledger::count(const NodeId& publisher, TopicNumber topic) const {
  const Digests* known = digests(publisher, topic);
  return known == nullptr ? 0 : known->size();
}

const Ledger::Digests* Ledger::digests(const NodeId& publisher, TopicNumber topic) const {
  const auto at = published_.find(publisher);
  if (at == published_.end() || at->second.size() <= topic) return nullptr;
  return &at->second[topic];
}

}  // namespace hawser::sim
