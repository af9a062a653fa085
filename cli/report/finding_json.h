#pragma once

#include <nlohmann/json.hpp>

#include "analyzer/effects/effect.h"
#include "analyzer/text/document.h"

/// Pieces that more than one JSON output is made of.
namespace belay::cli {

/// Start and end with line and column from 1 (the column in characters) and offset in bytes from 0.
nlohmann::ordered_json range_json(const Document& document, ByteRange range);
nlohmann::ordered_json effect_json(const effects::Effect& effect);

}  // namespace belay::cli
