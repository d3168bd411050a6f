# What runs, and how large it is.

verb_status() {
  if ! lab_is_running; then
    echo "the lab is down: e2e/lab up"
    return
  fi
  print_processes
  echo
  kubectl get nodes -o wide || true
  echo
  kubectl --namespace "$NAMESPACE" get pods -o wide || true
  echo
  print_node_plugins
  echo
  print_waiting_tasks
}

print_processes() {
  local name pid
  printf '%-26s %8s %9s\n' PROCESS PID RSS
  for name in "${CONTROL_PLANE[@]}" $(node_names); do
    if pid=$(pid_of "$name"); then
      # A node's kernel is the first process of its PID namespace; the process known by name only waits for it.
      pid=$(pgrep -P "$pid" || echo "$pid")
      printf '%-26s %8s %5s MiB\n' "$name" "$pid" "$(resident_mebibytes "$pid")"
    else
      printf '%-26s %8s\n' "$name" -
    fi
  done
}

print_node_plugins() {
  local node resident probe
  printf '%-6s %-16s %s\n' NODE 'NODE PLUGIN RSS' PROBE
  for node in $(node_names); do
    resident=$(node_plugin_resident "$node") || resident=-
    if driver_answers "$node"; then probe='answers'; else probe='does not answer'; fi
    printf '%-6s %-16s %s\n' "$node" "$resident" "$probe"
  done
}

# What cannot be killed: it waits for a device that is suspended, or for an origin that is away.
print_waiting_tasks() {
  local node
  printf '%-6s %s\n' NODE 'WAITS IN THE KERNEL: PID, THREAD, SUSPENDED DEVICES'
  for node in $(node_names); do
    { on_node "$node" 'ps -eLo pid,stat,comm --no-headers | awk "\$2 ~ /^D/ {print \$1, \$3}"
                       dmsetup info -c --noheadings -o name,suspended | sed -n "s/:Suspended$//p"' || true; } |
      sed "s/^/$(printf '%-6s' "$node") /"
  done
}

node_plugin_resident() { # NODE
  on_node "$1" 'pid=$(pgrep -of "^/opt/sluice/jre/bin/java .*NodePluginMain") && awk "/^VmRSS/ {printf \"%d MiB\n\", \$2 / 1024}" /proc/$pid/status' 2>/dev/null
}

verb_logs() { # NODE|COMPONENT
  local what=${1:-}
  shift || true
  case $what in
    '') die "usage: e2e/lab logs NODE|${CONTROL_PLANE[*]// /|}|controller|provisioner|resizer|snapshotter|node-plugin" ;;
    controller | provisioner | resizer | snapshotter)
      require_lab
      kubectl --namespace "$NAMESPACE" logs deployment/sluice-controller --container "$what" "$@"
      ;;
    node-plugin)
      require_lab
      kubectl --namespace "$NAMESPACE" logs --selector app.kubernetes.io/component=node --container node-plugin --prefix --tail=-1 "$@"
      ;;
    *)
      if node_names | grep -qx -- "$what" && running "$what" && answers "$what"; then
        on_node "$what" 'journalctl --boot --no-pager'
      elif [[ -f $LOGS/$what.log ]]; then
        cat "$LOGS/$what.log"
      else
        die "no log of '$what' (there are: $(cd "$LOGS" && ls | sed 's/\.log$//' | paste -sd' '))"
      fi
      ;;
  esac
}
