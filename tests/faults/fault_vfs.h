#pragma once

namespace belay::testing {

/// Puts a layer between SQLite and the file system of this process through which all that SQLite
/// writes passes the fault points of the runtime, too. For the whole process, once.
void install_fault_vfs();

}  // namespace belay::testing
