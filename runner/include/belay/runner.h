#pragma once

namespace belay {

/// The whole of a program that holds C++ migrations: the commands of a session for people, and the
/// protocol through which `belay` asks it. Returns what main() returns. `belay_add_migrations` of the
/// CMake package makes a program of it; a program of your own may call it in its main().
int run_migrations(int argc, const char* const* argv);

}  // namespace belay
