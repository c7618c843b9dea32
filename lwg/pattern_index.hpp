// Many patterns, found by a name that they match: a tree of tokens, as NATS servers keep their subscriptions, and
// beginnings by length.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/subject.hpp"
#include "lwg/subject_tokens.hpp"

namespace hawser {

/// Matching looks at what shares tokens with the name, not at every pattern. `Owner` is whose a pattern is: a small
/// value with an order. Threads: single-threaded.
template <typename Owner>
class PatternIndex {
 public:
  /// The same pair may be added once.
  void add(const Pattern& pattern, const Owner& owner);
  /// False where there is none.
  bool remove(const Pattern& pattern, const Owner& owner);
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// The owners of those that match, each once, ascending.
  [[nodiscard]] std::vector<Owner> match(std::string_view name) const;

 private:
  using Owners = std::vector<Owner>;
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> next;  ///< by token, "*" for any
    Owners ends;                                                     ///< patterns that end here
    Owners all_the_rest;                                             ///< … or with a '>' after this

    [[nodiscard]] bool is_empty() const { return next.empty() && ends.empty() && all_the_rest.empty(); }
  };

  static bool erase(Owners& owners, const Owner& owner);
  static void match(const Node& node, SubjectTokens left, Owners& found);
  void match_prefixes(std::string_view name, Owners& found) const;
  void add_tokens(const Pattern& pattern, const Owner& owner);
  static bool remove_tokens(Node& node, SubjectTokens left, const Owner& owner);
  bool remove_prefix(const Pattern& pattern, const Owner& owner);

  Node root_;
  std::map<std::string, Owners, std::less<>> prefixes_;
  std::array<std::size_t, kSubjectBytesMax + 1> prefixes_by_length_{};
  std::size_t size_ = 0;
};

template <typename Owner>
void PatternIndex<Owner>::add(const Pattern& pattern, const Owner& owner) {
  ++size_;
  if (pattern.kind() != Pattern::Kind::prefix) return add_tokens(pattern, owner);
  Owners& owners = prefixes_[pattern.text()];
  if (owners.empty()) ++prefixes_by_length_[pattern.text().size()];
  owners.push_back(owner);
}

template <typename Owner>
void PatternIndex<Owner>::add_tokens(const Pattern& pattern, const Owner& owner) {
  Node* node = &root_;
  SubjectTokens tokens{pattern.text()};
  while (const auto token = tokens.next()) {
    if (*token == kAllTheRest) return node->all_the_rest.push_back(owner);
    auto at = node->next.find(*token);
    if (at == node->next.end()) at = node->next.emplace(*token, std::make_unique<Node>()).first;
    node = at->second.get();
  }
  node->ends.push_back(owner);
}

template <typename Owner>
bool PatternIndex<Owner>::erase(Owners& owners, const Owner& owner) {
  const auto at = std::find(owners.begin(), owners.end(), owner);
  if (at == owners.end()) return false;
  owners.erase(at);
  return true;
}

template <typename Owner>
bool PatternIndex<Owner>::remove(const Pattern& pattern, const Owner& owner) {
  const bool is_prefix = pattern.kind() == Pattern::Kind::prefix;
  const bool removed =
      is_prefix ? remove_prefix(pattern, owner) : remove_tokens(root_, SubjectTokens{pattern.text()}, owner);
  if (removed) --size_;
  return removed;
}

template <typename Owner>
bool PatternIndex<Owner>::remove_prefix(const Pattern& pattern, const Owner& owner) {
  const auto at = prefixes_.find(pattern.text());
  if (at == prefixes_.end() || !erase(at->second, owner)) return false;
  if (!at->second.empty()) return true;
  --prefixes_by_length_[pattern.text().size()];
  prefixes_.erase(at);
  return true;
}

template <typename Owner>
bool PatternIndex<Owner>::remove_tokens(Node& node, SubjectTokens left, const Owner& owner) {
  const auto token = left.next();
  if (!token) return erase(node.ends, owner);
  if (*token == kAllTheRest) return erase(node.all_the_rest, owner);
  const auto at = node.next.find(*token);
  if (at == node.next.end() || !remove_tokens(*at->second, left, owner)) return false;
  if (at->second->is_empty()) node.next.erase(at);
  return true;
}

template <typename Owner>
std::vector<Owner> PatternIndex<Owner>::match(std::string_view name) const {
  Owners found;
  if (empty()) return found;
  match(root_, SubjectTokens{name}, found);
  match_prefixes(name, found);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

template <typename Owner>
void PatternIndex<Owner>::match(const Node& node, SubjectTokens left, Owners& found) {
  const auto token = left.next();
  if (!token) {
    found.insert(found.end(), node.ends.begin(), node.ends.end());
    return;
  }
  found.insert(found.end(), node.all_the_rest.begin(), node.all_the_rest.end());
  for (const std::string_view step : {*token, kAnyToken}) {
    const auto at = node.next.find(step);
    if (at != node.next.end()) match(*at->second, left, found);
  }
}

template <typename Owner>
void PatternIndex<Owner>::match_prefixes(std::string_view name, Owners& found) const {
  for (std::size_t length = 0; length <= std::min(name.size(), kSubjectBytesMax); ++length) {
    if (prefixes_by_length_[length] == 0) continue;
    const auto at = prefixes_.find(name.substr(0, length));
    if (at != prefixes_.end()) found.insert(found.end(), at->second.begin(), at->second.end());
  }
}

}  // namespace hawser
