// Result, Status, Error and Errc: how the API reports what can go wrong.
#pragma once

#include "transport/core/result.hpp"  // IWYU pragma: export
