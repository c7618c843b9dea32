#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "broker/cli/doctor_text.hpp"
#include "pubsub-api/src/doctor/judge.hpp"

namespace hawser {
namespace {

using Verdict = Finding::Verdict;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

HostFacts healthy() {
  HostFacts facts;
  facts.interface = NetworkInterface{.name = "eth0", .mtu_bytes = 1500, .up = true, .has_link = true};
  facts.memberships_max = 20;
  facts.descriptors_max = 1024;
  facts.descriptors_hard_max = 4096;
  facts.receive_buffer_asked = 8 << 20;
  facts.receive_buffer_granted = 16 << 20;
  facts.receive_buffer_unprivileged = 16 << 20;
  facts.receive_buffer_max = 8 << 20;
  facts.clock_source = "tsc";
  facts.clock_reading = 25ns;
  facts.today = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1};
  return facts;
}

Finding finding_of(const HostFacts& facts, const std::string& check) {
  for (const Finding& finding : judge(facts)) {
    if (finding.check == check) return finding;
  }
  ADD_FAILURE() << "no check " << check;
  return {};
}

/// What is not good has advice, and a fallback or none as its verdict says.
void expect_verdict(const HostFacts& facts, const std::string& check, Verdict verdict) {
  const Finding finding = finding_of(facts, check);
  EXPECT_EQ(finding.verdict, verdict) << check << ": " << finding.what;
  EXPECT_EQ(finding.advice.empty(), verdict == Verdict::good);
  EXPECT_EQ(finding.fallback.empty(), verdict != Verdict::fallback);
  for (const Finding& other : judge(facts)) {
    EXPECT_TRUE(other.check == check || other.verdict == Verdict::good) << other.check;
  }
  EXPECT_EQ(worst_of(judge(facts)), verdict);
}

TEST(DoctorJudge, AHealthyMachineIsGood) { expect_verdict(healthy(), "interface", Verdict::good); }

TEST(DoctorJudge, AnInterfaceThatIsNotThereIsBrokenAndNothingOfItIsLookedAt) {
  HostFacts facts = healthy();
  facts.interface = Error{Errc::invalid_argument, "'eth9' is no interface; this machine has lo"};
  expect_verdict(facts, "interface", Verdict::broken);
  for (const Finding& finding : judge(facts)) EXPECT_TRUE(finding.check != "mtu" && finding.check != "multicast");
}

TEST(DoctorJudge, AnInterfaceWithoutALinkServesThisHost) {
  HostFacts facts = healthy();
  facts.interface->has_link = false;
  expect_verdict(facts, "interface", Verdict::fallback);
}

TEST(DoctorJudge, WithoutMulticastThereIsUnicast) {
  HostFacts facts = healthy();
  facts.multicast = Error{Errc::timeout, "was not heard"};
  expect_verdict(facts, "multicast", Verdict::fallback);
  EXPECT_THAT(finding_of(facts, "multicast").fallback, HasSubstr("unicast"));
  facts = healthy();
  facts.memberships_max = 0;
  expect_verdict(facts, "groups", Verdict::fallback);
}

TEST(DoctorJudge, FewDescriptorsDoForFewGroupsAndVeryFewForNothing) {
  HostFacts facts = healthy();
  facts.descriptors_max = kDescriptorsWanted - 1;
  expect_verdict(facts, "descriptors", Verdict::fallback);
  facts.descriptors_max = kDescriptorsNeeded - 1;
  expect_verdict(facts, "descriptors", Verdict::broken);
  facts.descriptors_hard_max = facts.descriptors_max;
  EXPECT_THAT(finding_of(facts, "descriptors").advice, HasSubstr("as root"));
}

TEST(DoctorJudge, ASmallReceiveBufferIsSlowerAndNoneIsBroken) {
  HostFacts facts = healthy();
  const auto grant = [&facts](std::size_t bytes) {
    facts.receive_buffer_granted = facts.receive_buffer_unprivileged = bytes;
  };
  grant(facts.receive_buffer_asked);
  expect_verdict(facts, "receive_buffer", Verdict::fallback);
  grant(425984);
  expect_verdict(facts, "receive_buffer", Verdict::fallback);
  EXPECT_THAT(finding_of(facts, "receive_buffer").advice, HasSubstr("net.core.rmem_max=8388608"));
  EXPECT_THAT(finding_of(facts, "receive_buffer").what, Not(HasSubstr("privileges")));
  grant(0);
  expect_verdict(facts, "receive_buffer", Verdict::broken);
}

TEST(DoctorJudge, AReceiveBufferThatOnlyRootGetsIsNotGood) {
  HostFacts facts = healthy();
  facts.receive_buffer_unprivileged = 425984;
  expect_verdict(facts, "receive_buffer", Verdict::fallback);
  const std::string what = finding_of(facts, "receive_buffer").what;
  EXPECT_THAT(what, HasSubstr("425984 without privileges"));
  EXPECT_THAT(what, HasSubstr("16777216 with those"));
}

TEST(DoctorJudge, ShortPacketsMakeMorePiecesAndTooShortOnesAreBroken) {
  HostFacts facts = healthy();
  facts.interface->mtu_bytes = kMtuWanted - 1;
  expect_verdict(facts, "mtu", Verdict::fallback);
  facts.interface->mtu_bytes = kMtuNeeded - 1;
  expect_verdict(facts, "mtu", Verdict::broken);
}

TEST(DoctorJudge, ASlowClockCostsTimeAndOneThatGoesBackIsBroken) {
  HostFacts facts = healthy();
  facts.clock_source = "hpet";
  facts.clock_reading = 2us;
  expect_verdict(facts, "clock", Verdict::fallback);
  facts.clock_went_back = true;
  expect_verdict(facts, "clock", Verdict::broken);
}

TEST(DoctorJudge, ADateBeforeAnyReleaseOnlyDisturbsLogs) {
  HostFacts facts = healthy();
  facts.today = {};
  expect_verdict(facts, "date", Verdict::fallback);
}

TEST(DoctorDiagnose, NobodyIsGrantedMoreWithoutPrivilegesThanTheLimit) {
  const HostFacts facts = take_host_facts("doctor", "lo");
  ASSERT_TRUE(facts.receive_buffer_max);
  EXPECT_GT(facts.receive_buffer_unprivileged, 0U);
  EXPECT_LE(facts.receive_buffer_unprivileged, 2 * *facts.receive_buffer_max);
  EXPECT_GE(facts.receive_buffer_granted, facts.receive_buffer_unprivileged);
}

TEST(DoctorDiagnose, LoopbackWorksHere) {
  const auto findings = diagnose("doctor", "lo");
  EXPECT_NE(worst_of(findings), Verdict::broken);
  EXPECT_EQ(findings.size(), judge(healthy()).size());
}

TEST(DoctorText, SaysWhatToDoAndWhatHappensUntilThen) {
  HostFacts facts = healthy();
  EXPECT_THAT(cli::doctor_text(judge(facts)), HasSubstr("All is well."));
  EXPECT_THAT(cli::doctor_text(judge(facts)), Not(HasSubstr("to do:")));
  facts.receive_buffer_unprivileged = 425984;
  const std::string text = cli::doctor_text(judge(facts));
  EXPECT_THAT(text, HasSubstr("fallback  receive_buffer"));
  EXPECT_THAT(text, HasSubstr("to do: sysctl"));
  EXPECT_THAT(text, HasSubstr("until then: "));
}

/// All that stands in backquotes in the tables of DOCTOR.md.
std::set<std::string> documented() {
  std::ifstream file(HAWSER_SOURCE_DIR "/broker/DOCTOR.md");
  std::set<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("|")) continue;
    std::istringstream parts{line};
    std::string name;
    while (std::getline(parts, name, '`') && std::getline(parts, name, '`')) names.insert(name);
  }
  return names;
}

TEST(DoctorJson, HasTheDocumentedFieldsChecksAndFigures) {
  const auto json = nlohmann::json::parse(cli::doctor_json(judge(healthy()), "d", "eth0"));
  const auto names = documented();
  std::set<std::string> missing;
  const auto expect_documented = [&](const std::string& name) {
    if (!names.contains(name)) missing.insert(name);
  };
  for (const auto& [field, value] : json.items()) {
    if (field != "checks") expect_documented(field);
  }
  for (const auto& check : json["checks"]) {
    for (const auto& [field, value] : check.items()) expect_documented("checks[]." + field);
    expect_documented(check["check"]);
    for (const auto& [figure, value] : check["figures"].items()) expect_documented(figure);
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_EQ(json["verdict"], "good");
  EXPECT_TRUE(json["checks"][0]["advice"].is_null());
}

TEST(DoctorJson, HasAdviceAndTheDetourAsTexts) {
  HostFacts facts = healthy();
  facts.multicast = Error{Errc::timeout, "was not heard"};
  const auto json = nlohmann::json::parse(cli::doctor_json(judge(facts), "d", "eth0"));
  EXPECT_EQ(json["verdict"], "fallback");
  EXPECT_EQ(json["checks"][1]["what"], "was not heard");
  EXPECT_TRUE(json["checks"][1]["advice"].is_string());
  EXPECT_TRUE(json["checks"][1]["fallback"].is_string());
}

}  // namespace
}  // namespace hawser
