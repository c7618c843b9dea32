#include "broker/cli/doctor_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "hawser/text.hpp"

namespace hawser::cli {
namespace {

using Json = nlohmann::ordered_json;
using Verdict = Finding::Verdict;

constexpr std::size_t kVerdictWidth = 10;

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good: return "good";
    case Verdict::fallback: return "fallback";
    case Verdict::broken: break;
  }
  return "broken";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

const char* in_words(Verdict worst) {
  switch (worst) {
    case Verdict::good: return "All is well.";
    case Verdict::fallback: return "Hawser works here, by the detours above.";
    case Verdict::broken: break;
  }
  return "Hawser does not work here until what is broken is repaired.";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::string doctor_text(const std::vector<Finding>& findings) {
  std::size_t check_width = 0;
  for (const Finding& finding : findings) check_width = std::max(check_width, finding.check.size() + 2);
  const std::string margin(kVerdictWidth + check_width, ' ');
  std::string text;
  for (const Finding& finding : findings) {
    text += padded(name_of(finding.verdict), kVerdictWidth) + padded(finding.check, check_width) + finding.what + "\n";
    if (!finding.advice.empty()) text += margin + "to do: " + finding.advice + "\n";
    if (!finding.fallback.empty()) text += margin + "until then: " + finding.fallback + "\n";
  }
  return for_terminal(text + in_words(worst_of(findings)) + "\n");
}

std::string doctor_json(const std::vector<Finding>& findings, const std::string& domain, const std::string& interface) {
  Json checks = Json::array();
  for (const Finding& finding : findings) {
    Json figures = Json::object();
    for (const auto& [name, value] : finding.figures) figures[name] = value;
    checks.push_back({{"check", finding.check},
                      {"verdict", name_of(finding.verdict)},
                      {"what", finding.what},
                      {"advice", text_or_null(finding.advice)},
                      {"fallback", text_or_null(finding.fallback)},
                      {"figures", std::move(figures)}});
  }
  const Json all{{"domain", domain},
                 {"interface", interface},
                 {"verdict", name_of(worst_of(findings))},
                 {"checks", std::move(checks)}};
  return all.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace hawser::cli
