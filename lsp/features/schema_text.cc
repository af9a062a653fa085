#include "lsp/features/schema_text.h"

#include <map>
#include <string_view>

#include "analyzer/rollback/generate/ddl_writer.h"
#include "support/joined.h"

namespace belay::lsp {
namespace {

using schema::Attributes;

class SchemaWriter {
 public:
  explicit SchemaWriter(const schema::Schema& schema)
      : schema_(schema), engine_(schema.dialect().engine), sql_(schema) {}

  std::string write() && {
    section([&](Texts& out) {
      schema_.for_each_type([&](const std::string& key, const schema::UserType& type) {
        out[key] = sql_.type_definition(key, type) + ";\n" + attributes(type.attributes);
      });
    });
    section([&](Texts& out) {
      schema_.for_each_sequence([&](const std::string& key, const schema::Sequence& sequence) {
        // What belongs to a column is told with it.
        if (sequence.owner_table.empty()) out[key] = sql_.sequence(key, sequence) + ";\n";
      });
    });
    section([&](Texts& out) {
      schema_.for_each_table(
          [&](const std::string& key, const schema::Table& table) { out[key] = text(key, table); });
    });
    section([&](Texts& out) {
      schema_.for_each_view(
          [&](const std::string& key, const schema::View& view) { out[key] = text(key, view); });
    });
    section([&](Texts& out) {
      schema_.for_each_function([&](const std::string& key, const schema::Function& function) {
        out[key + "(" + function.arguments] = text(key, function);
      });
    });
    tell_uncertainties();
    return std::move(out_);
  }

 private:
  using Texts = std::map<std::string, std::string>;

  /// The texts of one kind, by the keys of their objects, a blank line between two.
  template <class Collect>
  void section(Collect collect) {
    Texts texts;
    collect(texts);
    for (const auto& [key, text] : texts) out_ += (out_.empty() ? "" : "\n") + text;
  }

  std::string text(const std::string& key, const schema::Table& table) const {
    const std::string name = sql_.object(key);
    if (!table.known) return "-- " + name + ": no migration made it\n" + columns_of(table);
    std::string out = sql_.table(key, table) + ";\n";
    if (!table.complete) out += "-- and what no migration tells of\n";
    if (!table.partition_of.empty()) {
      out += "-- partition of " + sql_.object(table.partition_of) + " " +
             rollback::tidy(table.partition_bound, engine_) + "\n";
    }
    for (const schema::Constraint& c : table.constraints) {
      if (rollback::stands_in_table(c, engine_)) continue;
      out += "ALTER TABLE " + name + " ADD " + sql_.constraint(c) + ";\n";
    }
    for (const schema::Index& index : table.indexes) {
      if (!index.of_constraint) out += sql_.index(key, index) + ";\n";
    }
    for (const schema::Trigger& trigger : table.triggers) out += text(trigger);
    for (const schema::TableRule& rule : table.rules) {
      out += "-- " + std::string(sql::object_kind_name(rule.kind)) + " " + rule.name + ": " +
             rollback::tidy(rule.definition, engine_) + "\n";
    }
    for (const schema::Column& column : table.columns) {
      const std::string comment(column.attributes.get("comment"));
      if (!comment.empty()) out += "-- " + column.name + ": " + comment + "\n";
    }
    return out + attributes(table.attributes);
  }

  std::string text(const schema::Trigger& trigger) const {
    std::string out =
        "-- trigger " + trigger.name + ": " + rollback::tidy(trigger.definition, engine_);
    if (!trigger.enabled.empty()) out += " (" + trigger.enabled + ")";
    return out + "\n";
  }

  std::string text(const std::string& key, const schema::View& view) const {
    const std::string definition = rollback::tidy(view.definition, engine_);
    // Where its columns are named, AS stands behind them.
    const bool is_query = !definition.starts_with("(");
    std::string out = "CREATE " + std::string(view.materialized ? "MATERIALIZED VIEW " : "VIEW ") +
                      sql_.object(key) + (is_query ? " AS " : " ") + definition + ";\n";
    for (const schema::Index& index : view.indexes) out += sql_.index(key, index) + ";\n";
    for (const schema::Trigger& trigger : view.triggers) out += text(trigger);
    return out + attributes(view.attributes);
  }

  std::string text(const std::string& key, const schema::Function& function) const {
    return "-- " + std::string(function.procedure ? "procedure " : "function ") + sql_.object(key) +
           "(" + function.arguments + ")" +
           (function.returns.empty() ? "" : " returns " + function.returns) + "\n-- " +
           rollback::tidy(function.definition, engine_) + "\n" + attributes(function.attributes);
  }

  static std::string columns_of(const schema::Table& table) {
    std::string out;
    for (const schema::Column& column : table.columns) {
      out += "--   " + column.name + " " + column.type.to_string() + "\n";
    }
    return out;
  }

  static std::string attributes(const Attributes& attributes) {
    std::string out;
    for (const auto& [name, value] : attributes.items()) out += "-- " + name + ": " + value + "\n";
    return out;
  }

  void tell_uncertainties() {
    if (schema_.uncertainties().empty()) return;
    if (!out_.empty()) out_ += "\n";
    out_ += "-- This may not be all, or not as it is:\n";
    for (const schema::Uncertainty& one : schema_.uncertainties()) out_ += "-- " + one.why + "\n";
  }

  const schema::Schema& schema_;
  const Engine engine_;
  const rollback::DdlWriter sql_;
  std::string out_;
};

}  // namespace

std::string schema_text(const schema::Schema& schema) { return SchemaWriter(schema).write(); }

}  // namespace belay::lsp
