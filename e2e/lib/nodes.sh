# Nodes: boot, power cut, commands, images.

readonly SHELL_PORT=2222
# A shutdown that takes longer waits for something that does not come.
readonly HALT_SECONDS=60

boot_node() { # NODE
  local id=${1#n} folder=$RUN/nodes.d/$1
  running "$1" && return
  mkdir -p "$folder"
  [[ -f $folder/data ]] || truncate -s "$NODE_DISK" "$folder/data"
  uml_command "$1" "$NODE_MEMORY" ubd0="$folder/root,$(<"$RUN/node-image")" ubdb="$folder/data" \
    vec0:transport=tap,ifname="tap$id",depth=128,gro=1 systemd.hostname="$1" \
    systemd.machine_id="$(printf '%032x' "$id")" \
    node.id="$id" node.count="$(<"$RUN/nodes")" lab.share="$SHARE"
  spawn "$1" nsenter --net="/run/netns/$NETNS" -- "${UML[@]}"
}

# While the driver starts, the last node, which starts the controller as well, has a processor of its own.
place_nodes_for_start() {
  local all others node
  mapfile -t all < <(processors)
  others=("${all[@]:1}")
  [[ ${#others[@]} -gt 0 ]] || return 0
  for node in $(node_names | head -n -1); do place_node "$node" "${others[${node#n} % ${#others[@]}]}"; done
  place_node "$(node_names | tail -1)" "${all[0]}"
}

place_nodes() { local node; for node in $(node_names); do place_node "$node" "$(processor_of "$node")"; done; }

# The first process first: the others are its children, and what it starts from then on inherits its processor.
place_node() { # NODE PROCESSOR
  local outer inner
  outer=$(pid_of "$1") && inner=$(pgrep -P "$outer") || return 0
  taskset --all-tasks --cpu-list --pid "$2" "$inner"
  pgrep --ns "$inner" --nslist pid | xargs -r -n1 taskset --cpu-list --pid "$2" || true
}

# Whoever asks for the first process of the PID namespace asks for all of them.
cut_power() { # NODE
  local outer inner
  outer=$(pid_of "$1") || return 0
  inner=$(pgrep -P "$outer" || true)
  kill -KILL ${inner:-"$outer"}
  wait_until 20 power_is_off "$outer" "$inner"
  rm -f "$RUN/pid/$1"
}

power_is_off() { local pid; for pid in "$@"; do ! start_time "$pid" >/dev/null || return 1; done; }

nodeshell() { in_network "$RUN/bin/nodeshell" run "$(node_address "$1"):$SHELL_PORT" "${@:2}"; }

on_node() { nodeshell "$@" </dev/null; } # NODE COMMAND

wait_for_node() { # NODE
  wait_until 180 answers "$1"
  reapply_shape "$1"
}

answers() { on_node "$1" true 2>/dev/null; }

# Every node, at the same time: COMMAND is called with the node's name.
for_each_node() {
  local node pids=() pid status=0
  for node in $(node_names); do "$@" "$node" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
  return "$status"
}

nodes_ready() {
  local count
  count=$(kubectl get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' 2>/dev/null | grep -c True)
  [[ $count == "$(<"$RUN/nodes")" ]]
}

import_image() { # ARCHIVE NODE
  local name=image-$$-$BASHPID.tar status=0
  mkdir -p "$SHARE/load"
  ln "$1" "$SHARE/load/$name" 2>/dev/null || cp "$1" "$SHARE/load/$name"
  on_node "$2" "ctr -n k8s.io images import /lab/load/$name && sync -f /var/lib/containerd" || status=$?
  rm -f "$SHARE/load/$name"
  return "$status"
}

verb_sh() { # NODE COMMAND
  require_node "${1:-}"
  [[ $# -ge 2 ]] || die "usage: e2e/lab sh NODE 'commands'"
  exec nsenter --net="/run/netns/$NETNS" -- "$RUN/bin/nodeshell" run "$(node_address "$1"):$SHELL_PORT" "${@:2}"
}

verb_kill() { require_lab; require_node "${1:-}"; cut_power "$1"; }

verb_halt() {
  require_lab
  require_node "${1:-}"
  on_node "$1" 'systemctl --no-block poweroff' || true
  wait_until "$HALT_SECONDS" is_off "$1" || die "$1 has not gone down within $HALT_SECONDS s"
}

is_off() { ! running "$1"; }

verb_boot() {
  require_lab
  require_node "${1:-}"
  boot_node "$1"
  wait_for_node "$1"
}

verb_load() { # ARCHIVE...
  local archive
  require_lab
  for archive in "$@"; do
    [[ -f $archive ]] || die "no such file: $archive"
    for_each_node import_image "$archive"
  done
}
