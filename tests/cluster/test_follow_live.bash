#!/usr/bin/env bash
# What is drawn while tasks run: logs -f, and status --watch on a terminal of 80 columns and 24 lines.
# run: 45
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
. "$(dirname "$0")/lib/terminal.bash"
. "$(dirname "$0")/lib/follow.bash"
need_cluster
cd "$TEST_DIR"
export HOME=$TEST_DIR SARRAY_STATE_DIR=$TEST_DIR/state PATH=${SARRAY%/*}:$PATH
unset SARRAY_SESSION

wait_file() { wait_until "in $1: $2" file_has "$1" "$2"; } # FILE TEXT

# --- logs -f: what is there, what comes, and an end of its own
cat >job.sh <<'JOB'
#!/bin/bash
echo "$1: begun"
until [ -e "go-$1" ]; do sleep 0.1; done
echo "$1: done"
exit "$2"
JOB
printf 'sbatch -J one -o one.out job.sh one 0\nsbatch -J two -o two-%%j.out job.sh two 4\n' >queue
id=$(sarray submit queue -t 1 --parsable 2>/dev/null) # the second begins when the first has ended
sarray logs "$id" -f >both.out 2>both.err &
both=$!
wait_file both.out 'one: begun'
sarray logs "${id}_0" -f -n 1 >one.log &
one=$!
wait_file one.log 'one: begun'
kill -0 "$both" || fail 'logs -f ended while a task runs'
touch go-one
wait_file both.out 'one: done'
wait "$one" || fail 'logs -f of a task that is done'
assert_eq $'one: begun\none: done' "$(cat one.log)" 'logs -f of one task has no heading'
wait_file both.out 'two: begun'
touch go-two
wait "$both" || fail 'logs -f of an array'
second=$(sarray which "${id}_1" | sed -n 's/^output  *//p')
assert_eq "==> ${id}_0 one: $PWD/one.out <==
one: begun
one: done

==> ${id}_1 two: $second <==
two: begun
two: done" "$(cat both.out)" 'logs -f of two tasks'
assert_eq '' "$(cat both.err)" 'what logs -f says beside'

# --- logs -f of a task that is requeued begins its file again
cat >again.sh <<'JOB'
#!/bin/bash
echo "attempt ${SLURM_RESTART_COUNT:-0}"
if [ "${SLURM_RESTART_COUNT:-0}" = 0 ]; then sleep 100; fi
JOB
printf 'sbatch --requeue -o again.out again.sh\n' >queue
again=$(sarray submit queue --parsable 2>/dev/null)
sarray logs "$again" -f >again.log &
follower=$!
wait_file again.log 'attempt 0'
sarray requeue "$again" 2>/dev/null
# Pending with its time, or already in its second run, on a machine that is slow to look.
is_put_back() { [[ $(squeue -h -r -t PENDING -j "$again" -o %r) == BeginTime || $(cat again.log) == *'attempt '[1-9]* ]]; }
wait_until 'the task is put back' is_put_back
# Slurm waits two minutes by itself, and sets that time again when the node has told the end of the first run. Not in the second of
# that end: slurmd takes a start in it for that of a killed job.
asked=$(date +%s)
runs_again() {
  [[ $(cat again.log) != *'attempt '[1-9]* ]] || return 0
  if second_after $((asked + 1)); then
    scontrol update "JobId=${again}_0" StartTime=now 2>/dev/null || true # it may have ended
    asked=$(date +%s)
  fi
  return 1
}
wait_until 'the second attempt' runs_again
wait "$follower" || fail 'logs -f of a requeued task'
[[ $(cat again.log) == *'attempt 0'*'attempt '[1-9]* ]] || fail "logs -f of a requeued task: $(cat again.log)"

# --- status --watch on a terminal: in place, cut to the screen, in colour, then all of it
printf '#!/bin/bash\nuntil [ -e go-%s ]; do sleep 0.1; done\n[ "$1" != 3 ]\n' many >many.sh
for ((i = 1; i <= 40; i++)); do echo "sbatch -J 'job $i 仕事の名前が長い' -o /dev/null many.sh $i 'a long argument, the rest of which is cut'"; done >queue
many=$(sarray submit queue -t 16 --parsable 2>/dev/null)
(unset NO_COLOR && open_terminal 80 24)
at_exit end_terminal
keys "sarray status $many --watch; echo ended with \$?, \$(stty -a | grep -o '.icanon')"
wait_screen "array $many: 40 jobs, 40 tasks"
wait_screen 'job 16'
assert_contains "$(screen | head -n 1)" "array $many: 40 jobs" 'the totals stand at the top of the screen'
wait_screen ' running, '
assert_contains "$(screen -e)" $'\e[36m>' 'running tasks in cyan'
assert_contains "$(screen)" '> running  . pending' 'a legend of the bar'
wait_screen '... 24 more jobs below: arrows scroll, q ends'
assert_eq 24 "$(screen | wc -l)" 'it fits the screen'
[[ $(screen) != *'job 40'* ]] || fail "more than fits the screen"
# Arrows, page keys and G scroll, without waiting for the next drawing; the totals stay.
press Down Down
wait_screen '... 22 more jobs below, 2 above: arrows scroll, q ends'
assert_eq 24 "$(screen | wc -l)" 'it fits the screen after a key'
press Up
wait_screen '... 23 more jobs below, 1 above'
press NPage
wait_screen '... 7 more jobs below, 17 above'
press G
wait_screen 'job 40'
wait_screen '... 24 more jobs above: arrows scroll, q ends'
assert_contains "$(screen | head -n 1)" "array $many: 40 jobs" 'the totals stay'
press Home
wait_screen '... 24 more jobs below: arrows scroll, q ends'
# Another size of the terminal is seen at once; bars can be turned off.
resize 80 20
wait_screen '... 28 more jobs below'
resize 80 24
wait_screen '... 24 more jobs below'
press q
wait_screen 'ended with 0, icanon' # and the terminal is as it was
keys 'clear; echo typed'
wait_screen typed
keys "clear; SARRAY_BARS=off sarray status $many --watch --tasks"
wait_screen 'more tasks below: arrows'
[[ $(screen) != *'[>'* && $(screen) != *'# done'* ]] || fail "bars that were turned off: $(screen)"
press C-c
keys 'echo "ended <$?>"'
wait_screen 'ended <130>'
keys "clear; sarray status $many --watch --no-bars </dev/null"
wait_screen "more jobs below: sarray status $many"
press C-c
keys 'echo "ended <$?>"'
wait_screen 'ended <130>'
keys "clear; sarray status $many --watch; echo ended with \$?"
wait_screen '24 more jobs below'
# A drawing later.
sarray hold "${many}_39" 2>/dev/null
wait_screen '1 JobHeld' # by its user or, of root, by an administrator
assert_eq 1 "$(screen | grep -c '^array ')" 'it is drawn in place'
assert_contains "$(screen | head -n 1)" "array $many: 40 jobs" 'and still from the top'
sarray release "${many}_39" 2>/dev/null
touch go-many
wait_screen 'ended with 3'
assert_contains "$(screen)" 'job 40' 'the end shows all jobs'
text=$(screen -S -)
assert_contains "$text" '39 of 40 done (97 %), 1 failed' 'the totals at the end'
assert_contains "$(screen | tail -n 4)" '39 of 40 done (97 %), 1 failed' 'and they are what is left on the screen'
# A line that the terminal had to break would be joined by -J.
assert_eq "$text" "$(screen -J -S - | sed 's/ *$//')" 'no line is wider than the terminal'

# --- a submission of several arrays is drawn as one thing
rm go-many
for ((i = 1; i <= 30; i++)); do echo "sbatch -J part$i -t $((5 + i % 3)) -o /dev/null many.sh $i"; done >queue
sarray submit --split queue --parsable >ids 2>/dev/null
keys "clear; sarray status last --watch; echo ended with \$?"
wait_screen ': 3 arrays, 30 jobs, 30 tasks'
wait_screen ' more jobs below: arrows scroll, q ends'
assert_contains "$(screen)" 'job id  job  name ' 'with the array of each job'
assert_eq 24 "$(screen | wc -l)" 'it fits the screen, too'
press G
wait_screen ' more jobs above: arrows scroll, q ends'
[[ $(screen | tail -n 2 | head -n 1) =~ ^\ *($(paste -sd'|' ids))\ +[0-9]+\ +part ]] || fail "the last row has the id of its array: $(screen)"
assert_contains "$(screen | head -n 1)" ': 3 arrays, 30 jobs' 'the totals stay'
press q
wait_screen 'ended with 0'
touch go-many

# --- without a terminal --watch draws one after another, without escapes
sarray status "$many" --watch >watch.out || assert_eq 3 "$?" '--watch of what is over'
[[ $(cat watch.out) != *$'\e'* ]] || fail 'escapes in a pipe'
# --- an estimate, once some are done
printf 'sbatch -a 1-6 -o /dev/null --wrap "sleep 3"\n' >queue
timed=$(sarray submit queue -t 2 --parsable 2>/dev/null)
sarray status "$timed" --watch >watch.out || fail '--watch of what succeeds ends with 0'
grep -Eq '^[0-9] of 6 done \([0-9]+ %\), .*, about 00:00:[0-9]+ left$' watch.out || fail "no estimate: $(cat watch.out)"
assert_contains "$(tail -n 3 watch.out)" '6  ##########' 'the last drawing'
echo "logs -f, --watch"
