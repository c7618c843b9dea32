// UTF-8, base64, and text that is safe to show on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace hawser::cli {

/// Whether `bytes` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// RFC 4648, section 4, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

/// Control characters but tab and line end as \xNN: a message must not steer the terminal of whoever reads it.
[[nodiscard]] std::string for_terminal(std::string_view text);

}  // namespace hawser::cli
