# Steps: a function run with its output in a log file, shown as one line with the time it took.

declare -A STEP_PID STEP_BEGAN

die() { echo "e2e/lab: $*" >&2; exit 1; }

log_of() { echo "$LOGS/${1// /-}.log"; }

end_of() { echo "$LOGS/.${1// /-}.end"; }

# begin NAME COMMAND...: starts a step; finish NAME waits for it.
begin() {
  local name=$1; shift
  mkdir -p "$LOGS"
  # The lock stays with this process: what a step leaves running must not hold it.
  ( exec 9>&-; trap 'echo "$SECONDS" >"$(end_of "$name")"' EXIT; "$@" ) >"$(log_of "$name")" 2>&1 </dev/null &
  STEP_PID[$name]=$! STEP_BEGAN[$name]=$SECONDS
}

finish() {
  local name status
  for name in "$@"; do
    while [[ -t 1 ]] && kill -0 "${STEP_PID[$name]}" 2>/dev/null; do
      printf '\r  … %-28s %4d s' "$name" $((SECONDS - STEP_BEGAN[$name]))
      sleep 0.2
    done
    status=0
    wait "${STEP_PID[$name]}" || status=$?
    [[ ! -t 1 ]] || printf '\r\033[K'
    [[ $status == 0 ]] || step_failed "$name" "$status"
    unset "STEP_PID[$name]"
    printf '  ✓ %-28s %4d s\n' "$name" $(($(<"$(end_of "$name")") - STEP_BEGAN[$name]))
  done
}

step() { begin "$@"; finish "$1"; }

step_failed() {
  local log; log=$(log_of "$1")
  printf '  ✗ %-28s %4d s\n' "$1" $((SECONDS - STEP_BEGAN[$1]))
  unset "STEP_PID[$1]"
  echo "e2e/lab: step '$1' failed with status $2. The end of $log:" >&2
  tail -n 20 "$log" | sed 's/^/    /' >&2
  exit 1
}

end_unfinished_steps() {
  local name
  for name in "${!STEP_PID[@]}"; do kill "${STEP_PID[$name]}" 2>/dev/null || true; done
}

# Verbs that change the lab exclude each other.
lock_lab() {
  mkdir -p "$SLUICE_LAB"
  exec 9>>"$SLUICE_LAB/lock"
  flock -n 9 || die "another e2e/lab is at work here ($(<"$SLUICE_LAB/lock")): wait for it, or end it"
  echo "process $$, $1, since $(date +%T)" >"$SLUICE_LAB/lock"
  trap end_unfinished_steps EXIT
}

unlock_lab() { exec 9>&-; }
