# Up and down.

verb_up() { # [--nodes N] [--keep] [--bare]
  local count=3 keep=''
  while [[ $# -gt 0 ]]; do
    case $1 in
      --nodes) count=${2:-}; shift; shift || true ;;
      --nodes=*) count=${1#*=}; shift ;;
      --keep) keep=yes; shift ;;
      --bare) BARE=yes; shift ;;
      *) die "usage: e2e/lab up [--nodes N] [--keep] [--bare]" ;;
    esac
  done
  [[ $count =~ ^[1-$MAX_NODES]$ ]] || die "--nodes wants a number from 1 to $MAX_NODES"
  require_machine
  lock_lab up
  bring_up "$count" "$keep"
}

# Set by `up --bare`: without the driver, for work on the lab itself or on a driver that does not compile.
BARE=

bring_up() { # COUNT [KEEP]
  local count=$1 keep=${2:-} tag
  if lab_is_running && [[ $(<"$RUN/nodes") != "$count" ]]; then
    die "the lab is up with $(<"$RUN/nodes") nodes: run e2e/lab down first"
  fi
  tag=$(driver_tag)
  prepare_caches "$tag"
  step 'run folder' prepare_run_folder "$count" "$keep"
  step network create_network "$count"
  step certificates create_certificates "$count"
  begin 'control plane' start_control_plane
  begin nodes start_nodes
  finish 'control plane' nodes
  step 'nodes ready' wait_until 180 nodes_ready
  step 'kubelet settings' renew_kubelets
  [[ -n $BARE ]] || deploy_driver "$tag"
}

# What is made once per content, and kept in the cache folder.
prepare_caches() { # TAG
  mkdir -p "$CACHE" "$LOGS"
  step packages install_packages
  # The file systems wait for the network, the rest for the processor.
  begin 'node file system' build_rootfs
  begin tools build_tools
  [[ -n $BARE ]] || begin 'driver image' build_driver_image "$1"
  finish 'node file system' tools
  step 'static images' build_static_images
  [[ -n $BARE ]] || finish 'driver image'
  # A node that is switched on again goes on with the image it had.
  lab_is_running || step 'node image' build_node_image
}

# A lab that was down starts anew: fresh disks, an empty etcd. With KEEP it goes on with what it had.
prepare_run_folder() { # COUNT KEEP
  local image; image=$(node_image)
  ! lab_is_running || return 0
  [[ -n $2 ]] || rm -rf "$RUN"
  rm -rf "$RUN/pid"
  mkdir -p "$SHARE"
  echo "$1" >"$RUN/nodes"
  # A copy-on-write file is worth nothing over another image than the one it was made over; the data disks stay.
  [[ $(cat "$RUN/node-image" 2>/dev/null) == "$image" ]] || rm -f "$RUN"/nodes.d/*/root
  echo "$image" >"$RUN/node-image"
  cp "$E2E/node/kubelet.yaml" "$SHARE/"
  link_tools
}

# A lab that runs already has the settings of the checkout that brought it up.
renew_kubelets() {
  ! cmp -s "$E2E/node/kubelet.yaml" "$SHARE/kubelet.yaml" || return 0
  cp "$E2E/node/kubelet.yaml" "$SHARE/"
  for_each_node restart_kubelet
  wait_until 60 nodes_ready
}

restart_kubelet() { on_node "$1" 'systemctl restart kubelet'; } # NODE

lab_is_running() {
  local pid
  for pid in "$RUN"/pid/*; do
    [[ -f $pid ]] || continue
    ! running "${pid##*/}" || return 0
  done
  return 1
}

start_nodes() {
  local node
  build_uml_library
  for node in $(node_names); do boot_node "$node"; done
  for_each_node wait_for_node
}

verb_down() {
  [[ $EUID == 0 ]] || die "run it as root"
  lock_lab down
  begin 'nodes off' for_each_node cut_power
  step 'control plane off' stop_control_plane
  finish 'nodes off'
  step 'network removed' remove_network
  rm -rf "$RUN/pid" "$RUN/uml"
}

verb_kubectl() { require_lab; exec nsenter --net="/run/netns/$NETNS" -- "$RUN/bin/kubectl" --kubeconfig="$KUBECONFIG_FILE" "$@"; }

verb_helm() { verb_run "$RUN/bin/helm" "$@"; }

verb_kubeconfig() { require_lab; echo "$KUBECONFIG_FILE"; }

verb_run() { # COMMAND...
  require_lab
  [[ $# -gt 0 ]] || die "usage: e2e/lab run COMMAND..."
  KUBECONFIG=$KUBECONFIG_FILE PATH=$RUN/bin:$PATH exec nsenter --net="/run/netns/$NETNS" -- "$@"
}

verb_help() {
  cat <<HELP
Usage: e2e/lab VERB

  up [--nodes N] [--keep] [--bare]   bring up Kubernetes on N nodes (3) with the driver of this checkout installed; what runs
                                     already stays. A lab that was down starts anew; --keep: with the disks and objects it
                                     had; --bare: without the driver
  deploy                             build the driver again, load its image, upgrade the chart
  down                               end all of it; caches stay in $SLUICE_LAB
  status                             processes, nodes, the driver's pods, memory of the node plugins
  demo [NAME]                        the main job, told step by step; move: a StatefulSet across the drain of a node
  test [FILTER]                      ./mvnw verify and every lab test; with a filter only those lab tests
  bench [NAME]                       every benchmark, or one: hydrate, reads, swap, govern, start or move. SLUICE_BENCH_ROUNDS=1
                                     before it makes each measure once

  kubectl ARG…, helm ARG…            with the lab's cluster
  kubeconfig                         the path of an administrator's kubeconfig (its address is in the lab's network: see run)
  run COMMAND…                       a command of this machine in the lab's network, with KUBECONFIG set
  load IMAGE.tar…                    import image archives into every node
  sh NODE 'COMMANDS'                 run commands on a node; passes on input, output, errors and exit status
  logs NODE|COMPONENT                a node's journal, or kube-apiserver, etcd, …, controller, provisioner, node-plugin, …

  kill NODE                          power cut: nothing of the node's kernel survives
  halt NODE                          shut it down in good order; returns when it is off
  boot NODE                          switch it on again; returns when it answers sh
  cut NODE [OTHER]                   drop all packets between two nodes, or between a node and everyone (sh still reaches it)
  cut api                            end the API server
  heal                               undo every cut
  shape NODE [--delay 50ms] [--rate 200mbit] [--loss 1%]
                                     in each direction, until unshape NODE
HELP
}
