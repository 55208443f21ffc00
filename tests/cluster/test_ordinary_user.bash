#!/usr/bin/env bash
# The whole way as an ordinary user, whose state folder nobody else can read: outputs through links, private files, other users.
set -euo pipefail
. "$(dirname "$0")/lib/cluster.bash"
need_cluster
cd "$TEST_DIR"
unset SARRAY_SESSION SARRAY_STATE_DIR
cp "$SARRAY" sarray # the user may not see the build folder
chmod 755 sarray
home=$TEST_DIR/home-sarray-test
as_user sarray-test true
cat >"$home/session.sh" <<'END'
umask 027
printf '#!/usr/bin/env python3\nimport sys, os\nprint("py", sys.argv[1], os.getcwd())\n' >py.slurm
printf '#!/bin/bash\necho "sh $1 $SECRET_TOKEN"; id -un; printf %%s "$(<"$0")" | head -n 1; ls -ld /proc/$$/fd/249 | cut -c 1-4; [[ -O /proc/$$/fd/249 ]] && stat -Lc %%a /proc/$$/fd/249\n' >sh.slurm
sbatch -o out_py_%j py.slurm 'a b'
SECRET_TOKEN=hunter2 sbatch -o out_sh sh.slurm c
sbatch -o 'out_%x_%a' -e err_%a --array=3-4 -J arr sh.slurm d
sarray submit --parsable >id 2>err
END
chown -R sarray-test: "$home"
as_user sarray-test env PATH="$TEST_DIR:$PATH" bash -c 'cd && sarray listen <session.sh' >/dev/null
wait_job "$(cat "$home/id")"
assert_eq "py a b $home" "$(cat "$home"/out_py_*)" 'a Python script'
assert_eq 'sh c hunter2|sarray-test|#!/bin/bash|lr-x|700' "$(paste -sd '|' "$home/out_sh")" 'a shell script: its own user, its script private'
assert_eq 'sh d |sh d ' "$(head -qn 1 "$home"/out_arr_[34] | paste -sd '|')" 'an array'
assert_eq '640 sarray-test' "$(stat -c '%a %U' "$home"/out_sh)" 'mode and owner of the output'
assert_contains "$(cat "$home/err")" 'sarray: warning: values that look secret are in the batch script, which Slurm'"'"'s administrators can read: SECRET_TOKEN' 'the warning'
[[ $(cat "$home/err") != *hunter2* ]] || fail 'a value was shown'
assert_eq '' "$(find "$home/.local/state/sarray" \( -type f -perm /077 -o -type d -perm /077 \) | head)" 'all state is private'
assert_eq 600 "$(stat -c %a "$home/sarray.slurm")" 'the generated script is private'

# A state folder that others can write to, or that is somebody else's, is refused.
as_user sarray-test bash -c "mkdir ~/open && chmod 777 ~/open"
words=$(as_user sarray-test env SARRAY_STATE_DIR="$home/open" "$TEST_DIR/sarray" sessions 2>&1) && fail 'an open state folder was taken'
assert_eq "sarray: error: $home/open: others can write to it
hint: chmod 700 $home/open" "$words" 'an open state folder'
words=$(as_user sarray-test env SARRAY_STATE_DIR="$home/open" "$TEST_DIR/sarray" history 2>&1 >/dev/null)
assert_contains "$words" "sarray: warning: $home/open: others can write to it; what is recorded there is not shown
hint: chmod 700 $home/open" 'what is followed without the notes says so'
mkdir foreign
chmod 755 foreign
words=$(as_user sarray-test env SARRAY_STATE_DIR="$TEST_DIR/foreign" "$TEST_DIR/sarray" sessions 2>&1) && fail "somebody else's state folder was taken"
assert_contains "$words" "sarray: error: $TEST_DIR/foreign: it belongs to somebody else" "somebody else's state folder"
echo "links, private state, secrets, modes"
