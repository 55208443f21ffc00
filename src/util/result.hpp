// The result of anything that can fail for reasons outside of the program.
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
  /// Text to print unchanged before the two lines above (or instead of them, if `what` is empty): a table, or another program's
  /// own message. It ends with a newline.
  std::string body = {};
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(std::string what, std::string why = {}, std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(what), std::move(why), std::move(hint)});
}

/// Returns the error for wrong arguments of a command: its status is Exit::usage.
[[nodiscard]] inline Error usage_error(std::string what, std::string why, std::string hint) {
  return Error{std::move(what), std::move(why), std::move(hint), static_cast<int>(Exit::usage)};
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace sarray::util

#define SARRAY_CONCAT_(a, b) a##b
#define SARRAY_CONCAT(a, b) SARRAY_CONCAT_(a, b)

/// TRY(declaration, expression): declares the value of a Result, or returns its error to the caller.
#define TRY(declaration, expression) TRY_(declaration, expression, SARRAY_CONCAT(try_result_, __LINE__))
#define TRY_(declaration, expression, name)                       \
  auto name = (expression);                                       \
  if (!name) return tl::make_unexpected(std::move(name).error()); \
  declaration = std::move(*name)

/// CHECK_OK(expression): returns the error of a Result<void> to the caller, if there is one.
#define CHECK_OK(expression) \
  if (auto check_result = (expression); !check_result) return tl::make_unexpected(std::move(check_result).error())
