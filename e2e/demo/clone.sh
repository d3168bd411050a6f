#!/usr/bin/env bash
# The main job, told by the cluster's own objects: a database on one node, a clone of its volume on another, started at once.
# Every number is measured in this run. `e2e/lab demo` brings the lab up and calls this.
set -euo pipefail

# shellcheck source=lib/story.sh
source "$(dirname "$(readlink -f "$0")")/lib/story.sh"

readonly NAMESPACE=sluice-demo CLASS=sluice-demo
readonly ORIGIN=n1 HOME_NODE=n2
readonly MEBIBYTES=1024 SIZE=2Gi
# Slow enough to be watched, until the limit is lifted.
readonly MIB_PER_SECOND=12

main() {
  clean
  trap clean EXIT
  prepare
  title "A database on $ORIGIN"
  start_database
  title "A clone of its volume, for a pod on $HOME_NODE"
  start_clone
  title "All of the data can be read, though most of it is still on $ORIGIN"
  show_stack "the devices on $HOME_NODE while it hydrates"
  read_through
  title "The copy, behind the pod's back"
  hydrate
  show_stack "the devices on $HOME_NODE now: nothing of Sluice is in the way of a read or a write"
  verify_local
  show_events
  title "And if the copy had come first?"
  compare
}

prepare() {
  kubectl create namespace "$NAMESPACE" >/dev/null
  kubectl apply -f - >/dev/null <<YAML
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: $CLASS}
provisioner: csi.sluice.dev
volumeBindingMode: WaitForFirstConsumer
parameters: {csi.storage.k8s.io/fstype: ext4}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: $CLASS-watchable}
provisioner: csi.sluice.dev
volumeBindingMode: WaitForFirstConsumer
parameters: {csi.storage.k8s.io/fstype: ext4, maxBytesPerSecond: "$((MIB_PER_SECOND * 1048576))"}
YAML
  until in_demo get serviceaccount default >/dev/null 2>&1; do sleep 0.2; done
}

start_database() {
  apply_claim database "$CLASS"
  apply_pod database "$ORIGIN" database
  wait_ready database
  say "pod 'database' is ready on $ORIGIN"
  in_pod database "dd if=/dev/urandom of=/data/tables bs=1M count=$MEBIBYTES conv=fsync 2>/dev/null"
  CHECKSUM=$(checksum database)
  say "it wrote $MEBIBYTES MiB; their checksum is ${CHECKSUM:0:16}…, and it goes on writing"
  in_pod database '(while echo row >>/data/journal; do sync; sleep 1; done) >/dev/null 2>&1 </dev/null &'
}

start_clone() {
  say "apply: a PVC whose dataSource is the PVC 'database', and a pod that uses it"
  local begin; begin=$(now)
  apply_claim clone "$CLASS-watchable" database
  apply_pod clone "$HOME_NODE" clone
  wait_ready clone
  READY_AFTER=$(seconds_since "$begin")
  say "pod 'clone' is READY after $READY_AFTER s"
  await_hydration clone 'Hydrating|Hydrated'
  say "its volume: $(describe clone)"
}

read_through() {
  in_pod database 'dd if=/dev/zero of=/data/tables bs=1M count=64 conv=notrunc,fsync 2>/dev/null'
  say "the database has overwritten 64 MiB since; the clone must not see that"
  local begin sum; begin=$(now)
  sum=$(checksum clone)
  [[ $sum == "$CHECKSUM" ]] || fail "the clone's checksum is $sum, expected $CHECKSUM"
  say "checksum of all $MEBIBYTES MiB on the clone: ${sum:0:16}…, the point in time of the clone ✓  (read in $(seconds_since "$begin") s)"
  say "its volume: $(describe clone)"
}

hydrate() {
  say "kubectl patch clonehydration clone: the limit of $MIB_PER_SECOND MiB/s, set so that you can watch, is lifted"
  in_demo patch clonehydration clone --type merge --patch '{"spec":{"maxBytesPerSecond":null}}' >/dev/null
  show_progress clone
  in_demo get clonehydration clone | indent
}

verify_local() {
  "$LAB" sh "$HOME_NODE" 'sync; echo 3 >/proc/sys/vm/drop_caches'
  local sum; sum=$(checksum clone)
  [[ $sum == "$CHECKSUM" ]] || fail "the checksum after hydration is $sum, expected $CHECKSUM"
  say "checksum once more, read from $HOME_NODE's own disk: ${sum:0:16}… ✓"
}

# The same data is cloned once more, without a limit: the time its copy takes is what a pod would wait, beside its own start,
# if all of it had to arrive first.
compare() {
  remove_pod clone
  apply_claim second "$CLASS" database
  apply_pod second "$HOME_NODE" second
  await_hydration second 'Copying|Hydrated' reason
  local begin copy; begin=$(now)
  await_hydration second Hydrated
  copy=$(seconds_since "$begin")
  say "a second clone of the same volume, at full speed: copied in $copy s (from the first sight of reason Copying to Hydrated)"
  say "copy, then start:  $copy s + $READY_AFTER s = $(add "$copy" "$READY_AFTER") s"
  say "Sluice:            $READY_AFTER s"
  say "The wait for a copy grows with the data; the start of a clone does not."
}

# --- the cluster ---

remove_pod() { in_demo delete pod "$1" --wait >/dev/null; }

apply_claim() { # NAME CLASS [SOURCE]
  local source=
  [[ $# -lt 3 ]] || source="dataSource: {kind: PersistentVolumeClaim, name: $3}"
  in_demo apply -f - >/dev/null <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: $1}
spec:
  storageClassName: $2
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: $SIZE}}
  $source
YAML
}

apply_pod() { # NAME NODE CLAIM
  in_demo apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  nodeSelector: {kubernetes.io/hostname: $2}
  terminationGracePeriodSeconds: 1
  automountServiceAccountToken: false
  containers:
    - name: shell
      image: $IMAGE
      command: [sh, -c, "trap 'exit 0' TERM; sleep 1000000 & wait"]
      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: $3}}]
YAML
}

clean() {
  trap - EXIT
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --wait >/dev/null
  kubectl delete storageclass "$CLASS" "$CLASS-watchable" --ignore-not-found >/dev/null
}

show_stack() { # TITLE
  local volume; volume=$(in_demo get clonehydration clone -o 'jsonpath={.spec.volume}')
  say "$1 (dmsetup table):"
  "$LAB" sh "$HOME_NODE" "dmsetup table | grep '^sluice-$volume' | sort" | sed "s/$volume/<id>/" | indent
}

show_events() {
  say "what the PVC's events tell:"
  in_demo get events --field-selector involvedObject.kind=PersistentVolumeClaim,involvedObject.name=clone --sort-by=.lastTimestamp \
    -o custom-columns=:.reason,:.message --no-headers | grep -E '^(Hydrat|Volume|Source)' | indent || true
}

BEGIN=$(now)
main
