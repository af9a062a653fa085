// Formats: std::format and fmt, printf and its like, QString::arg, boost::format.
#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::isa;

/// A field of a format: the bytes of it, and which value stands there.
struct Field {
  size_t begin = 0;
  size_t end = 0;
  unsigned number = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `%1`, `%L2`; with `closed`, `%1%`.
std::vector<Field> numbered_fields(std::string_view text, bool closed) {
  std::vector<Field> out;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '%') continue;
    size_t at = i + 1;
    if (!closed && text[at] == 'L') ++at;
    unsigned number = 0;
    const size_t digits = at;
    while (at < text.size() && is_digit(text[at]) && at < digits + 2) {
      number = number * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    if (at == digits || (closed && (at == text.size() || text[at] != '%'))) continue;
    if (closed) ++at;
    out.push_back({i, at, number});
    i = at - 1;
  }
  return out;
}

/// The text with its lowest numbers replaced, the lowest by the first value and so on.
TextValue replaced(const TextValue& text, const std::vector<Field>& fields,
                   const std::vector<TextValue>& by) {
  std::set<unsigned> numbers;
  for (const Field& field : fields) numbers.insert(field.number);
  TextValue out;
  size_t behind = 0;
  for (const Field& field : fields) {
    const auto rank =
        static_cast<size_t>(std::distance(numbers.begin(), numbers.find(field.number)));
    if (rank >= by.size()) continue;
    out.append(text.slice(behind, field.begin));
    out.append(by[rank]);
    behind = field.end;
  }
  out.append(text.slice(behind, text.bytes.size()));
  return out;
}

/// What a directive of printf says: `%-10.3lld`.
struct Directive {
  size_t end = 0;        ///< behind it
  char conversion = 0;   ///< 0: the format ends within it
  bool is_plain = true;  ///< without flags, width and precision
  unsigned stars = 0;    ///< values that say how wide it is
};

Directive directive_at(std::string_view format, size_t begin) {
  Directive out;
  size_t at = begin + 1;
  for (; at < format.size() &&
         std::string_view("-+ #0123456789.*,!").find(format[at]) != std::string_view::npos;
       ++at) {
    out.is_plain = false;
    if (format[at] == '*') ++out.stars;
  }
  while (at < format.size() &&
         std::string_view("hlLjtI").find(format[at]) != std::string_view::npos) {
    ++at;
  }
  // `z` is a length to printf, and a conversion to sqlite3_mprintf.
  if (at + 1 < format.size() && format[at] == 'z' &&
      std::string_view("diuxX").find(format[at + 1]) != std::string_view::npos) {
    ++at;
  }
  if (at < format.size()) out.conversion = format[at++];
  out.end = at;
  return out;
}

/// As `%q`, `%Q` and `%w` of SQLite write a text.
TextValue quoted_as(char conversion, const TextValue& text, const TextValue& directive) {
  const char quote = conversion == 'w' ? '"' : '\'';
  TextValue out;
  if (conversion == 'Q') out.append("'", directive.places.front());
  for (size_t i = 0; i < text.bytes.size(); ++i) {
    if (text.bytes[i] == quote) out.append(text.slice(i, i + 1));
    out.append(text.slice(i, i + 1));
  }
  if (conversion == 'Q') out.append("'", directive.places.back());
  return out;
}

struct Printf {
  std::string_view name;
  unsigned format;
  int buffer;  ///< the argument that it writes to; -1: it returns the text
};
constexpr std::array<Printf, 13> kPrintf = {{{"sqlite3_mprintf", 0, -1},
                                             {"sqlite3_snprintf", 2, 1},
                                             {"snprintf", 2, 0},
                                             {"std::snprintf", 2, 0},
                                             {"sprintf", 1, 0},
                                             {"std::sprintf", 1, 0},
                                             {"asprintf", 1, 0},
                                             {"g_strdup_printf", 0, -1},
                                             {"QString::asprintf", 0, -1},
                                             {"QString::sprintf", 0, -1},
                                             {"absl::StrFormat", 0, -1},
                                             {"wxString::Format", 0, -1},
                                             {"fmt::sprintf", 0, -1}}};

}  // namespace

std::optional<Value> Interpreter::of_format_function(const clang::CallExpr* call,
                                                     const std::string& name,
                                                     const Values& arguments) {
  if (name == "std::format" || name == "fmt::format") {
    if (arguments.empty()) return std::nullopt;
    return of_format(call, Arguments(call->arg_begin(), call->arg_end()), arguments);
  }
  const auto* const known = std::find_if(kPrintf.begin(), kPrintf.end(),
                                         [&](const Printf& one) { return one.name == name; });
  if (known == kPrintf.end() || known->format >= arguments.size()) return std::nullopt;
  Value text = of_printf(call, arguments, known->format);
  if (known->buffer < 0) return text;
  const clang::Expr* buffer = bare(call->getArg(static_cast<unsigned>(known->buffer)));
  if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(buffer)) {
    buffer = address->getSubExpr();
  }
  Value written = assigned(buffer, std::move(text));
  // SQLite's returns the buffer, the others how long the text is.
  return name == "sqlite3_snprintf" ? written : unknown(call, "a length");
}

Value Interpreter::of_format(const clang::Expr* call, const Arguments& given,
                             const Values& arguments) {
  const TextValue* text = arguments[0].text();
  if (text == nullptr) return unknown(call, "a format that is not known");
  TextValue out;
  unsigned next = 1;
  for (size_t i = 0; i < text->bytes.size(); ++i) {
    const char c = text->bytes[i];
    const bool twice = i + 1 < text->bytes.size() && text->bytes[i + 1] == c;
    if (c != '{' || twice) {
      out.append(text->slice(i, i + 1));
      if ((c == '{' || c == '}') && twice) ++i;
      continue;
    }
    size_t end = i;
    for (int open = 0; end < text->bytes.size(); ++end) {
      open += text->bytes[end] == '{' ? 1 : text->bytes[end] == '}' ? -1 : 0;
      if (open == 0) break;
    }
    if (end == text->bytes.size()) return unknown(call, "a format that is not known");
    const std::string_view field = std::string_view(text->bytes).substr(i + 1, end - i - 1);
    const std::string_view number = field.substr(0, field.find(':'));
    const bool is_plain = number.size() == field.size();
    i = end;
    unsigned index = 0;
    if (number.empty()) {
      index = next++;
    } else if (number.size() < 3 && std::all_of(number.begin(), number.end(), is_digit)) {
      index = static_cast<unsigned>(std::stoul(std::string(number))) + 1;
    } else {
      out.append_hole({sources_.place(call), "a field of the format"});
      continue;
    }
    if (index >= arguments.size()) return unknown(call, "a format without its values");
    const clang::Expr* argument = given[index];
    const Value& value = arguments[index];
    if (is_plain || value.unknown() != nullptr) {
      out.append(text_of(value, argument));
    } else {
      UnknownValue written = {sources_.place(argument), "a field of the format"};
      written.harmless = value.is_harmless();
      written.from_source = value.is_from_source();
      out.append_hole(written);
    }
  }
  return text_value(std::move(out));
}

Value Interpreter::of_printf(const clang::CallExpr* call, const Values& arguments,
                             unsigned format) {
  const TextValue* text = arguments[format].text();
  if (text == nullptr) return unknown(call, "a format that is not known");
  TextValue out;
  size_t next = format + 1;
  for (size_t i = 0; i < text->bytes.size(); ++i) {
    if (text->bytes[i] != '%') {
      out.append(text->slice(i, i + 1));
      continue;
    }
    const Directive directive = directive_at(text->bytes, i);
    const TextValue written = text->slice(i, directive.end);
    const char conversion = directive.conversion;
    i = directive.end - 1;
    if (conversion == '%') {
      out.append(written.slice(written.bytes.size() - 1, written.bytes.size()));
      continue;
    }
    const size_t index = next + directive.stars;
    if (conversion == 0 || index >= arguments.size()) {
      return unknown(call, "a format without its values");
    }
    next = index + 1;
    const clang::Expr* argument = call->getArg(static_cast<unsigned>(index));
    const Value& value = arguments[index];
    const bool quotes = conversion == 'q' || conversion == 'Q' || conversion == 'w';
    const bool is_text = quotes || conversion == 's' || conversion == 'z';
    if (directive.is_plain && is_text && value.text() != nullptr) {
      out.append(quotes ? quoted_as(conversion, *value.text(), written) : *value.text());
    } else if (directive.is_plain && value.number() && conversion == 'c') {
      out.append(std::string(1, static_cast<char>(*value.number())), sources_.place(argument));
    } else if (directive.is_plain && value.number() &&
               (conversion == 'd' || conversion == 'i' || conversion == 'u')) {
      out.append(value.as_text(sources_.place(argument)));
    } else {
      const UnknownValue* why = value.unknown();
      UnknownValue hole =
          why != nullptr ? *why : UnknownValue{sources_.place(argument), "a field of the format"};
      hole.harmless = quotes || (!is_text && conversion != 'c') || value.is_harmless();
      hole.from_source = value.is_from_source();
      out.append_hole(hole);
    }
  }
  return text_value(std::move(out));
}

/// Of numbers, further arguments say how they are written; of texts, they are further texts.
Value Interpreter::of_qt_argument(const clang::CXXMemberCallExpr* call, const Value& text,
                                  const Values& arguments) {
  if (text.text() == nullptr) return unknown(call, "a format that is not known");
  std::vector<TextValue> by;
  for (unsigned i = 0; i < arguments.size(); ++i) {
    const clang::Expr* argument = call->getArg(i);
    if (isa<clang::CXXDefaultArgExpr>(argument)) continue;
    if (i > 0 && is_number(argument->getType())) {
      UnknownValue first = {sources_.place(call->getArg(0)), "a field of the format"};
      first.harmless = arguments[0].is_harmless();
      first.from_source = arguments[0].is_from_source();
      by.resize(1);
      by[0] = {};
      by[0].append_hole(first);
      break;
    }
    by.push_back(text_of(arguments[i], argument));
  }
  return text_value(
      replaced(*text.text(), numbered_fields(text.text()->bytes, /*closed=*/false), by));
}

Value Interpreter::of_boost_argument(const clang::CXXOperatorCallExpr* call, const Value& text,
                                     const Value& argument) {
  const TextValue* format = text.text();
  if (format == nullptr) return unknown(call, "a format that is not known");
  const TextValue by = text_of(argument, call->getArg(1));
  std::vector<Field> fields = numbered_fields(format->bytes, /*closed=*/true);
  for (size_t i = 0; fields.empty() && i + 1 < format->bytes.size(); ++i) {
    if (format->bytes[i] != '%') continue;
    const Directive directive = directive_at(format->bytes, i);
    if (directive.conversion != '%') fields.push_back({i, directive.end, 1});
    i = directive.end - 1;
  }
  return text_value(replaced(*format, fields, {by}));
}

}  // namespace belay::cpp
