// Nodes that agree on views, without a network: whose proposal is heard by whom is each test's affair.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string_view>

#include "tests/unit/transport_helpers.hpp"
#include "transport/membership/view_agreement.hpp"

namespace hawser::transport_test {

/// One node's agreement, and what it has said so far.
class Voter {
 public:
  explicit Voter(char name) : self_(node_id(name)), agreement_(self_) {}

  void target(std::string_view names) { note(agreement_.on_target(node_ids(names), kStart)); }
  void hear(const Voter& other) { note(agreement_.on_proposal(other.self_, other.proposal(), kStart)); }
  void hear(char from, const wire::Proposal& proposal) {
    note(agreement_.on_proposal(node_id(from), proposal, kStart));
  }
  void restart() { note(agreement_.restart(kStart)); }
  void install(const View& installed) { note(agreement_.on_installed(installed, kStart)); }
  void forget(char name) { agreement_.forget(node_id(name)); }

  [[nodiscard]] wire::Proposal proposal() const { return agreement_.word().value(); }
  ViewAgreement& agreement() { return agreement_; }
  /// The view handed out and not taken back.
  std::optional<View> view;
  int start_changes = 0;
  int withdrawn = 0;

 private:
  void note(const MembershipEvents& events) {
    if (events.start_change) {
      ++start_changes;
      EXPECT_EQ(*events.start_change, proposal().start_id);
    }
    if (events.view_withdrawn) {
      ++withdrawn;
      view.reset();
    }
    if (events.view) view = events.view;
  }
  NodeId self_;
  ViewAgreement agreement_;
};

class ViewAgreementTest : public testing::Test {
 protected:
  /// Everybody in `names` hears everybody's latest proposal once.
  void round(std::string_view names) {
    std::map<char, Voter> said = voters_;
    for (const char to : names) {
      for (const char from : names) {
        if (from != to) voters_.at(to).hear(said.at(from));
      }
    }
  }
  void target(std::string_view names) {
    for (const char name : names) voters_.at(name).target(names);
  }
  /// All of `names` agree on a view and install it.
  View settle(std::string_view names) {
    target(names);
    round(names);
    if (!voters_.at(names.front()).view) round(names);  // From different views it takes a second one.
    const View view = voters_.at(names.front()).view.value();
    for (const char name : names) {
      EXPECT_EQ(voters_.at(name).view, view);
      voters_.at(name).install(view);
      voters_.at(name).view.reset();
    }
    return view;
  }
  Voter& a_() { return voters_.at('A'); }
  Voter& b_() { return voters_.at('B'); }
  Voter& c_() { return voters_.at('C'); }

  std::map<char, Voter> voters_{
      {'A', Voter('A')}, {'B', Voter('B')}, {'C', Voter('C')}, {'D', Voter('D')}, {'E', Voter('E')}};
};

}  // namespace hawser::transport_test
