# Images that only change with a version: pause, the shell image and the CSI sidecars. They are part of the node image.

# shellcheck source=../image/archive.sh
source "$E2E/image/archive.sh"

readonly PAUSE_IMAGE=registry.k8s.io/pause:3.10.2
readonly SHELL_IMAGE=registry.k8s.io/e2e-test-images/busybox:1.37.0-1
readonly SIDECAR_REGISTRY=registry.k8s.io/sig-storage
readonly BUSYBOX=/bin/busybox

sidecars() { # prints lines: tool program image
  local repository=github.com/kubernetes-csi
  echo "provisioner csi-provisioner $SIDECAR_REGISTRY/csi-provisioner:$(module_version provisioner $repository/external-provisioner/v6)"
  echo "resizer csi-resizer $SIDECAR_REGISTRY/csi-resizer:$(module_version resizer $repository/external-resizer/v2)"
  echo "snapshotter csi-snapshotter $SIDECAR_REGISTRY/csi-snapshotter:$(module_version snapshotter $repository/external-snapshotter/v8)"
}

static_images_key() {
  content_key "$(sidecars)" "$(tool_key provisioner) $(tool_key resizer) $(tool_key snapshotter)" "$PAUSE_IMAGE $SHELL_IMAGE" \
    -- "$E2E/node/pause.c" "$E2E/image/archive.sh" "$E2E/lib/static-images.sh" "$BUSYBOX"
}

static_images_folder() { echo "$CACHE/images/static-$(static_images_key)"; }

build_static_images() {
  local folder work tool program image
  folder=$(static_images_folder)
  [[ ! -d $folder ]] || return 0
  work=$folder.new
  rm -rf "$work"
  mkdir -p "$work"
  build_pause_image "$work"
  build_shell_image "$work"
  while read -r tool program image; do
    mkdir -p "$work/$program"
    cp "$(tool_folder "$tool")/bin/$program" "$work/$program/$program"
    pack_static "$work" "$program" "$image" "{\"Entrypoint\": [\"/$program\"], \"User\": \"65532:65532\"}"
  done < <(sidecars)
  mv "$work" "$folder"
}

build_pause_image() { # WORK
  mkdir -p "$1/pause"
  gcc -Os -static -s -o "$1/pause/pause" "$E2E/node/pause.c"
  pack_static "$1" pause "$PAUSE_IMAGE" '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
}

build_shell_image() { # WORK
  local root=$1/shell
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc,root,home,var,proc,sys,dev}
  mkdir -m 1777 "$root/tmp" "$root/var/tmp"
  cp "$BUSYBOX" "$root/bin/busybox"
  "$BUSYBOX" --list | while read -r applet; do [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"; done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  pack_static "$1" shell "$SHELL_IMAGE" '{"Cmd": ["sh"], "Env": ["PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root"]}'
}

pack_static() { # WORK FOLDER IMAGE CONFIG
  pack_layer "$1/layer" "$1/$2"
  pack_image "$1/$2.tar" "$3" "$4" "$1/layer"
  rm -rf "$1/layer" "${1:?}/$2"
}
