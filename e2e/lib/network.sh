# One network namespace holds the bridge, the nodes' taps and the control plane. Nothing leaves it.

network_exists() { [[ -e /run/netns/$NETNS ]]; }

in_network() { nsenter --net="/run/netns/$NETNS" -- "$@"; }

create_network() { # COUNT
  network_exists || ip netns add "$NETNS"
  in_network ip link set lo up
  in_network ip link show br0 >/dev/null 2>&1 || in_network ip link add br0 type bridge
  in_network ip addr replace "$HOST_ADDRESS/24" dev br0
  in_network ip addr replace "$SERVICE_ADDRESS/32" dev br0
  in_network ip link set br0 up
  in_network sysctl -qw net.ipv4.ip_forward=1
  local id
  for ((id = 1; id <= $1; id++)); do
    in_network ip link show "tap$id" >/dev/null 2>&1 || in_network ip tuntap add "tap$id" mode tap
    in_network ip link set "tap$id" master br0 up
    in_network ip route replace "10.244.$id.0/24" via "10.77.0.$id"
  done
}

remove_network() { ! network_exists || ip netns delete "$NETNS"; }

# A cut is a set of rules on the bridge. The node's shell stays reachable from the host, or no test could look at a node that is cut off.
cut_pair() { # NODE OTHER
  local a=tap${1#n} b=tap${2#n}
  ensure_cut_table
  in_network nft -f - <<RULES
add rule bridge cut forwarding iifname "$a" oifname "$b" drop
add rule bridge cut forwarding iifname "$b" oifname "$a" drop
RULES
}

cut_from_all() { # NODE
  local tap=tap${1#n}
  ensure_cut_table
  in_network nft -f - <<RULES
add rule bridge cut forwarding iifname "$tap" drop
add rule bridge cut forwarding oifname "$tap" drop
add rule bridge cut to_host iifname "$tap" ether type arp accept
add rule bridge cut to_host iifname "$tap" tcp sport $SHELL_PORT accept
add rule bridge cut to_host iifname "$tap" drop
add rule bridge cut from_host oifname "$tap" ether type arp accept
add rule bridge cut from_host oifname "$tap" tcp dport $SHELL_PORT accept
add rule bridge cut from_host oifname "$tap" drop
RULES
}

ensure_cut_table() {
  in_network nft -f - <<'RULES'
add table bridge cut
add chain bridge cut forwarding { type filter hook forward priority 0; }
add chain bridge cut to_host { type filter hook input priority 0; }
add chain bridge cut from_host { type filter hook output priority 0; }
RULES
}

heal_cuts() { in_network nft -f - <<<'add table bridge cut; delete table bridge cut'; }

verb_cut() { # api | NODE [OTHER]
  require_lab
  if [[ ${1:-} == api ]]; then cut_api; return; fi
  require_node "${1:-}"
  if [[ $# == 1 ]]; then cut_from_all "$1"; else require_node "$2"; cut_pair "$1" "$2"; fi
}

verb_heal() { require_lab; heal_cuts; heal_api; }
