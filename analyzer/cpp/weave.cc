#include "analyzer/cpp/weave.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "analyzer/cpp/literal.h"
#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::cpp {
namespace {

using project::Migration;
using project::RunTimePart;
using project::Script;

/// The parameters of a statement, which PostgreSQL's grammar knows as `$1` alone: the offsets of
/// each, with how long it is. Belay's own functions take `?`, other libraries also `:name`.
std::map<uint32_t, uint32_t> parameters_in(std::string_view sql) {
  std::map<uint32_t, uint32_t> out;
  Lexer lexer(sql, Engine::kSqlite);  // reads `?` and `:name` as parameters
  uint32_t last_end = 0;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const std::string_view text = token.range.of(sql);
    const bool is_cast = token.range.begin > 0 && sql[token.range.begin - 1] == ':';
    const bool named = text.size() > 1 && text[0] == ':' && !is_cast;
    if (token.is(TokenKind::kParameter) && (text[0] == '?' || named) &&
        (token.range.begin != last_end || text[0] == ':')) {
      out.emplace(token.range.begin, token.range.size());
    }
    if (token.is(TokenKind::kOperator)) last_end = token.range.end;  // `?` in `@?` is an operator
  }
  return out;
}

belay::Place place_in(const Reading& reading, const Place& place) {
  return {place.file < reading.files.size() ? reading.files[place.file] : std::string(),
          place.range};
}

/// Puts the texts of one method together.
class Weaver {
 public:
  Weaver(const Reading& reading, Engine engine, std::string_view source, Place anchor)
      : reading_(reading), engine_(engine), source_(source), anchor_(anchor) {}

  /// A comment of the source, as one of SQL.
  void add_comment(ByteRange comment, bool for_whole_script) {
    const std::string_view written = comment.of(source_);
    const size_t directive = written.find("belay:");
    if (directive == std::string_view::npos) return;
    std::string_view body = written.substr(directive);
    if (written.starts_with("/*") && body.ends_with("*/")) body.remove_suffix(2);
    body = body.substr(0, body.find('\n'));
    text_ += "-- ";
    constexpr std::string_view kStatement = "belay:ignore ";
    const auto begin = static_cast<uint32_t>(text_.size());
    if (for_whole_script && body.starts_with(kStatement)) {
      text_ += "belay:ignore-file ";
      body.remove_prefix(kStatement.size());
    }
    text_ += ascii::trim(body);
    pieces_.push_back({{begin, size()}, 0, comment});
    text_ += '\n';
  }

  void add(const SqlText& sql) {
    const uint32_t begin = size();
    // PostgreSQL's own libraries number theirs, and `?` is an operator there.
    const bool numbered =
        engine_ == Engine::kPostgres && sql.has_parameters && sql.library != Engine::kPostgres;
    const std::map<uint32_t, uint32_t> parameters =
        numbered ? parameters_in(sql.text) : std::map<uint32_t, uint32_t>();
    std::vector<uint32_t> woven(sql.text.size() + 1);  // where each byte has come to stand
    int number = 0;
    for (uint32_t i = 0; i < sql.text.size();) {
      const auto parameter = parameters.find(i);
      const bool is_hole = std::any_of(sql.holes.begin(), sql.holes.end(),
                                       [&](const Hole& h) { return h.range.contains(i); });
      if (parameter != parameters.end() && !is_hole) {
        const uint32_t at = size();
        text_ += "$" + std::to_string(++number);
        const uint32_t end = i + parameter->second;
        pieces_.push_back({{at, size()},
                           sql.places[i].file,
                           {sql.places[i].range.begin, sql.places[end - 1].range.end}});
        for (; i < end; ++i) woven[i] = at;
        continue;
      }
      woven[i] = size();
      add_byte(is_hole && engine_ == Engine::kPostgres ? '0' : sql.text[i], sql.places[i]);
      ++i;
    }
    woven[sql.text.size()] = size();
    for (const Hole& hole : sql.holes) {
      run_time_.push_back({{woven[hole.range.begin], woven[hole.range.end]},
                           hole.reason,
                           false,
                           place_in(reading_, hole.expression),
                           hole.harmless,
                           hole.from_source});
    }
    if (sql.conditional) {
      run_time_.push_back({{begin, size()},
                           "it runs only where a condition holds",
                           true,
                           place_in(reading_, sql.call),
                           true,
                           true});
    }
    text_ += "\n;\n";
    parts_.push_back({{begin, size()}, sql.call.file, sql.call.range, sql.has_parameters});
  }

  Script finish(std::string path, Woven& out) && {
    Script script;
    script.path = std::move(path);
    script.range = {0, size()};
    script.transaction = project::TransactionHabit::kPerScript;
    std::sort(run_time_.begin(), run_time_.end(),
              [](const RunTimePart& a, const RunTimePart& b) { return a.range < b.range; });
    script.run_time = std::move(run_time_);
    script.sources = std::make_shared<const SourceMap>(place_in(reading_, anchor_), reading_.files,
                                                       std::move(pieces_), std::move(parts_));
    out.texts[script.path] = std::move(text_);
    return script;
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }

  void add_byte(char c, const Place& place) {
    const uint32_t at = size();
    text_ += c;
    if (!pieces_.empty() && pieces_.back().text.end == at && pieces_.back().file == place.file) {
      SourceMap::Piece& last = pieces_.back();
      const bool goes_on =
          last.is_byte_by_byte() && place.range.size() == 1 && place.range.begin == last.source.end;
      const bool same = last.as_whole && place.range == last.source;
      if (goes_on || same) {
        ++last.text.end;
        if (goes_on) ++last.source.end;
        return;
      }
    }
    pieces_.push_back({{at, at + 1}, place.file, place.range, place.range.size() != 1});
  }

  const Reading& reading_;
  Engine engine_;
  std::string_view source_;
  Place anchor_;
  std::string text_;
  std::vector<SourceMap::Piece> pieces_;
  std::vector<SourceMap::Part> parts_;
  std::vector<RunTimePart> run_time_;
};

/// Comments of the source that speak to Belay.
std::vector<ByteRange> directives_of(std::string_view source) {
  if (source.find("belay:") == std::string_view::npos) return {};
  std::vector<ByteRange> out = comments_of(source);
  std::erase_if(out, [&](ByteRange comment) {
    return comment.of(source).find("belay:ignore") == std::string_view::npos;
  });
  return out;
}

const std::vector<SqlText>* on_engine(const std::vector<MethodSql>& methods, Engine engine) {
  for (const MethodSql& method : methods) {
    if (method.engine == engine) return &method.texts;
  }
  return nullptr;
}

/// Which of a source's comments to Belay belongs to what: to the call or name that it stands in,
/// behind on its line, or before.
class Comments {
 public:
  Comments(const Reading& reading, std::string_view source) {
    const std::vector<ByteRange> directives = directives_of(source);
    if (directives.empty()) return;
    collect(reading);
    for (const ByteRange comment : directives) {
      if (comment.of(source).find("belay:ignore-file") != std::string_view::npos) {
        file_wide_.push_back(comment);
      } else if (const auto owner = owner_of(comment, source)) {
        owned_[*owner].push_back(comment);
      }
    }
  }

  const std::vector<ByteRange>& file_wide() const { return file_wide_; }
  std::vector<ByteRange> of(const Place& what) const {
    const auto found = owned_.find(what.range);
    return what.file != 0 || found == owned_.end() ? std::vector<ByteRange>() : found->second;
  }

 private:
  void collect(const Reading& reading) {
    for (const MigrationReading& read : reading.migrations) {
      const MigrationClass& m = read.migration;
      for (const Place* name : {&m.place, &m.up, &m.down, &m.version_method, &m.backup_method}) {
        add(*name);
      }
      if (m.down_throws) add(*m.down_throws);
      add_calls(read.up);
      add_calls(read.down);
    }
    for (const FunctionReading& read : reading.functions) {
      add(read.place);
      add_calls(read.sql);
    }
  }

  void add_calls(const std::vector<MethodSql>& methods) {
    for (const MethodSql& method : methods) {
      for (const SqlText& text : method.texts) add(text.call);
    }
  }

  void add(const Place& place) {
    if (place.file == 0 && !place.range.empty()) places_.insert(place.range);
  }

  std::optional<ByteRange> owner_of(ByteRange comment, std::string_view source) const {
    const auto next = std::find_if(places_.begin(), places_.end(),
                                   [&](ByteRange r) { return r.begin > comment.begin; });
    for (auto before = next; before != places_.begin();) {
      --before;
      if (comment.begin <= std::min(source.find('\n', before->end), source.size())) return *before;
    }
    if (next == places_.end()) return std::nullopt;
    return *next;
  }

  std::set<ByteRange> places_;
  std::vector<ByteRange> file_wide_;
  std::map<ByteRange, std::vector<ByteRange>> owned_;
};

std::shared_ptr<const project::ClassDeclaration> declaration_of(const Reading& reading,
                                                                const MigrationClass& migration) {
  const auto place = [&](const Place& at) { return place_in(reading, at); };
  auto out = std::make_shared<project::ClassDeclaration>();
  out->name = migration.name;
  out->place = place(migration.place);
  out->is_ours = migration.is_ours;
  if (migration.version) out->version = place(migration.version->place);
  if (!migration.version_method.range.empty()) {
    out->version_method = place(migration.version_method);
  }
  for (const Declared& one : migration.dependencies) {
    out->dependencies.push_back({one.value, place(one.place)});
  }
  out->declares_reversible = migration.declares_reversible;
  out->registered = migration.registered;
  out->backup_required = migration.backup_required;
  if (migration.up_definition) out->up_definition = place(*migration.up_definition);
  if (migration.base) out->base = place(*migration.base);
  out->backup_method = place(migration.backup_method);
  if (migration.down_throws) out->down_throws = place(*migration.down_throws);
  return out;
}

/// Weaves the classes and functions of one source.
class SourceWeaver {
 public:
  SourceWeaver(const Reading& reading, Engine engine, std::string_view source)
      : reading_(reading), engine_(engine), source_(source), comments_(reading, source) {}

  void add(const MigrationReading& read) {
    const MigrationClass& declared = read.migration;
    Migration& migration = out_.migrations.emplace_back();
    migration.version = declared.version ? declared.version->value : std::string();
    migration.name = declared.description
                         ? ascii::lower(ascii::slug(declared.description->value, '_'))
                         : declared.name;
    migration.id =
        migration.version.empty() ? declared.name : migration.version + "_" + migration.name;
    migration.up = method(
        declared, read.up, declared.up,
        {declared.place, declared.version_method, declared.backup_method, declared.up}, "up");
    if (declared.has_down) {
      migration.down =
          method(declared, read.down, declared.down,
                 {declared.place, declared.down, declared.down_throws.value_or(Place{})}, "down");
    }
    migration.one_way = declared.is_ours && !declared.has_down;
    migration.declaration = declaration_of(reading_, declared);
  }

  void add(const FunctionReading& function) {
    const std::vector<SqlText>* texts = on_engine(function.sql, engine_);
    if (texts == nullptr) return;
    std::vector<SqlText> ours;
    std::copy_if(texts->begin(), texts->end(), std::back_inserter(ours),
                 [&](const SqlText& text) { return !text.library || *text.library == engine_; });
    if (ours.empty()) return;
    Migration& migration = out_.migrations.emplace_back();
    migration.name = function.name;
    migration.id = function.name + " in " + std::string(path::file_name(reading_.files.front()));
    migration.kind = Migration::Kind::kOutside;
    migration.one_way = true;
    const std::string name = function.name + "@" + std::to_string(function.place.range.begin);
    migration.up = script(ours, function.place, {function.place}, path_of(name, "run"));
    migration.up->transaction = project::TransactionHabit::kUnknown;
  }

  Woven finish() && { return std::move(out_); }

 private:
  using Names = std::initializer_list<Place>;

  std::optional<Script> method(const MigrationClass& declared,
                               const std::vector<MethodSql>& methods, const Place& name,
                               Names names, std::string_view what) {
    const std::vector<SqlText>* texts = on_engine(methods, engine_);
    if (texts == nullptr) return std::nullopt;
    Script out = script(*texts, name.range.empty() ? declared.place : name, names,
                        path_of(declared.name, what));
    if (declared.in_transaction == false) out.transaction = project::TransactionHabit::kNone;
    return out;
  }

  /// The texts with the comments to their calls, behind those to all of them: to the whole file,
  /// or to one of `names`.
  Script script(const std::vector<SqlText>& texts, const Place& anchor, Names names,
                std::string path) {
    Weaver weaver(reading_, engine_, source_, anchor);
    for (const ByteRange comment : comments_.file_wide()) weaver.add_comment(comment, true);
    for (const Place& name : names) {
      for (const ByteRange comment : comments_.of(name)) weaver.add_comment(comment, true);
    }
    for (const SqlText& text : texts) {
      for (const ByteRange comment : comments_.of(text.call)) weaver.add_comment(comment, false);
      weaver.add(text);
    }
    return std::move(weaver).finish(std::move(path), out_);
  }

  std::string path_of(const std::string& name, std::string_view what) const {
    return reading_.files.front() + "#" + name + "." + std::string(what) + "." +
           std::string(engine_name(engine_));
  }

  const Reading& reading_;
  Engine engine_;
  std::string_view source_;
  Comments comments_;
  Woven out_;
};

}  // namespace

Woven weave(const Reading& reading, Engine engine, std::string_view source) {
  SourceWeaver weaver(reading, engine, source);
  for (const MigrationReading& migration : reading.migrations) weaver.add(migration);
  for (const FunctionReading& function : reading.functions) weaver.add(function);
  return std::move(weaver).finish();
}

}  // namespace belay::cpp
