#!/usr/bin/env bash
# A node is drained, told by the cluster's own objects: a StatefulSet of three, and the volume that goes with the pod that has to go.
# Every number is measured in this run. `e2e/lab demo move` brings the lab up and calls this.
set -euo pipefail

# shellcheck source=lib/story.sh
source "$(dirname "$(readlink -f "$0")")/lib/story.sh"

readonly NAMESPACE=sluice-demo CLASS=sluice-demo
readonly REPLICAS=3 MEBIBYTES=256 SIZE=1Gi
# Slow enough to be watched, until the limit is lifted.
readonly MIB_PER_SECOND=8
declare -A CHECKSUM
DRAINED=

main() {
  clean
  trap clean EXIT
  prepare
  title "A StatefulSet of $REPLICAS, each pod with a volume of its own, placement Follow"
  start_databases
  title "kubectl drain $DRAINED"
  drain
  title "All of the data can be read, though most of it is still on $DRAINED"
  in_demo get clonehydrations | indent
  verify "read through"
  title "The copy, behind the pods' backs"
  hydrate
  title "$DRAINED has nothing left of what went; nothing of Sluice is in the way of a read or a write"
  show_volumes
  say "the logical volumes on $DRAINED:"
  "$LAB" sh "$DRAINED" 'lvs -o lv_name,lv_size,pool_lv' | indent
  drop_caches
  verify "read from each node's own disk"
  show_events
}

prepare() {
  kubectl create namespace "$NAMESPACE" >/dev/null
  until in_demo get serviceaccount default >/dev/null 2>&1; do sleep 0.2; done
  in_demo apply -f - >/dev/null <<YAML
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: $CLASS}
provisioner: csi.sluice.dev
volumeBindingMode: WaitForFirstConsumer
parameters: {placement: Follow, maxBytesPerSecond: "$((MIB_PER_SECOND * 1048576))"}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: $REPLICAS
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: sluice-demo}}
  template:
    metadata: {labels: {app: sluice-demo}}
    spec:
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: sluice-demo}}}
      containers:
        - name: shell
          image: $IMAGE
          command: [sh, -c, "trap 'exit 0' TERM; sleep 1000000 & wait"]
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        storageClassName: $CLASS
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: $SIZE}}
YAML
}

start_databases() {
  local pod
  in_demo rollout status statefulset/db --timeout=180s >/dev/null
  for pod in $(pods); do
    in_pod "$pod" "dd if=/dev/urandom of=/data/tables bs=1M count=$MEBIBYTES conv=fsync 2>/dev/null"
    CHECKSUM[$pod]=$(checksum "$pod")
    # shellcheck disable=SC2016 # the pod's shell counts
    in_pod "$pod" '(n=0; while n=$((n + 1)); do echo $n >>/data/journal && sync; done) >/dev/null 2>&1 </dev/null &'
    say "$pod runs on $(node_of "$pod") and wrote $MEBIBYTES MiB, checksum ${CHECKSUM[$pod]:0:16}…; it goes on writing"
  done
  DRAINED=$(node_of db-0)
  show_volumes
}

# The pods' and the volumes' own words, as they change.
drain() {
  local pod row before now draining output
  declare -A rows
  for pod in $(pods_on "$DRAINED"); do rows[$pod]=$(last_row "$pod"); done
  before=$(look)
  output=$(mktemp)
  kubectl drain "$DRAINED" --ignore-daemonsets --pod-selector=app=sluice-demo --timeout=120s >"$output" 2>&1 &
  draining=$!
  local deadline=$((SECONDS + 240))
  until all_ready_elsewhere; do
    [[ $SECONDS -lt $deadline ]] || fail "the pods of $DRAINED are not ready elsewhere: $(cat "$output")"
    now=$(look)
    tell_changes "$before" "$now"
    before=$now
  done
  tell_changes "$before" "$(look)"
  wait "$draining" || fail "kubectl drain: $(cat "$output")"
  rm -f "$output"
  for pod in "${!rows[@]}"; do
    row=$(last_row "$pod")
    [[ $row -ge ${rows[$pod]} ]] || fail "$pod ends with row $row of its journal, ${rows[$pod]} was flushed before the drain"
    say "$pod: row ${rows[$pod]} was flushed before the drain; its journal ends with row $row ✓"
  done
}

verify() { # HOW
  local pod sum
  for pod in $(pods); do
    sum=$(checksum "$pod")
    [[ $sum == "${CHECKSUM[$pod]}" ]] || fail "$pod: the checksum is $sum, expected ${CHECKSUM[$pod]}"
    say "$pod on $(node_of "$pod"): ${sum:0:16}… ✓  ($1)"
  done
}

hydrate() {
  local claim
  for claim in $(moved); do
    say "$claim: $(describe "$claim")"
    in_demo patch clonehydration "$claim" --type merge --patch '{"spec":{"maxBytesPerSecond":null}}' >/dev/null
  done
  say "the limit of $MIB_PER_SECOND MiB/s, set so that you can watch, is lifted"
  for claim in $(moved); do show_progress "$claim"; done
  in_demo get clonehydrations | indent
  wait_released
}

# --- what is looked at ---

pods() { seq -f 'db-%g' 0 $((REPLICAS - 1)); }

node_of() { in_demo get pod "$1" -o 'jsonpath={.spec.nodeName}'; }

pods_on() { # NODE
  in_demo get pods --field-selector "spec.nodeName=$1" -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}'
}

last_row() { in_pod "$1" 'tail -n1 /data/journal'; }

# The claims whose volumes have moved: nothing else here hydrates.
moved() { in_demo get clonehydrations -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}'; }

volumes() { # JSONPATH
  kubectl get volumes.sluice.dev -o "jsonpath={range .items[?(@.spec.claim.namespace==\"$NAMESPACE\")]}$1{\"\\n\"}{end}"
}

show_volumes() {
  say "the volumes, and the nodes they are on:"
  volumes '{.spec.claim.name} {.spec.home}, epoch {.spec.epoch}' | sort | indent
}

# One line for each pod and each volume, in words.
look() {
  in_demo get pods -o 'jsonpath={range .items[*]}{.metadata.name}|{.spec.nodeName}|{.metadata.deletionTimestamp}|{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    while IFS='|' read -r pod node ends ready; do
      if [[ -n $ends ]]; then
        echo "$pod is told to end on $node"
      elif [[ -z $node ]]; then
        echo "$pod is made anew"
      elif [[ $ready == True ]]; then
        echo "$pod is READY on $node"
      else
        echo "$pod is scheduled on $node"
      fi
    done
  volumes '{.spec.claim.name}|{.spec.home}|{.spec.target}|{.spec.epoch}' |
    while IFS='|' read -r claim home target epoch; do
      if [[ -n $target ]]; then
        echo "volume of $claim: $home is asked to give it up for $target"
      else
        echo "volume of $claim: at home on $home, epoch $epoch"
      fi
    done
}

tell_changes() { # BEFORE NOW
  local line
  comm -13 <(sort <<<"$1") <(sort <<<"$2") | while read -r line; do say "$line"; done
}

all_ready_elsewhere() {
  local ready
  ready=$(in_demo get pods -o 'jsonpath={range .items[*]}{.spec.nodeName}|{.metadata.deletionTimestamp}|{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    grep -cv -e "^$DRAINED|" -e '|[^|]\+|' -e '|False$' -e '|$' || true)
  [[ $ready == "$REPLICAS" ]]
}

# What went is served until it has arrived.
wait_released() {
  local deadline=$((SECONDS + 120))
  while [[ -n $(served) ]]; do
    [[ $SECONDS -lt $deadline ]] || fail "$DRAINED still serves what went"
    sleep 0.5
  done
}

served() { kubectl get exports.sluice.dev -o 'jsonpath={range .items[*]}{.spec.source}{"\n"}{end}' | grep -xFf <(volumes '{.metadata.name}') || true; }

drop_caches() {
  local node
  for node in $(in_demo get pods -o 'jsonpath={range .items[*]}{.spec.nodeName}{"\n"}{end}' | sort -u); do
    "$LAB" sh "$node" 'sync; echo 3 >/proc/sys/vm/drop_caches'
  done
}

show_events() {
  say "what the PVCs' events tell:"
  in_demo get events --field-selector involvedObject.kind=PersistentVolumeClaim --sort-by=.lastTimestamp \
    -o custom-columns=:.involvedObject.name,:.reason,:.message --no-headers | grep -E ' (Hydrat|Move|VolumeUsable)' | indent || true
}

clean() {
  trap - EXIT
  [[ -z $DRAINED ]] || kubectl uncordon "$DRAINED" >/dev/null
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --wait >/dev/null
  kubectl delete storageclass "$CLASS" --ignore-not-found >/dev/null
}

BEGIN=$(now)
main
