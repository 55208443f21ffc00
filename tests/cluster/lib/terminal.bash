# shellcheck shell=bash
# A terminal of a test's own, which shows what a user would see. Needs lib/cluster.bash, in TEST_DIR.
terminal_socket=$TEST_DIR/tmux

open_terminal() { # COLUMNS LINES: with a shell whose prompt is "outer> "
  LC_ALL=C.UTF-8 env -u TMUX tmux -u -S "$terminal_socket" -f /dev/null new-session -d -s s -x "$1" -y "$2" "env PS1='outer> ' bash --norc"
  at_exit end_terminal
  wait_screen 'outer>'
}
# Waits until the server has ended: a client that still finds it fails with "server exited unexpectedly".
end_terminal() {
  local server
  server=$(tmux -S "$terminal_socket" display-message -p '#{pid}' 2>/dev/null) || return 0
  tmux -S "$terminal_socket" kill-server 2>/dev/null || :
  [[ ! $server =~ ^[0-9]+$ ]] || wait_until 'the end of the terminal' server_has_ended "$server"
}
server_has_ended() { ! kill -0 "$1" 2>/dev/null; } # PID
keys() { tmux -u -S "$terminal_socket" send-keys -t s "$@" Enter; } # WORD...
press() { tmux -u -S "$terminal_socket" send-keys -t s "$@"; } # KEY...
resize() { tmux -u -S "$terminal_socket" resize-window -t s -x "$1" -y "$2"; } # COLUMNS LINES
# shellcheck disable=SC2120 # the tests pass some
screen() { tmux -u -S "$terminal_socket" capture-pane -p "$@" -t s; } # [OPTION OF CAPTURE-PANE]...
screen_has() { [[ $(screen 2>/dev/null) == *"$1"* ]]; } # TEXT
wait_screen() { wait_shows=screen wait_until "on the screen: $1" screen_has "$1"; } # TEXT
