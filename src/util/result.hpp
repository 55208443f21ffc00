// The result of anything that the world can make fail.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace sarray::util {

/// sarray's own exit statuses. A refusal by the real sbatch keeps sbatch's status instead.
enum class Exit : int {
  ok = 0,
  failed = 1,
  usage = 2,
  some_tasks_failed = 3,
};

/// What went wrong, in the three parts that the user reads:
///   sarray: error: WHAT: WHY
///   hint: HINT
/// `why` and `hint` may be empty. Only main prints it.
struct Error {
  std::string what;
  std::string why;
  std::string hint;
  int status = static_cast<int>(Exit::failed);
  /// Text to print as it stands before (or, with an empty `what`, instead of) the two lines above: a table, or another
  /// program's own words. Ends with a newline.
  std::string body = {};
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(std::string what, std::string why = {}, std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(what), std::move(why), std::move(hint)});
}

/// A refusal of the words that a command was given: its status is Exit::usage.
[[nodiscard]] inline Error usage_error(std::string what, std::string why, std::string hint) {
  return Error{std::move(what), std::move(why), std::move(hint), static_cast<int>(Exit::usage)};
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace sarray::util

#define SARRAY_CONCAT_(a, b) a##b
#define SARRAY_CONCAT(a, b) SARRAY_CONCAT_(a, b)

/// TRY(declaration, expression): the value, or return the error to the caller.
#define TRY(declaration, expression) TRY_(declaration, expression, SARRAY_CONCAT(try_result_, __LINE__))
#define TRY_(declaration, expression, name)                       \
  auto name = (expression);                                       \
  if (!name) return tl::make_unexpected(std::move(name).error()); \
  declaration = std::move(*name)

/// CHECK_OK(expression): nothing, or return the error to the caller. For Result<void>.
#define CHECK_OK(expression) \
  if (auto check_result = (expression); !check_result) return tl::make_unexpected(std::move(check_result).error())
