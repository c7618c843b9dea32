#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "search.hpp"

namespace model {
namespace {

int run_one(int argc, char** argv) {
  Setting setting{.scenario = find_scenario(argv[1])};
  std::size_t states_max = 30'000'000;
  if (setting.scenario == nullptr) return 2;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("data=")) setting.data = std::atoi(word.c_str() + 5);
    else if (word.starts_with("crashes=")) setting.crashes = std::atoi(word.c_str() + 8);
    else if (word.starts_with("senders=") && word.size() == 11) setting.senders = {static_cast<Mask>(word[8] - '0'), static_cast<Mask>(word[10] - '0')};
    else if (word.starts_with("max=")) states_max = static_cast<std::size_t>(std::atoll(word.c_str() + 4));
    else if (word == "lazy-self") setting.lazy_self = true;
    else if (word == "parted") setting.parted = true;
    else {
      bool known = false;
      for (const auto& w : weaknesses()) if (w.name == word) { setting.weak |= w.weakness; known = true; }
      if (!known) { std::fprintf(stderr, "unknown: %s\n", word.c_str()); return 2; }
    }
  }
  const auto start = std::chrono::steady_clock::now();
  const Result result = search(Model(setting), states_max);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (int i = 1; i < argc; ++i) std::printf("%s ", argv[i]);
  std::printf(": %s%s, %zu states, %zu final, %.1f s\n", std::string(text_of(result.violation)).c_str(),
              result.complete ? "" : " (STOPPED)", result.states, result.finals, seconds);
  std::printf("%s", result.trace.c_str());
  return result.violation == Violation::none ? 0 : 1;
}

}  // namespace
}  // namespace model

int main(int argc, char** argv) { return model::run_one(argc, argv); }
