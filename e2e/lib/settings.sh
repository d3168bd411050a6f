# Where everything is, and the numbers one may want to change. State and caches live outside the checkout.

readonly SLUICE_LAB=${SLUICE_LAB:-/var/lib/sluice-lab}
readonly RUN=$SLUICE_LAB/run       # the running lab: gone after `down` and the next `up`
readonly SHARE=$RUN/share          # the nodes see this folder as /lab
readonly LOGS=$SLUICE_LAB/log
readonly CACHE=$SLUICE_LAB/cache   # made once per content: tools, images, node images

readonly NETNS=sluice-lab
readonly HOST_ADDRESS=10.77.0.254
readonly SERVICE_ADDRESS=10.96.0.1 # the API server's cluster address, on the bridge: no kube-proxy is needed
readonly HEALTH_PORT=9809
readonly MAX_NODES=9

readonly NODE_MEMORY=${SLUICE_LAB_NODE_MEMORY:-2000M}
readonly NODE_DISK=${SLUICE_LAB_NODE_DISK:-24G}
readonly DEBIAN_SUITE=bookworm
readonly DEBIAN_MIRROR=${SLUICE_LAB_MIRROR:-http://deb.debian.org/debian}

readonly IMAGE_REPOSITORY=ghcr.io/sluice-csi/sluice
readonly RELEASE=sluice
readonly NAMESPACE=sluice-system

node_address() { echo "10.77.0.${1#n}"; }

# The nodes of the running lab, one name a line.
node_names() { [[ ! -f $RUN/nodes ]] || seq -f 'n%g' "$(<"$RUN/nodes")"; }

require_node() {
  node_names | grep -qx -- "${1:-}" || die "no node '${1:-}' (there are: $(node_names | paste -sd' '))"
}

require_lab() { [[ -f $RUN/nodes ]] && network_exists || die "the lab is not up: run e2e/lab up"; }

keep_newest() { ls -dt "${@:2}" | tail -n +$(($1 + 1)) | xargs -r rm -rf; } # COUNT PATH...

# A name for content: the hash of the given files' bytes and names, and of the given words.
content_key() { # [WORD...] -- [FILE...]
  local words=()
  while [[ $# -gt 0 && $1 != -- ]]; do words+=("$1"); shift; done
  [[ $# == 0 ]] || shift
  { printf '%s\n' "${words[@]}"; [[ $# == 0 ]] || for file in "$@"; do basename "$file"; cat "$file"; done; } | sha256sum | cut -c1-16
}
