// hawser doctor: is this machine fit for a bus?
#include "hawser/diagnosis.hpp"

#include <csignal>

#include "broker/cli/commands.hpp"
#include "broker/cli/complain.hpp"
#include "broker/cli/doctor_text.hpp"
#include "broker/cli/output.hpp"

namespace hawser::cli {

int run_doctor(const DoctorArguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // A reader that is gone is told by write().
  const auto findings = diagnose(arguments.domain, arguments.interface);
  Output output = Output::to_standard_output();
  const Status written = output.write(arguments.json ? doctor_json(findings, arguments.domain, arguments.interface)
                                                     : doctor_text(findings));
  const Status flushed = written ? output.flush() : written;
  if (!flushed && flushed.error().code != Errc::closed) return complain("doctor", flushed.error());
  return worst_of(findings) == Finding::Verdict::broken ? kExitFailure : kExitOk;
}

}  // namespace hawser::cli
