#pragma once

#include <string>

/// For the application whose database is migrated: whether to let requests through. Needs nothing
/// else of Belay.
namespace belay {

/// Whether a session is open, by its flag file (`maintenance_file` in belay.toml, or in
/// `SessionOptions`). It costs one call of `stat`, so that every request may ask; any thread may.
bool migration_in_progress(const std::string& flag_file) noexcept;

/// What the flag file says, as JSON: `session`, `since`, `database` (without password), `what`;
/// empty where no session is open.
std::string migration_flag(const std::string& flag_file);

}  // namespace belay
