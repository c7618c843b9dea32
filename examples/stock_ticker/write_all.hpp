// write() until everything is out.
#pragma once

#include <string_view>

namespace ticker {

/// False where the other end is gone or the device is full; errno says which.
bool write_all(int fd, std::string_view bytes);

}  // namespace ticker
