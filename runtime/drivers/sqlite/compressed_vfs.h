#pragma once

#include <string>

#include <belay/result.h>

namespace belay::runtime::sqlite {

/// The URI by which SQLite reads the database that a compressed file holds, for reading alone.
/// Whatever part it asks for is decompressed in memory.
Result<std::string> compressed_uri(const std::string& path);

}  // namespace belay::runtime::sqlite
