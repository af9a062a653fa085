#pragma once

#include <cstdint>
#include <string>

#include <belay/migration.h>
#include <belay/report.h>
#include <belay/url.h>

namespace belay::runtime {

/// What has become of a migration's text since it was applied.
enum class TextChange : uint8_t {
  kNone,
  kComments,    ///< its statements are the same, token for token
  kStatements,  ///< other statements; or it cannot be told, because an older Belay applied it
};

/// Compares an applied migration with its text of now. Takes the checksums of older versions too.
TextChange text_change(const LedgerEntry& entry, const MigrationScript& migration, Engine engine);

/// The checksum as the first versions made it, which counted white space at the ends of lines.
std::string first_form_checksum(const Script& script);

}  // namespace belay::runtime
