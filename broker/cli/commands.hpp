// The commands. Each prints its own errors and returns the exit code.
#pragma once

#include "broker/cli/arguments.hpp"

namespace hawser::cli {

int run_pub(const PubArguments& arguments);
int run_sub(const SubArguments& arguments);
int run_inspect(const InspectArguments& arguments);
int run_doctor(const DoctorArguments& arguments);
int run_store(const StoreArguments& arguments);

}  // namespace hawser::cli
