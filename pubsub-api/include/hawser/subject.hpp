// check_topic() and Pattern: names of topics, and patterns that stand for many of them.
#pragma once

#include "lwg/subject.hpp"  // IWYU pragma: export
