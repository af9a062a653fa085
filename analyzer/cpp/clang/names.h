#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/AST/Expr.h>

#include <string>
#include <string_view>

/// What declarations and types are called, and what kind of thing they are by that.
namespace belay::cpp {

/// With its namespaces and classes, without template arguments, inline and unnamed namespaces:
/// `std::basic_string` for libstdc++'s `std::__cxx11::basic_string<char>`.
std::string name_of(const clang::NamedDecl* declaration);
/// Of the class that a type is or refers to; empty where it is none.
std::string class_name_of(clang::QualType type);

/// Whether the class is one of that name or derives from one.
bool is_or_derives_from(const clang::CXXRecordDecl* record, std::string_view name);
/// The same without the class itself.
bool derives_from(const clang::CXXRecordDecl* record, std::string_view name);

/// A class of Belay's schema builder whose methods say something of the schema.
bool is_builder_class(const clang::CXXRecordDecl* record);

/// What an expression only wraps: casts, temporaries, default arguments.
const clang::Expr* bare(const clang::Expr* expression);

/// A class whose value is a text, of the standard library, Qt or a database's library.
bool is_text_class(clang::QualType type);
/// That, or a pointer to or an array of characters.
bool is_text(clang::QualType type);
/// What a function takes that formats as std::format does.
bool is_format_string(clang::QualType type);
bool is_stream(clang::QualType type);
/// A number, truth value or enumerator, and no character: its text cannot bring SQL along.
bool is_number(clang::QualType type);
/// What is called back: a lambda, a `std::function`, a pointer to a function.
bool is_callable(clang::QualType type);

}  // namespace belay::cpp
