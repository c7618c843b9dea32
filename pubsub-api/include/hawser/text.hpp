// Topics, keys and payloads are bytes: how they are written where only text will do, in JSON and on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace hawser {

/// Whether `bytes` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// RFC 4648, section 4, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

/// A field of a JSON object, both parts UTF-8.
struct JsonField {
  std::string name;
  std::string text;
};
/// The bytes themselves under `name`; where they are not UTF-8, their base64 under `name`_base64.
[[nodiscard]] JsonField json_field(std::string_view name, std::string_view bytes);

/// Control characters but tab and line end as \xNN: a message must not steer the terminal of whoever reads it.
[[nodiscard]] std::string for_terminal(std::string_view text);

}  // namespace hawser
