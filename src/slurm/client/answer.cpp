#include "slurm/client/answer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "slurm/client/client.hpp"

namespace sarray::slurm {

namespace {

/// Words of an end that does not say whether the controller has the request. "(connect failure)" is not one of them: nothing was
/// sent.
constexpr std::array<std::string_view, 16> broken_connections = {
    "Socket timed out on send/recv operation",                // SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT
    "Zero Bytes were transmitted or received",                // SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT
    "Header lengths are longer than data received",           // ESLURM_PROTOCOL_INCOMPLETE_PACKET
    "Message send failure",                                   // SLURM_COMMUNICATIONS_SEND_ERROR
    "Message receive failure",                                // SLURM_COMMUNICATIONS_RECEIVE_ERROR
    "Communication shutdown failure",                         // SLURM_COMMUNICATIONS_SHUTDOWN_ERROR
    "Unable to contact slurm controller (send failure)",      // SLURMCTLD_COMMUNICATIONS_SEND_ERROR
    "Unable to contact slurm controller (receive failure)",   // SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR
    "Unable to contact slurm controller (shutdown failure)",  // SLURMCTLD_COMMUNICATIONS_SHUTDOWN_ERROR
    "Unexpected message received",                            // SLURM_UNEXPECTED_MSG_ERROR: an answer, but to what
    "Insane message length",                                  // SLURM_PROTOCOL_INSANE_MSG_LENGTH
    "Protocol authentication error",                          // of our message, or of the answer to it
    "Kernel reported delayed socket error",                   // SLURM_COMMUNICATIONS_DELAYED_ERROR, 25.05
    "Connection timed out",                                   // ETIMEDOUT, and SLURM_COMMUNICATIONS_READ_TIMEOUT of 25.05
    "Connection reset by peer",                               // ECONNRESET
    "Broken pipe",                                            // EPIPE
};

constexpr int exec_failed = 127;    // util::run: nothing was run
constexpr int highest_signal = 64;  // a status above 128 + this does not mean a signal
constexpr std::string_view answer_words = "Submitted batch job ";

}  // namespace

bool says_connection_broke(std::string_view words) {
  return std::any_of(broken_connections.begin(), broken_connections.end(),
                     [&](auto text) { return words.find(text) != std::string_view::npos; });
}

Answer judge_answer(const util::Output& output) {
  const bool succeeded = output.status == 0 && !output.timed_out;
  // Of a failure nothing less than sbatch's own words is believed: a number alone may count anything.
  if (succeeded || output.out.find(answer_words) != std::string::npos) {
    if (auto id = parse_answer(succeeded ? output.out : output.out.substr(output.out.find(answer_words)))) {
      return {Answer::Kind::accepted, std::move(*id), ""};
    }
  }
  if (output.timed_out) return {Answer::Kind::unknown, "", "no answer in time"};
  if (succeeded) return {Answer::Kind::unknown, "", "an answer without a job id"};
  if (output.status > 128 && output.status <= 128 + highest_signal) {
    return {Answer::Kind::unknown, "", "ended by signal " + std::to_string(output.status - 128)};
  }
  const auto status = "status " + std::to_string(output.status);
  if (says_connection_broke(output.err)) return {Answer::Kind::unknown, "", status + ", and the connection to Slurm broke"};
  if (output.err.empty() && output.status != exec_failed) return {Answer::Kind::unknown, "", status + ", and it printed nothing"};
  return {Answer::Kind::refused, "", ""};
}

}  // namespace sarray::slurm
