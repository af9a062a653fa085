// What may stand at the cursor is read from the words before it, as a person would: an ALTER TABLE
// and its actions, a CREATE TABLE and its definitions, a list in parentheses behind the name of a
// table, and in everything else the last clause. The parsers of the dialects cannot tell, since
// they refuse what is not written to its end.

#include "lsp/features/completion/expectation.h"

#include <utility>

#include "lsp/features/completion/expectation_reader.h"

namespace belay::lsp {

void ExpectationReader::strip_qualifiers() {
  while (before_.size() >= 2 && before_.back().is(TokenKind::kDot)) {
    const Token& name = before_[before_.size() - 2];
    if (!name.is(TokenKind::kWord) && !name.is(TokenKind::kQuotedName)) break;
    qualifiers_.insert(qualifiers_.begin(), folded_name(of_.of(name), name, of_.engine));
    before_.resize(before_.size() - 2);
  }
}

void ExpectationReader::read(Phrase& p) {
  if (p.end()) {
    out_.begins_statement = true;
  } else if (p.take("alter")) {
    alter(p);
  } else if (p.take("drop")) {
    drop(p);
  } else if (p.take("create")) {
    create(p);
  } else if (p.take("truncate")) {
    p.skip({"table", "only"});
    list_of(p, Expected::kTables, {"CASCADE", "RESTART IDENTITY"});
  } else if (p.take("comment")) {
    comment(p);
  } else if (p.take("reindex")) {
    reindex(p);
  } else if (p.take("insert") || p.take("replace")) {
    insert(p);
  } else if (is_any(p.peek(), {"vacuum", "analyze", "lock", "copy", "cluster", "refresh"})) {
    maintain(p);
  } else {
    query();
  }
}

void ExpectationReader::alter(Phrase& p) {
  if (p.end()) {
    keywords(sqlite()
                 ? KeywordList{"TABLE"}
                 : KeywordList{"TABLE", "INDEX", "TYPE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE",
                               "FUNCTION", "DOMAIN", "SCHEMA", "POLICY", "TRIGGER", "EXTENSION"});
  } else if (p.take("table")) {
    alter_table(p);
  } else if (p.take("index")) {
    named(p, Expected::kIndexes, {"RENAME TO", "SET", "ATTACH PARTITION"});
  } else if (p.take("type")) {
    alter_type(p);
  } else if (p.take("domain")) {
    named(p, Expected::kUserTypes,
          {"ADD CONSTRAINT", "DROP CONSTRAINT", "SET DEFAULT", "SET NOT NULL", "DROP NOT NULL"});
  } else if (p.take("sequence")) {
    named(p, Expected::kSequences, {"OWNED BY", "RESTART", "RENAME TO", "INCREMENT BY"});
  } else if (p.take("materialized") || p.is("view")) {
    p.take("view");
    named(p, Expected::kViews, {"RENAME TO", "SET SCHEMA", "OWNER TO"});
  } else if (p.take("function") || p.take("procedure")) {
    named(p, Expected::kFunctions, {});
  } else if (p.take("policy") || p.take("trigger")) {
    on_table(p, {"RENAME TO", "USING", "WITH CHECK"});
  }
}

void ExpectationReader::named(Phrase& p, Expected kind, KeywordList behind) {
  p.skip({"concurrently", "if", "exists"});
  if (p.end()) return expect({kind}, {"IF EXISTS"});
  p.qualified();
  if (p.end()) keywords(std::move(behind));
}

void ExpectationReader::alter_type(Phrase& p) {
  if (p.end()) return expect({Expected::kUserTypes});
  p.qualified();
  if (p.end()) {
    return keywords({"ADD VALUE", "ADD VALUE IF NOT EXISTS", "RENAME VALUE", "RENAME TO",
                     "ADD ATTRIBUTE", "DROP ATTRIBUTE", "SET SCHEMA", "OWNER TO"});
  }
  if (p.take("add") && p.take("value")) {
    p.skip({"if", "not", "exists"});
    if (p.end()) return;
    p.advance();
    if (p.end()) keywords({"BEFORE", "AFTER"});
  }
}

void ExpectationReader::alter_table(Phrase& p) {
  p.skip({"if", "exists", "only"});
  if (p.end()) return expect({Expected::kTables}, {"IF EXISTS", "ONLY"});
  about(p.qualified());
  Phrase action = p.last_item();
  out_.alters_table = action.end();
  if (action.end()) {
    return keywords(
        sqlite()
            ? KeywordList{"ADD COLUMN", "DROP COLUMN", "RENAME TO", "RENAME COLUMN"}
            : KeywordList{"ADD COLUMN", "DROP COLUMN", "ALTER COLUMN", "ADD CONSTRAINT",
                          "DROP CONSTRAINT", "VALIDATE CONSTRAINT", "RENAME TO", "RENAME COLUMN",
                          "RENAME CONSTRAINT", "ENABLE ROW LEVEL SECURITY", "ATTACH PARTITION",
                          "DETACH PARTITION", "SET", "OWNER TO", "SET SCHEMA", "REPLICA IDENTITY"});
  }
  if (action.take("add")) return add(action);
  if (action.take("drop")) return drop_part(action);
  if (action.take("alter")) return alter_column(action);
  if (action.take("rename")) return rename(action);
  if (action.take("validate")) {
    if (action.end()) return keywords({"CONSTRAINT"});
    action.take("constraint");
    if (action.end()) expect({Expected::kConstraints});
    return;
  }
  if (action.take("attach") || action.take("detach") || action.take("inherit")) {
    action.take("partition");
    if (action.end()) return expect({Expected::kTables});
    action.qualified();
    if (action.end()) keywords({"FOR VALUES", "CONCURRENTLY", "DEFAULT"});
  }
}

void ExpectationReader::add(Phrase& p) {
  if (p.end()) {
    KeywordList words = {"COLUMN"};
    if (!sqlite()) {
      words.push_back("CONSTRAINT");
      const KeywordList more = table_constraints();
      words.insert(words.end(), more.begin(), more.end());
    }
    return keywords(words);
  }
  if (is_any(p.peek(), {"constraint", "primary", "foreign", "unique", "check", "exclude"})) {
    return constraint(p);
  }
  p.take("column");
  p.skip({"if", "not", "exists"});
  if (p.end()) return keywords({"IF NOT EXISTS"});
  p.name();
  definition(p);
}

void ExpectationReader::drop_part(Phrase& p) {
  if (p.end()) {
    return expect({Expected::kColumns},
                  sqlite() ? KeywordList{"COLUMN"} : KeywordList{"COLUMN", "CONSTRAINT"});
  }
  const bool is_constraint = p.take("constraint");
  if (!is_constraint) p.take("column");
  p.skip({"if", "exists"});
  if (p.end()) {
    return expect({is_constraint ? Expected::kConstraints : Expected::kColumns},
                  sqlite() ? KeywordList{} : KeywordList{"IF EXISTS"});
  }
  p.name();
  if (p.end() && !sqlite()) keywords({"CASCADE", "RESTRICT"});
}

void ExpectationReader::alter_column(Phrase& p) {
  p.take("column");
  if (p.end()) return expect({Expected::kColumns}, {"COLUMN"});
  out_.column = p.name();
  if (p.end()) {
    return keywords({"SET NOT NULL", "DROP NOT NULL", "SET DEFAULT", "DROP DEFAULT", "TYPE",
                     "SET STATISTICS", "SET STORAGE", "ADD GENERATED ALWAYS AS IDENTITY",
                     "DROP IDENTITY"});
  }
  const std::string column = std::move(out_.column);
  out_.column.clear();
  if (p.take("set")) {
    if (p.end()) return keywords({"NOT NULL", "DEFAULT", "DATA TYPE", "STATISTICS", "STORAGE"});
    if (p.take("default")) return value(p);
    p.take("data");
  }
  if (p.take("type")) {
    if (p.end()) return expect({Expected::kTypes});
    if (type(p)) return keywords({"USING", "COLLATE"});
    if (p.take("using")) value(p);
    return;
  }
  if (p.take("drop") && p.end()) keywords({"NOT NULL", "DEFAULT", "IDENTITY", "EXPRESSION"});
}

void ExpectationReader::rename(Phrase& p) {
  if (p.end()) {
    return expect({Expected::kColumns}, sqlite() ? KeywordList{"TO", "COLUMN"}
                                                 : KeywordList{"TO", "COLUMN", "CONSTRAINT"});
  }
  if (p.take("to")) return;
  const bool is_constraint = p.take("constraint");
  if (!is_constraint) p.take("column");
  if (p.end()) return expect({is_constraint ? Expected::kConstraints : Expected::kColumns});
  p.name();
  if (p.end()) keywords({"TO"});
}

void ExpectationReader::drop(Phrase& p) {
  if (p.end()) {
    return keywords(sqlite() ? KeywordList{"TABLE", "INDEX", "VIEW", "TRIGGER"}
                             : KeywordList{"TABLE", "INDEX", "INDEX CONCURRENTLY", "VIEW",
                                           "MATERIALIZED VIEW", "TYPE", "DOMAIN", "SEQUENCE",
                                           "FUNCTION", "TRIGGER", "SCHEMA", "EXTENSION", "POLICY"});
  }
  if (p.take("table")) return list_of(p, Expected::kTables, {"CASCADE", "RESTRICT"});
  if (p.take("index")) {
    const bool written = p.is("concurrently");
    list_of(p, Expected::kIndexes, {"CASCADE", "RESTRICT"});
    const bool names = !out_.kinds.empty();
    if (names && !written && postgres()) out_.keywords.push_back("CONCURRENTLY");
    return;
  }
  if (p.take("materialized") || p.is("view")) {
    p.take("view");
    return list_of(p, Expected::kViews, {"CASCADE", "RESTRICT"});
  }
  if (p.take("type") || p.take("domain")) {
    return list_of(p, Expected::kUserTypes, {"CASCADE", "RESTRICT"});
  }
  if (p.take("sequence")) return list_of(p, Expected::kSequences, {"CASCADE", "RESTRICT"});
  if (p.take("function") || p.take("procedure")) return list_of(p, Expected::kFunctions, {});
  if (p.take("trigger") || p.take("policy") || p.take("rule")) on_table(p, {"CASCADE"});
}

void ExpectationReader::list_of(Phrase& p, Expected kind, KeywordList behind) {
  p.skip({"concurrently", "if", "exists"});
  Phrase item = p.last_item();
  item.take("only");
  if (item.end()) return expect({kind}, KeywordList{"IF EXISTS"});
  item.qualified();
  if (item.end()) keywords(std::move(behind));
}

void ExpectationReader::on_table(Phrase& p, KeywordList behind) {
  p.skip({"if", "exists"});
  if (p.end()) return;
  p.name();
  if (p.end()) return keywords({"ON"});
  if (!p.take("on")) return query();
  if (p.end()) return expect({Expected::kTables});
  about(p.qualified());
  if (p.end()) return keywords(std::move(behind));
  query();
}

void ExpectationReader::comment(Phrase& p) {
  if (p.end()) return keywords({"ON TABLE", "ON COLUMN", "ON INDEX", "ON TYPE"});
  p.take("on");
  if (p.end()) return keywords({"TABLE", "COLUMN", "INDEX", "TYPE", "CONSTRAINT", "VIEW"});
  if (p.take("table")) return named(p, Expected::kTables, {"IS"});
  if (p.take("index")) return named(p, Expected::kIndexes, {"IS"});
  if (p.take("type") || p.take("domain")) return named(p, Expected::kUserTypes, {"IS"});
  if (p.take("view")) return named(p, Expected::kViews, {"IS"});
  if (!p.take("column")) return;
  if (!p.end()) {
    p.qualified();
    if (p.end()) keywords({"IS"});
    return;
  }
  // `COMMENT ON COLUMN users.name`: the table is the qualifier.
  if (qualifiers_.empty()) return expect({Expected::kTables});
  expect({Expected::kColumns});
  about(
      {qualifiers_.size() > 1 ? qualifiers_[qualifiers_.size() - 2] : "", qualifiers_.back(), ""});
  qualifiers_.clear();
}

void ExpectationReader::reindex(Phrase& p) {
  if (p.end()) return keywords({"INDEX", "TABLE", "SCHEMA"});
  if (p.take("index")) return named(p, Expected::kIndexes, {});
  if (p.take("table")) return named(p, Expected::kTables, {});
}

void ExpectationReader::maintain(Phrase& p) {
  p.advance();
  p.skip({"materialized", "view", "full", "analyze", "verbose", "table", "concurrently"});
  if (p.end()) expect({Expected::kTables});
}

void ExpectationReader::insert(Phrase& p) {
  if (p.end()) return keywords({"INTO"});
  if (!p.take("into")) return query();
  if (p.end()) return expect({Expected::kTables});
  const TableReference table = p.qualified();
  if (p.end()) return keywords({"VALUES", "SELECT", "DEFAULT VALUES"});
  if (p.take(TokenKind::kLeftParen)) {
    if (column_list(p, table)) return;
    if (p.end()) return keywords({"VALUES", "SELECT"});
  }
  query();
}

bool ExpectationReader::column_list(Phrase& p, const TableReference& table) {
  std::vector<std::string> listed;
  while (!p.end() && !p.take(TokenKind::kRightParen)) {
    if (p.at_name()) {
      listed.push_back(p.name());
    } else {
      p.advance();
    }
  }
  const bool open =
      p.end() && (p.tokens().empty() || !p.tokens().back().is(TokenKind::kRightParen));
  if (!open) return false;
  const bool wants_name =
      p.tokens().back().is(TokenKind::kLeftParen) || p.tokens().back().is(TokenKind::kComma);
  if (!wants_name) return true;
  about(table);
  out_.listed = std::move(listed);
  expect({Expected::kColumns});
  return true;
}

Expectation expectation_of(const TypedStatement& statement) {
  return ExpectationReader(statement).run();
}

}  // namespace belay::lsp
