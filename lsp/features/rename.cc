// A name is changed everywhere or not at all. What surely names the object is known
// (`names::History`). Whatever else looks like its name where the object is alive, in a query that
// could not be resolved, in the body of a routine, in a string that is cast to a name, may name it
// as well: then nothing is changed, and the place is told. In the end the history is replayed with
// the edits; names that the engine makes of the old one show up as statements that fail.

#include "lsp/features/rename.h"

#include <algorithm>
#include <map>
#include <set>

#include "analyzer/cpp/source_edit.h"
#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/schema/replay.h"
#include "analyzer/sql/quoted_name.h"
#include "analyzer/text/batch_mark.h"
#include "analyzer/text/lexer.h"
#include "lsp/features/completion/typed_statement.h"
#include "lsp/features/named_object.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

using names::Kind;
using names::Occurrence;
using names::Role;
using project::Direction;

Error refusal(std::string message) { return {std::move(message), "", ""}; }

std::string bare_name_of(const names::Object& object) {
  return object.part.empty() ? std::string(rollback::bare_name(object.key)) : object.part;
}

std::string version_of_migration(const project::Migration& migration) {
  return migration.version.empty() ? migration.id : migration.version;
}

/// One history in which the name is changed.
class Renaming {
 public:
  Renaming(const FeatureInput& input, const NamedObject& object, const SessionViews& sessions)
      : input_(input),
        set_(*object.view->set),
        view_(*object.view),
        history_(object.history),
        here_(object.here),
        name_(bare_name_of(object.here.mention.object)),
        engine_(set_.set->dialect.engine) {
    const auto known = sessions.find(set_.set->directory);
    if (known != sessions.end() && known->second.ledger_known) session_ = &known->second;
    for (const Occurrence* one : history_->of(here_.object)) {
      if (one->mention.object.kind == here_.mention.object.kind &&
          bare_name_of(one->mention.object) == name_) {
        named_.push_back(*one);
      }
    }
  }

  const std::string& name() const { return name_; }

  /// Why the name cannot be changed, whatever the new one is.
  std::optional<Error> obstacle() const {
    if (here_.mention.object.kind == Kind::kFunction) {
      return refusal("functions cannot be renamed here: calls of them in programs are not seen");
    }
    const Occurrence* given = giver();
    if (given == nullptr) return refusal("no migration gives `" + name_ + "` its name");
    const project::Migration& migration = set_.set->migrations[given->migration];
    if (session_ == nullptr && !migration.stands_in(input_.document.path)) {
      return refusal("`" + name_ + "` is named by " + migration.id +
                     ", and it is not known whether that is applied: rename it in that file, or "
                     "run Belay's Status first");
    }
    for (const Occurrence& one : named_) {
      const project::Migration& touched = set_.set->migrations[one.migration];
      if (session_ != nullptr && session_->is_applied(version_of_migration(touched))) {
        return refusal("`" + name_ + "` is named in " + touched.id +
                       ", which is applied: give it another name in a new migration");
      }
      if (std::optional<Error> hole = unwritten(one)) return hole;
    }
    return std::nullopt;
  }

  /// The edits of files, by path.
  Result<std::map<std::string, std::vector<TextEdit>>> edits(const std::string& new_name) {
    new_id_ = engine_ == Engine::kPostgres ? new_name : ascii::lower(new_name);
    if (std::optional<Error> error = bad_name(new_name)) return *error;
    if (std::optional<Error> taken = taken_name()) return *taken;
    written_ = written_name(new_name);
    for (const Occurrence& one : named_) {
      if (std::optional<Error> error = add_edit(one)) return *error;
    }
    if (std::optional<Error> unclear = look_at_scripts()) return *unclear;
    if (std::optional<Error> failure = replay_edited()) return *failure;
    return in_files();
  }

 private:
  using ScriptId = std::pair<uint32_t, Direction>;

  const AnalyzedScript& script(ScriptId id) const { return *set_.script(id.first, id.second); }
  const project::Script& location(ScriptId id) const {
    const project::Migration& migration = set_.set->migrations[id.first];
    return id.second == Direction::kUp ? *migration.up : *migration.down;
  }
  bool is_part() const {
    const Kind kind = here_.mention.object.kind;
    return kind == Kind::kColumn || kind == Kind::kConstraint;
  }

  /// Where the name was given first; null where it came from elsewhere.
  const Occurrence* giver() const {
    const auto first = std::min_element(
        named_.begin(), named_.end(), [](const Occurrence& a, const Occurrence& b) {
          return std::pair(a.migration, a.direction) < std::pair(b.migration, b.direction);
        });
    const bool gives = first != named_.end() &&
                       (first->mention.role == Role::kMakes || first->mention.role == Role::kNames);
    return gives ? &*first : nullptr;
  }

  std::string place_text(ScriptId id, ByteRange range) const {
    const Place place = location(id).place(range);
    const Document* text = text_of(input_, place.path);
    const uint32_t line = text == nullptr ? 0 : text->lines().line_of(place.range.begin) + 1;
    return place.path.substr(place.path.rfind('/') + 1) + ":" + std::to_string(line);
  }

  /// A name that a program puts together is not written anywhere.
  std::optional<Error> unwritten(const Occurrence& one) const {
    const ScriptId id = {one.migration, one.direction};
    for (const project::RunTimePart& part : location(id).run_time) {
      if (!part.range.overlaps(one.mention.range)) continue;
      if (part.is_condition) continue;
      return refusal("the program decides the name at " + place_text(id, one.mention.range));
    }
    return std::nullopt;
  }

  // --- the new name
  static std::optional<Error> bad_name(const std::string& name) {
    constexpr size_t kMostBytes = 63;
    if (ascii::trim(name).empty() || ascii::trim(name).size() != name.size()) {
      return refusal("a name has to begin and end with something other than a space");
    }
    if (name.size() > kMostBytes) return refusal("names have at most 63 bytes");
    const bool odd = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '`' || c == '\'' || c == '.';
    });
    if (odd) return refusal("a name holds no quotes, points and control characters");
    return std::nullopt;
  }

  std::string written_name(const std::string& name) const {
    if (engine_ != Engine::kPostgres && sql::quoted_name(engine_, new_id_) == new_id_) return name;
    return sql::quoted_name(engine_, name);
  }

  names::Object renamed(const names::Object& object) const {
    names::Object out = object;
    if (is_part()) {
      out.part = new_id_;
    } else {
      out.key = std::string(rollback::schema_of(object.key)) + "." + new_id_;
    }
    return out;
  }

  bool has(const schema::Schema& schema, const names::Object& object) const {
    const schema::Table* table = schema.table(std::string_view(object.key));
    switch (object.kind) {
      case Kind::kColumn: return table != nullptr && table->column(object.part) != nullptr;
      case Kind::kConstraint: return table != nullptr && table->constraint(object.part) != nullptr;
      default: return schema.has_relation(object.key) || schema.type_at(object.key) != nullptr;
    }
  }

  std::optional<Error> taken_name() const {
    std::set<names::Object> wanted;
    for (const Occurrence& one : named_) wanted.insert(renamed(one.mention.object));
    for (uint32_t i = 0; i < set_.migrations.size(); ++i) {
      const AnalyzedMigration& migration = *set_.migrations[i];
      for (const names::Object& object : wanted) {
        if (!has(migration.before, object) && !has(migration.after, object)) continue;
        return refusal("`" + new_id_ + "` is taken: it is there with " +
                       set_.set->migrations[i].id);
      }
    }
    for (const Occurrence& one : history_->all()) {
      if (!wanted.contains(one.mention.object)) continue;
      return refusal("`" + new_id_ + "` is taken: " +
                     place_text({one.migration, one.direction}, one.mention.range) + " names it");
    }
    return std::nullopt;
  }

  // --- edits of scripts
  std::optional<Error> add_edit(const Occurrence& one) {
    const ScriptId id = {one.migration, one.direction};
    return add_edit(id, one.mention.range);
  }

  std::optional<Error> add_edit(ScriptId id, ByteRange range) {
    const std::string_view text = script(id).document.text();
    if (!is_name(range.of(text))) {
      return refusal("the name at " + place_text(id, range) + " is not written as it is");
    }
    std::vector<TextEdit>& edits = edits_[id];
    const bool known = std::any_of(edits.begin(), edits.end(),
                                   [&](const TextEdit& edit) { return edit.range == range; });
    if (!known) edits.push_back({range, written_});
    return std::nullopt;
  }

  /// Whether a token is the old name.
  bool is_name(std::string_view written) const {
    if (written.empty()) return false;
    const bool quoted = written[0] == '"' || written[0] == '`' || written[0] == '[';
    const Token token = {quoted ? TokenKind::kQuotedName : TokenKind::kWord, {}};
    return folded_name(written, token, engine_) == name_;
  }

  // --- what else may name it
  std::optional<Error> look_at_scripts() {
    const uint32_t first = giver()->migration;
    std::map<ScriptId, std::vector<const Occurrence*>> mentioned;
    for (const Occurrence& one : history_->all()) {
      if (one.migration >= first) mentioned[{one.migration, one.direction}].push_back(&one);
    }
    for (uint32_t i = first; i < set_.migrations.size(); ++i) {
      for (const Direction direction : {Direction::kUp, Direction::kDown}) {
        if (set_.script(i, direction) == nullptr) continue;
        const ScriptId id = {i, direction};
        if (auto error = look_at(id, mentioned[id])) return error;
      }
    }
    return std::nullopt;
  }

  std::optional<Error> look_at(ScriptId id, const std::vector<const Occurrence*>& mentioned) {
    const AnalyzedScript& of = script(id);
    const std::string_view text = of.document.text();
    if (!ascii::contains_ignoring_case(text, name_)) return std::nullopt;
    for (const ByteRange comment : of.parsed->directives) {
      if (!is_batch_mark(comment.of(text)) || !holds_word(comment.of(text))) continue;
      if (auto error = look_at_batch_mark(id, comment)) return error;
    }
    const auto& statements = of.parsed->statements;
    for (uint32_t s = 0; s < statements.size(); ++s) {
      if (!holds_word(statements[s].range.of(text))) continue;
      if (auto error = look_at(id, s, mentioned)) return error;
    }
    return std::nullopt;
  }

  /// `-- belay:batch table=users key=id`.
  std::optional<Error> look_at_batch_mark(ScriptId id, ByteRange comment) {
    const std::string_view text = script(id).document.text();
    const std::string word = here_.mention.object.kind == Kind::kColumn ? "key=" : "table=";
    const size_t at = comment.of(text).find(word + name_);
    const size_t begin = comment.begin + at + word.size();
    const size_t end = begin + name_.size();
    const bool whole =
        at != std::string_view::npos && (end >= comment.end || ascii::is_space(text[end]));
    if (!whole) {
      return refusal("the comment at " + place_text(id, comment) + " may name `" + name_ + "`");
    }
    return add_edit(id, {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  bool holds_word(std::string_view text) const {
    for (size_t at = find_ignoring_case(text, 0); at != std::string_view::npos;
         at = find_ignoring_case(text, at + 1)) {
      const bool begins = at == 0 || !is_name_byte(text[at - 1]);
      const size_t end = at + name_.size();
      if (begins && (end >= text.size() || !is_name_byte(text[end]))) return true;
    }
    return false;
  }
  static bool is_name_byte(char c) { return ascii::is_word(c) || ascii::is_foreign(c); }
  size_t find_ignoring_case(std::string_view text, size_t from) const {
    for (size_t at = from; at + name_.size() <= text.size(); ++at) {
      if (ascii::equal_ignoring_case(text.substr(at, name_.size()), name_)) return at;
    }
    return std::string_view::npos;
  }

  /// The tables that have the column or constraint, or that are the object.
  bool concerns(const Occurrence& one) const {
    if (one.mention.object.kind != Kind::kRelation && one.mention.object.kind != Kind::kColumn) {
      return false;
    }
    const auto has_key = [&](const std::string& key) {
      return std::any_of(named_.begin(), named_.end(),
                         [&](const Occurrence& named) { return named.mention.object.key == key; });
    };
    if (has_key(one.mention.object.key)) return true;
    // What shows the table's columns as its own.
    const schema::View* view = set_.migrations[one.migration]->after.view(one.mention.object.key);
    if (view == nullptr) view = set_.migrations[one.migration]->before.view(one.mention.object.key);
    return view != nullptr && std::any_of(view->relations.begin(), view->relations.end(), has_key);
  }

  std::optional<Error> look_at(ScriptId id, uint32_t statement,
                               const std::vector<const Occurrence*>& mentioned) {
    const sql::ScriptStatement& s = script(id).parsed->statements[statement];
    std::set<ByteRange> known;
    bool concerned = s.parsed == nullptr || !s.parsed->problems.empty();
    bool names_anything = false;
    for (const Occurrence* one : mentioned) {
      if (one->mention.statement != statement) continue;
      names_anything = true;
      concerned = concerned || concerns(*one);
      // A view's column of that name shows the table's: it would have another name, too.
      const bool of_view = is_part() && one->object != here_.object && concerns(*one) &&
                           one->mention.object.part == name_;
      if (!of_view) known.insert(one->mention.range);
    }
    concerned = concerned || !names_anything;
    const std::string_view text = script(id).document.text().substr(0, s.range.end);
    Lexer lexer(text, engine_, s.range.begin);
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      if (known.contains(token.range)) continue;
      if (auto error = look_at(id, token, text, concerned)) return error;
    }
    return std::nullopt;
  }

  std::optional<Error> look_at(ScriptId id, const Token& token, std::string_view text,
                               bool concerned) {
    const std::string_view written = token.range.of(text);
    const bool is_string = token.is(TokenKind::kString) || token.is(TokenKind::kUnterminated);
    if (is_string) {
      // A body of a routine is read whole; a short string counts where it is the name.
      const bool is_body = written.starts_with('$') || written.find(' ') != std::string_view::npos;
      const bool counts =
          is_body ? holds_word(written) && !is_prose(id, token) : holds_word(written);
      if (!counts) return std::nullopt;
    } else {
      if (!token.is(TokenKind::kWord) && !token.is(TokenKind::kQuotedName)) return std::nullopt;
      if (!is_name(written)) return std::nullopt;
      const bool qualifies = token.range.end < text.size() && text[token.range.end] == '.';
      if (here_.mention.object.kind == Kind::kRelation && qualifies && concerned) {
        return add_edit(id, token.range);
      }
      if (is_part() && !concerned) return std::nullopt;
    }
    return refusal("`" + name_ + "` at " + place_text(id, token.range) +
                   " may mean the same, and that cannot be told: rename it by hand");
  }

  /// Whether strings in it may be SQL, or be read as names.
  static bool runs_texts(const sql::Operation& operation) {
    return operation.as<sql::CreateFunction>() != nullptr ||
           operation.as<sql::DoBlock>() != nullptr || operation.as<sql::Call>() != nullptr ||
           operation.as<sql::Select>() != nullptr || operation.as<sql::Unknown>() != nullptr;
  }

  /// A text for people: the string of a COMMENT, a value of an INSERT.
  bool is_prose(ScriptId id, const Token& token) const {
    if (token.range.of(script(id).document.text()).starts_with('$')) return false;
    for (const sql::ScriptStatement& s : script(id).parsed->statements) {
      if (!s.range.contains(token.range) || s.parsed == nullptr) continue;
      return std::none_of(s.parsed->operations.begin(), s.parsed->operations.end(), runs_texts);
    }
    return false;
  }

  // --- the history with the edits
  struct FailurePlace {
    ScriptId script;
    uint32_t statement = 0;
    size_t operation = 0;
    friend auto operator<=>(const FailurePlace&, const FailurePlace&) = default;
  };
  using Failures = std::map<FailurePlace, std::string>;

  std::optional<Error> replay_edited() const {
    const uint32_t first = giver()->migration;
    const Failures before = failures_from(first, false);
    for (const auto& [place, message] : failures_from(first, true)) {
      if (before.contains(place)) continue;
      const ByteRange range = script(place.script).parsed->statements[place.statement].range;
      return refusal("with the new name the statement at " + place_text(place.script, range) +
                     " fails: " + message);
    }
    return std::nullopt;
  }

  Failures failures_from(uint32_t first, bool edited) const {
    Failures out;
    schema::Schema schema = set_.migrations[first]->before;
    for (uint32_t i = first; i < set_.migrations.size(); ++i) {
      const project::Migration::Kind kind = set_.set->migrations[i].kind;
      if (kind == project::Migration::Kind::kBaseline) continue;
      if (set_.script(i, Direction::kUp) != nullptr) {
        run({i, Direction::kUp}, edited, schema, out);
      }
      schema::Schema down = schema;
      if (set_.script(i, Direction::kDown) != nullptr) {
        run({i, Direction::kDown}, edited, down, out);
      }
    }
    return out;
  }

  void run(ScriptId id, bool edited, schema::Schema& schema, Failures& out) const {
    const AnalyzedScript& of = script(id);
    std::shared_ptr<const sql::ParsedScript> parsed = of.parsed;
    const auto edits = edits_.find(id);
    if (edited && edits != edits_.end()) parsed = parsed_with(id, edits->second);
    schema::Replay replay(std::move(schema));
    const uint32_t number = 2 * id.first + (id.second == Direction::kDown ? 1 : 0);
    for (uint32_t s = 0; s < parsed->statements.size(); ++s) {
      const sql::StatementPtr& statement = parsed->statements[s].parsed;
      if (statement == nullptr) continue;
      for (size_t o = 0; o < statement->operations.size(); ++o) {
        if (const auto failure = replay.apply(*statement, o, {number, s})) {
          out.emplace(FailurePlace{id, s, o}, failure->message);
        }
      }
    }
    schema = std::move(replay).take();
  }

  std::shared_ptr<const sql::ParsedScript> parsed_with(ScriptId id,
                                                       std::vector<TextEdit> edits) const {
    std::sort(edits.begin(), edits.end(),
              [](const TextEdit& a, const TextEdit& b) { return a.range < b.range; });
    const AnalyzedScript& of = script(id);
    const std::string text = apply_edits(of.document.text(), edits);
    const bool in_file = location(id).sources == nullptr;
    ByteRange range = in_file ? location(id).range
                              : ByteRange{0, static_cast<uint32_t>(of.document.text().size())};
    range.end += static_cast<uint32_t>(text.size() - of.document.text().size());
    return std::make_shared<const sql::ParsedScript>(
        sql::parse_script(text, range, set_.set->dialect, sql::Recovery::kGenerous, nullptr));
  }

  // --- edits of files
  Result<std::map<std::string, std::vector<TextEdit>>> in_files() const {
    std::map<std::string, std::vector<TextEdit>> out;
    for (const auto& [id, edits] : edits_) {
      for (const TextEdit& edit : edits) {
        const project::Script& of = location(id);
        if (of.sources == nullptr) {
          out[of.path].push_back(edit);
          continue;
        }
        const auto source = [&](const std::string& path) -> std::optional<std::string_view> {
          const Document* text = text_of(input_, path);
          if (text == nullptr) return std::nullopt;
          return text->text();
        };
        const auto written =
            cpp::source_edits(*of.sources, script(id).document.text(), edit, source);
        if (!written) {
          return refusal("the name at " + place_text(id, edit.range) + " cannot be edited there");
        }
        auto& list = out[written->path];
        list.insert(list.end(), written->edits.begin(), written->edits.end());
      }
    }
    return out;
  }

  const FeatureInput& input_;
  const AnalyzedSet& set_;
  const HistoryView& view_;
  std::shared_ptr<const names::History> history_;
  Occurrence here_;
  std::string name_;  ///< the old one, as it compares
  Engine engine_;
  const SessionView* session_ = nullptr;
  std::vector<Occurrence> named_;  ///< where the object has that name
  std::string new_id_;
  std::string written_;  ///< the new name as SQL
  std::map<ScriptId, std::vector<TextEdit>> edits_;
};

std::optional<Error> first_obstacle(const FeatureInput& input,
                                    const std::vector<NamedObject>& objects,
                                    const SessionViews& sessions) {
  if (open_text(input).text() != input.text().text()) {
    return refusal("the source is still being read");
  }
  if (objects.empty()) return refusal("no name of a schema's object that is surely known");
  for (const NamedObject& object : objects) {
    if (auto error = Renaming(input, object, sessions).obstacle()) return error;
  }
  return std::nullopt;
}

std::optional<int64_t> version_of_open(const FeatureInput& input, const std::string& path) {
  const auto open = input.open.find(path);
  if (open == input.open.end()) return std::nullopt;
  return open->second.version;
}

/// In quotes, as some type it, it is the same name.
std::string without_quotes(const std::string& name) {
  const bool quoted = name.size() > 2 && name.front() == name.back() &&
                      (name.front() == '"' || name.front() == '`');
  return quoted ? name.substr(1, name.size() - 2) : name;
}

}  // namespace

Result<RenamedPlace> prepare_rename(const FeatureInput& input, Position position,
                                    const SessionViews& sessions) {
  const std::vector<NamedObject> objects = objects_at(input, position);
  if (auto error = first_obstacle(input, objects, sessions)) return *error;
  const auto place = location_of(input, *objects.front().view, objects.front().here);
  if (!place) return refusal("the text of the name is not known");
  return RenamedPlace{place->range, Renaming(input, objects.front(), sessions).name()};
}

Result<WorkspaceEdit> rename(const FeatureInput& input, Position position,
                             const std::string& new_name, const SessionViews& sessions) {
  const std::vector<NamedObject> objects = objects_at(input, position);
  if (auto error = first_obstacle(input, objects, sessions)) return *error;
  const std::string name = without_quotes(new_name);
  std::map<std::string, std::map<ByteRange, std::string>> files;
  for (const NamedObject& object : objects) {
    Renaming renaming(input, object, sessions);
    if (renaming.name() == name) continue;
    auto edits = renaming.edits(name);
    if (!edits) return edits.error();
    for (const auto& [path, list] : *edits) {
      for (const TextEdit& edit : list) files[path].emplace(edit.range, edit.new_text);
    }
  }
  WorkspaceEdit out;
  for (const auto& [path, edits] : files) {
    const Document* text = text_of(input, path);
    if (text == nullptr) return refusal("the text of " + path + " is not known");
    TextDocumentEdit& document = out.documents.emplace_back(
        TextDocumentEdit{uri_of(input, path), version_of_open(input, path), {}});
    for (const auto& [range, written] : edits) {
      document.edits.emplace_back(text->positions_of(range, input.unit), written);
    }
  }
  return out;
}

}  // namespace belay::lsp
