#include "analyzer/cpp/wire/wire.h"

#include <nlohmann/json.hpp>

#include "analyzer/text/utf8.h"

namespace belay::cpp::wire {
namespace {

using Json = nlohmann::json;

Json json_of(const Place& place) {
  return Json::array({place.file, place.range.begin, place.range.end});
}

Place place_from(const Json& json) {
  return {json.at(0).get<uint32_t>(), {json.at(1).get<uint32_t>(), json.at(2).get<uint32_t>()}};
}

/// Runs of bytes: how many, the file, where the first stands, and whether each stands behind the
/// one before it (1) or all at one place (0).
Json json_of(const std::vector<Place>& places) {
  Json out = Json::array();
  for (size_t i = 0; i < places.size();) {
    const Place& first = places[i];
    size_t end = i + 1;
    const bool same = end < places.size() && places[end] == first;
    for (; end < places.size() && places[end].file == first.file; ++end) {
      const ByteRange expected =
          same ? first.range : first.range.shifted(static_cast<uint32_t>(end - i));
      if (places[end].range != expected) break;
    }
    out.insert(out.end(), {end - i, first.file, first.range.begin, first.range.end, same ? 0 : 1});
    i = end;
  }
  return out;
}

std::vector<Place> places_from(const Json& json) {
  constexpr size_t kNumbers = 5;
  std::vector<Place> out;
  for (size_t i = 0; i + kNumbers <= json.size(); i += kNumbers) {
    const auto count = json.at(i).get<uint32_t>();
    const Place first{json.at(i + 1).get<uint32_t>(),
                      {json.at(i + 2).get<uint32_t>(), json.at(i + 3).get<uint32_t>()}};
    const uint32_t step = json.at(i + 4).get<uint32_t>();
    for (uint32_t n = 0; n < count; ++n) out.push_back({first.file, first.range.shifted(n * step)});
  }
  return out;
}

Engine engine_from(const Json& json) {
  return engine_from_name(json.get<std::string>()).value_or(Engine::kPostgres);
}

Json json_of(const std::optional<Engine>& engine) {
  return engine ? Json(engine_name(*engine)) : Json();
}

std::optional<Engine> optional_engine(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(engine_from(json));
}

/// What is no text cannot be sent as one, and is not SQL.
SqlText unreadable(const SqlText& text) {
  SqlText out;
  out.text = "?";
  out.places = {text.call};
  out.holes = {{{0, 1}, text.call, "it is not UTF-8", false, true}};
  out.call = text.call;
  out.conditional = text.conditional;
  out.library = text.library;
  return out;
}

Json json_of(const SqlText& text) {
  if (utf8::first_ill_formed(text.text)) return json_of(unreadable(text));
  Json holes = Json::array();
  for (const Hole& hole : text.holes) {
    holes.push_back({{"range", {hole.range.begin, hole.range.end}},
                     {"expression", json_of(hole.expression)},
                     {"reason", hole.reason},
                     {"harmless", hole.harmless},
                     {"from_source", hole.from_source}});
  }
  return {{"text", text.text},
          {"places", json_of(text.places)},
          {"holes", std::move(holes)},
          {"call", json_of(text.call)},
          {"conditional", text.conditional},
          {"parameters", text.has_parameters},
          {"library", json_of(text.library)}};
}

SqlText text_from(const Json& json) {
  SqlText out;
  out.text = json.at("text").get<std::string>();
  out.places = places_from(json.at("places"));
  for (const Json& hole : json.at("holes")) {
    out.holes.push_back(
        {{hole.at("range").at(0).get<uint32_t>(), hole.at("range").at(1).get<uint32_t>()},
         place_from(hole.at("expression")),
         hole.at("reason").get<std::string>(),
         hole.at("harmless").get<bool>(),
         hole.at("from_source").get<bool>()});
  }
  out.call = place_from(json.at("call"));
  out.conditional = json.at("conditional").get<bool>();
  out.has_parameters = json.at("parameters").get<bool>();
  out.library = optional_engine(json.at("library"));
  return out;
}

Json json_of(const std::vector<MethodSql>& methods) {
  Json out = Json::array();
  for (const MethodSql& method : methods) {
    Json texts = Json::array();
    for (const SqlText& text : method.texts) texts.push_back(json_of(text));
    out.push_back({{"engine", engine_name(method.engine)}, {"texts", std::move(texts)}});
  }
  return out;
}

std::vector<MethodSql> methods_from(const Json& json) {
  std::vector<MethodSql> out;
  for (const Json& method : json) {
    MethodSql& one = out.emplace_back();
    one.engine = engine_from(method.at("engine"));
    for (const Json& text : method.at("texts")) one.texts.push_back(text_from(text));
  }
  return out;
}

Json json_of(const Declared& declared) {
  return {{"value", declared.value}, {"place", json_of(declared.place)}};
}

Declared declared_from(const Json& json) {
  return {json.at("value").get<std::string>(), place_from(json.at("place"))};
}

template <class T>
Json json_of(const std::optional<T>& value) {
  return value ? json_of(*value) : Json();
}

template <class Read>
auto optional_from(const Json& json, Read read) -> std::optional<decltype(read(json))> {
  if (json.is_null()) return std::nullopt;
  return read(json);
}

Json json_of(const MigrationReading& reading) {
  const MigrationClass& m = reading.migration;
  Json dependencies = Json::array();
  for (const Declared& dependency : m.dependencies) dependencies.push_back(json_of(dependency));
  return {{"name", m.name},
          {"place", json_of(m.place)},
          {"ours", m.is_ours},
          {"version", json_of(m.version)},
          {"description", json_of(m.description)},
          {"dependencies", std::move(dependencies)},
          {"has_down", m.has_down},
          {"reversible", m.declares_reversible},
          {"registered", m.registered},
          {"backup", m.backup_required ? Json(*m.backup_required) : Json()},
          {"transaction", m.in_transaction ? Json(*m.in_transaction) : Json()},
          {"batched", m.batched},
          {"up", json_of(m.up)},
          {"down", json_of(m.down)},
          {"version_method", json_of(m.version_method)},
          {"backup_method", json_of(m.backup_method)},
          {"down_throws", json_of(m.down_throws)},
          {"up_definition", json_of(m.up_definition)},
          {"base", json_of(m.base)},
          {"up_sql", json_of(reading.up)},
          {"down_sql", json_of(reading.down)}};
}

MigrationReading migration_from(const Json& json) {
  MigrationReading out;
  MigrationClass& m = out.migration;
  m.name = json.at("name").get<std::string>();
  m.place = place_from(json.at("place"));
  m.is_ours = json.at("ours").get<bool>();
  m.version = optional_from(json.at("version"), declared_from);
  m.description = optional_from(json.at("description"), declared_from);
  for (const Json& one : json.at("dependencies")) m.dependencies.push_back(declared_from(one));
  m.has_down = json.at("has_down").get<bool>();
  m.declares_reversible = json.at("reversible").get<bool>();
  m.registered = json.at("registered").get<bool>();
  m.backup_required =
      optional_from(json.at("backup"), [](const Json& value) { return value.get<bool>(); });
  m.in_transaction =
      optional_from(json.at("transaction"), [](const Json& value) { return value.get<bool>(); });
  m.batched = json.at("batched").get<bool>();
  m.up = place_from(json.at("up"));
  m.down = place_from(json.at("down"));
  m.version_method = place_from(json.at("version_method"));
  m.backup_method = place_from(json.at("backup_method"));
  m.down_throws = optional_from(json.at("down_throws"), place_from);
  m.up_definition = optional_from(json.at("up_definition"), place_from);
  m.base = optional_from(json.at("base"), place_from);
  out.up = methods_from(json.at("up_sql"));
  out.down = methods_from(json.at("down_sql"));
  return out;
}

/// Texts of sources may hold anything.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class T, class Read>
Result<T> read_line(std::string_view line, const char* what, Read read) {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception& e) {
    return Error{std::string(what) + " cannot be understood: " + e.what(), "", ""};
  }
}

}  // namespace

std::string line_of(const Question& question) {
  const Request& request = question.request;
  Json engines = Json::array();
  for (const Engine engine : request.engines) engines.push_back(engine_name(engine));
  Json functions = Json::array();
  for (const SqlFunction& f : request.functions) {
    functions.push_back(
        Json::array({f.name, f.argument, json_of(f.library), static_cast<int>(f.values), f.keeps}));
  }
  Json shapes = Json::array();
  for (const ClassShape& shape : request.shapes) {
    shapes.push_back({{"base", shape.base}, {"up", shape.up}, {"down", shape.down}});
  }
  return dumped({{"path", request.path},
                 {"text", request.text ? Json(*request.text) : Json()},
                 {"arguments", request.arguments},
                 {"directory", request.directory},
                 {"engines", std::move(engines)},
                 {"functions", std::move(functions)},
                 {"shapes", std::move(shapes)},
                 {"outside_migrations", request.outside_migrations},
                 {"keep", question.keep}});
}

Result<Question> question_from(std::string_view line) {
  return read_line<Question>(line, "a question", [](const Json& json) {
    Question out;
    Request& request = out.request;
    request.path = json.at("path").get<std::string>();
    request.text =
        optional_from(json.at("text"), [](const Json& text) { return text.get<std::string>(); });
    request.arguments = json.at("arguments").get<std::vector<std::string>>();
    request.directory = json.at("directory").get<std::string>();
    for (const Json& engine : json.at("engines")) request.engines.push_back(engine_from(engine));
    request.functions.clear();
    for (const Json& f : json.at("functions")) {
      request.functions.push_back(
          {f.at(0).get<std::string>(), f.at(1).get<unsigned>(), optional_engine(f.at(2)),
           static_cast<SqlValues>(f.at(3).get<int>()), f.at(4).get<bool>()});
    }
    request.shapes.clear();
    for (const Json& shape : json.at("shapes")) {
      request.shapes.push_back({shape.at("base").get<std::string>(),
                                shape.at("up").get<std::vector<std::string>>(),
                                shape.at("down").get<std::vector<std::string>>()});
    }
    request.outside_migrations = json.at("outside_migrations").get<bool>();
    out.keep = json.at("keep").get<bool>();
    return out;
  });
}

std::string line_of(const Reading& reading) {
  Json migrations = Json::array();
  for (const MigrationReading& migration : reading.migrations) {
    migrations.push_back(json_of(migration));
  }
  Json functions = Json::array();
  for (const FunctionReading& function : reading.functions) {
    functions.push_back({{"name", function.name},
                         {"place", json_of(function.place)},
                         {"sql", json_of(function.sql)}});
  }
  return dumped({{"files", reading.files},
                 {"migrations", std::move(migrations)},
                 {"functions", std::move(functions)},
                 {"errors", reading.errors}});
}

Result<Reading> reading_from(std::string_view line) {
  return read_line<Reading>(line, "a reading", [](const Json& json) {
    Reading out;
    out.files = json.at("files").get<std::vector<std::string>>();
    for (const Json& one : json.at("migrations")) out.migrations.push_back(migration_from(one));
    for (const Json& one : json.at("functions")) {
      out.functions.push_back({one.at("name").get<std::string>(), place_from(one.at("place")),
                               methods_from(one.at("sql"))});
    }
    out.errors = json.at("errors").get<std::vector<std::string>>();
    return out;
  });
}

}  // namespace belay::cpp::wire
