// SQL outside of migrations. Every function of the file is followed by itself, so that a call that
// runs SQL is often reached from several: from the function that it stands in, and from those that
// call that one and know more of the text. Of such readings the fullest count.
#include "analyzer/cpp/clang/outside.h"

#include <clang/AST/RecursiveASTVisitor.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

/// A function with a body, or a variable that begins with something that runs SQL.
struct Root {
  const clang::NamedDecl* declaration = nullptr;
  const clang::FunctionDecl* function = nullptr;
  const clang::Expr* initial = nullptr;
};

class Roots : public clang::RecursiveASTVisitor<Roots> {
 public:
  Roots(const Request& request, const Sources& sources, SqlFunctions& functions)
      : request_(request), sources_(sources), functions_(functions) {}

  bool VisitFunctionDecl(clang::FunctionDecl* function) {  // NOLINT(*-naming): Clang's name
    if (!function->doesThisDeclarationHaveABody() || function->isImplicit() ||
        !sources_.is_in_main_file(function->getLocation()) || belongs_to_migration(function) ||
        !functions_.reached_from(function)) {
      return true;
    }
    found.push_back({function, function, nullptr});
    return true;
  }

  bool VisitVarDecl(clang::VarDecl* variable) {  // NOLINT(*-naming): Clang's name
    if (variable->isFileVarDecl() && variable->hasInit() &&
        sources_.is_in_main_file(variable->getLocation()) &&
        functions_.reached_from(variable->getInit())) {
      found.push_back({variable, nullptr, variable->getInit()});
    }
    return true;
  }

  std::vector<Root> found;

 private:
  /// What a lambda runs belongs to the function that it stands in.
  bool belongs_to_migration(const clang::FunctionDecl* function) const {
    for (const clang::DeclContext* around = function->getDeclContext(); around != nullptr;
         around = around->getParent()) {
      const auto* record = dyn_cast<clang::CXXRecordDecl>(around);
      if (record == nullptr) continue;
      if (record->isLambda() || shape_of(record, request_.shapes) != nullptr) return true;
    }
    return false;
  }

  const Request& request_;
  const Sources& sources_;
  SqlFunctions& functions_;
};

using Bytes = std::set<std::pair<uint32_t, uint32_t>>;

/// SQL that is run at some place, as one root reads it.
struct Candidate {
  const FoundSql* found;
  /// Of two that know as much, the lower one counts: a migration, the function that the call stands
  /// in, the one that the text stands in, any other.
  int rank;
  Bytes known = {};  ///< where what is known of the text stands
};

bool stands_within(const Place& inner, const Place& outer) {
  return inner.file == outer.file && inner.range.begin >= outer.range.begin &&
         inner.range.end <= outer.range.end;
}

/// Where what is known of a text stands.
Bytes known_bytes(const SqlText& sql) {
  Bytes out;
  for (size_t i = 0; i < sql.places.size(); ++i) {
    const bool hole = std::any_of(sql.holes.begin(), sql.holes.end(), [&](const Hole& one) {
      return one.range.begin <= i && i < one.range.end;
    });
    if (!hole) out.emplace(sql.places[i].file, sql.places[i].range.begin);
  }
  return out;
}

/// The readings of one call without those that another one covers.
std::vector<Candidate> fullest(std::vector<Candidate> all) {
  for (Candidate& one : all) one.known = known_bytes(one.found->sql);
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(b.known.size(), a.found->sql.holes.size(), a.rank) <
           std::tuple(a.known.size(), b.found->sql.holes.size(), b.rank);
  });
  std::vector<Candidate> out;
  for (Candidate& one : all) {
    const SqlText& sql = one.found->sql;
    const bool covered = std::any_of(out.begin(), out.end(), [&](const Candidate& fuller) {
      const SqlText& other = fuller.found->sql;
      if (other.text == sql.text && other.places == sql.places) return true;
      // A caller that hands over what nobody knows is told, whatever others hand over. Of the
      // function that is called, its callers tell.
      if (one.known.empty() && one.rank != 1) return false;
      return (fuller.known.size() > one.known.size() || other.holes.size() < sql.holes.size()) &&
             std::includes(fuller.known.begin(), fuller.known.end(), one.known.begin(),
                           one.known.end());
    });
    if (!covered) out.push_back(std::move(one));
  }
  return out;
}

/// Which SQL of each root is told on one engine. The roots behind those that have `bodies` are
/// migrations.
std::vector<std::vector<SqlText>> told(const std::vector<std::vector<FoundSql>>& roots,
                                       const std::vector<Place>& bodies) {
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Candidate>> calls;
  std::set<std::pair<uint32_t, uint32_t>> run;  // where what functions run begins to stand
  for (size_t root = 0; root < roots.size(); ++root) {
    for (const FoundSql& found : roots[root]) {
      const Place& call = found.sql.call;
      int rank = 0;
      if (root < bodies.size()) {
        const bool has_text =
            !found.sql.places.empty() && stands_within(found.sql.places[0], bodies[root]);
        rank = stands_within(call, bodies[root]) ? 1 : has_text ? 2 : 3;
      }
      calls[{call.file, call.range.begin}].push_back({&found, rank});
      if (!found.keeps && !found.sql.places.empty()) {
        run.emplace(found.sql.places[0].file, found.sql.places[0].range.begin);
      }
    }
  }
  std::set<const FoundSql*> chosen;
  for (const auto& [place, candidates] : calls) {
    for (const Candidate& one : fullest(candidates)) {
      const SqlText& sql = one.found->sql;
      const bool runs_elsewhere = one.found->keeps && !sql.places.empty() &&
                                  run.contains({sql.places[0].file, sql.places[0].range.begin});
      if (!runs_elsewhere) chosen.insert(one.found);
    }
  }
  std::vector<std::vector<SqlText>> out(roots.size());
  for (size_t root = 0; root < roots.size(); ++root) {
    for (const FoundSql& found : roots[root]) {
      if (chosen.contains(&found)) out[root].push_back(found.sql);
    }
  }
  return out;
}

/// On all engines at once where none is asked for on the way.
SqlOnEngines sql_of(const Root& root, const Request& request, Sources& sources,
                    SqlFunctions& functions) {
  SqlOnEngines out;
  for (const Engine engine : request.engines) {
    Interpreter interpreter(sources, functions, engine);
    out.push_back(root.function != nullptr ? interpreter.run(root.function)
                                           : interpreter.run(root.initial));
    if (interpreter.asked_for_engine()) continue;
    out.resize(request.engines.size(), out.back());
    break;
  }
  return out;
}

}  // namespace

std::vector<FunctionReading> read_functions(const Request& request,
                                            std::span<clang::Decl* const> declarations,
                                            Sources& sources, SqlFunctions& functions,
                                            std::span<const FoundMigration> migrations) {
  Roots roots(request, sources, functions);
  for (clang::Decl* declaration : declarations) roots.TraverseDecl(declaration);
  std::vector<SqlOnEngines> readings;
  std::vector<FunctionReading> all;
  std::vector<Place> bodies;
  for (const Root& root : roots.found) {
    readings.push_back(sql_of(root, request, sources, functions));
    bodies.push_back(sources.place(root.declaration->getSourceRange()));
    all.push_back({name_of(root.declaration),
                   sources.place(clang::SourceRange(root.declaration->getLocation())),
                   {}});
  }
  for (size_t engine = 0; engine < request.engines.size(); ++engine) {
    std::vector<std::vector<FoundSql>> found;
    for (SqlOnEngines& reading : readings) found.push_back(std::move(reading[engine]));
    for (const FoundMigration& migration : migrations) {
      for (const SqlOnEngines* method : {&migration.up, &migration.down}) {
        if (!method->empty()) found.push_back((*method)[engine]);
      }
    }
    std::vector<std::vector<SqlText>> texts = told(found, bodies);
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].sql.push_back({request.engines[engine], std::move(texts[i])});
    }
  }
  std::erase_if(all, [](const FunctionReading& function) {
    return std::all_of(function.sql.begin(), function.sql.end(),
                       [](const MethodSql& method) { return method.texts.empty(); });
  });
  return all;
}

}  // namespace belay::cpp
