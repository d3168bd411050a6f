# A slower, longer or worse network for a node, in both directions. It outlasts the node's power cuts.

verb_shape() { # NODE [--delay TIME] [--rate RATE] [--loss PERCENT]
  local node=${1:-} arguments=()
  require_lab
  require_node "$node"
  shift
  while [[ $# -gt 0 ]]; do
    case $1 in
      --delay | --rate | --loss) [[ $# -ge 2 ]] || die "$1 wants a value"; arguments+=("${1#--}" "$2"); shift 2 ;;
      *) die "usage: e2e/lab shape NODE [--delay 50ms] [--rate 200mbit] [--loss 1%]" ;;
    esac
  done
  [[ ${#arguments[@]} -gt 0 ]] || die "shape wants at least one of --delay, --rate, --loss"
  on_node "$node" "lab-shape ${arguments[*]}"
  echo "${arguments[*]}" >"$RUN/nodes.d/$node/shape"
}

verb_unshape() { # NODE
  require_lab
  require_node "${1:-}"
  rm -f "$RUN/nodes.d/$1/shape"
  on_node "$1" 'lab-shape off'
}

reapply_shape() { # NODE
  [[ ! -f $RUN/nodes.d/$1/shape ]] || on_node "$1" "lab-shape $(<"$RUN/nodes.d/$1/shape")"
}
