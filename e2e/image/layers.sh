# The layers of the driver's image without a container engine, from what changes least to what changes most: Debian, the
# Java runtime, third-party libraries, their class archive, our own code. All but the last are made once per content.
# The caller sets LAYER_CACHE, JAVA_HOME and DEBIAN_MIRROR.

# shellcheck source=archive.sh
source "$(dirname "${BASH_SOURCE[0]}")/archive.sh"

readonly IMAGE_FILES=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly IMAGE_SUITE=bookworm # the Dockerfile's debian:bookworm-slim

layer_key() { sha256sum | cut -c1-16; }

base_layer() { echo "$LAYER_CACHE/base-$(echo "$IMAGE_SUITE" | layer_key).tar"; }

jre_layer() { echo "$LAYER_CACHE/jre-$(cat "$JAVA_HOME/release" "$IMAGE_FILES/link-jre" | layer_key).tar"; }

build_base_layer() {
  local layer root; layer=$(base_layer)
  [[ ! -f $layer ]] || return 0
  root=$layer.root
  rm -rf "$root"
  mkdir -p "$LAYER_CACHE"
  debootstrap --variant=minbase "$IMAGE_SUITE" "$root" "$DEBIAN_MIRROR"
  rm -rf "$root"/usr/share/{doc,info,lintian,locale,man}/* "$root"/var/{cache/apt,lib/apt/lists,log}/* "${root:?}"/dev/*
  finish_layer "$layer"
}

build_jre_layer() {
  local layer root; layer=$(jre_layer)
  [[ ! -f $layer ]] || return 0
  root=$layer.root
  rm -rf "$root"
  mkdir -p "$root/opt/sluice"
  "$IMAGE_FILES/link-jre" "$root/opt/sluice/jre"
  finish_layer "$layer"
}

finish_layer() { # LAYER, from LAYER.root
  pack_layer "$1.new" "$1.root"
  rm -rf "$1.root"
  mv "$1.new" "$1"
}

# The class archive of these libraries, written by the Java runtime in its final place.
class_layer() { # LIBS.tar
  echo "$LAYER_CACHE/classes-$({ sha256sum <"$1"; sha256sum <"$IMAGE_FILES/classes"; jre_layer; base_layer; } | layer_key).tar"
}

build_class_layer() { # LIBS.tar
  local layer root below; layer=$(class_layer "$1")
  [[ ! -f $layer ]] || return 0
  root=$layer.image
  rm -rf "$root" "$layer.root"
  mkdir -p "$root" "$layer.root/opt/sluice"
  for below in "$(base_layer)" "$(jre_layer)" "$1"; do tar --extract --file "$below" --directory "$root"; done
  cp "$IMAGE_FILES/classes" "$root/tmp/classes"
  # The mounts end with their namespace.
  unshare --mount bash -euc 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; LC_ALL=C chroot "$0" /opt/sluice/bin/dump-classes /tmp/classes' "$root"
  mv "$root/opt/sluice/cds" "$layer.root/opt/sluice/"
  rm -rf "$root"
  finish_layer "$layer"
}

# build_image OUT.tar REFERENCE REPOSITORY [LOWER.tar]: the repository's jars must have been built. LOWER.tar: an image of
# all layers but the last, for a node to have beforehand.
build_image() {
  local out=$1 work=$1.work config lower
  config='{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["/opt/sluice/bin/node-plugin"]}'
  build_base_layer
  build_jre_layer
  rm -rf "$work"
  mkdir -p "$work"
  "$3/e2e/image/assemble" "$work"
  pack_layer "$work/libs.tar" "$work/libs"
  pack_layer "$work/app.tar" "$work/app"
  build_class_layer "$work/libs.tar"
  lower=("$(base_layer)" "$(jre_layer)" "$work/libs.tar" "$(class_layer "$work/libs.tar")")
  [[ -z ${4:-} ]] || pack_image "$4" sluice.lab/runtime:1 '{}' "${lower[@]}"
  pack_image "$out" "$2" "$config" "${lower[@]}" "$work/app.tar"
  rm -rf "$work"
}
