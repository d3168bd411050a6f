# Background processes of the lab. A process is known by its id and its start time, so that only what the lab started is ever ended.

start_time() { local stat; stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; set -- ${stat##*) }; [[ $1 != Z ]] && echo "${20}"; }

# spawn NAME COMMAND...: in a session of its own, with its output in the log folder.
spawn() {
  local name=$1; shift
  mkdir -p "$RUN/pid" "$LOGS"
  setsid "$@" >"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  remember "$name" $!
}

remember() { echo "$2 $(start_time "$2")" >"$RUN/pid/$1"; }

# pid_of NAME prints the process id while it runs.
pid_of() {
  local pid began
  [[ -f $RUN/pid/$1 ]] || return 1
  read -r pid began <"$RUN/pid/$1"
  [[ -n $began && $(start_time "$pid") == "$began" ]] && echo "$pid"
}

running() { pid_of "$1" >/dev/null; }

# stop NAME...: asks all of them, and after three seconds insists.
stop() {
  local name pid deadline=$((SECONDS + 3))
  for name in "$@"; do ! pid=$(pid_of "$name") || kill "$pid"; done
  for name in "$@"; do
    while running "$name"; do
      [[ $SECONDS -lt $deadline ]] || kill -KILL "$(pid_of "$name")"
      sleep 0.1
    done
    rm -f "$RUN/pid/$name"
  done
}

resident_mebibytes() { awk '/^VmRSS/ {printf "%d", $2 / 1024}' "/proc/$1/status"; }
