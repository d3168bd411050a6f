# The node's root file system: Debian in an ext4 image that every node boots a copy-on-write file over.

node_packages() { grep -v '^#' "$E2E/node/packages" | paste -sd,; }

rootfs_folder() { echo "$CACHE/rootfs/$(content_key "$DEBIAN_SUITE" "$(node_packages)")"; }

build_rootfs() {
  local folder; folder=$(rootfs_folder)
  [[ ! -d $folder ]] || return 0
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  debootstrap --variant=minbase --include="$(node_packages)" "$DEBIAN_SUITE" "$folder.new" "$DEBIAN_MIRROR"
  rm -rf "$folder.new"/var/cache/apt/archives/*.deb "$folder.new"/var/lib/apt/lists/* "$folder.new"/usr/share/{doc,man,locale}/*
  mv "$folder.new" "$folder"
}

uml_modules() { local folders=(/usr/lib/uml/modules/*); echo "${folders[-1]}"; }

node_image() {
  local key
  key=$(content_key "$(rootfs_folder)" "$(images_of_node)" "$(uml_modules)" \
    -- "$E2E"/node/* "$E2E/lib/node-image.sh")
  echo "$CACHE/node/$key/root.img"
}

build_node_image() {
  local image folder
  image=$(node_image)
  [[ ! -f $image ]] || return 0
  folder=$(dirname "$image")
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -a --reflink=auto "$(rootfs_folder)" "$folder/root"
  install_node_files "$folder/root"
  truncate -s 6G "$image.new"
  mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 -d "$folder/root" "$image.new"
  rm -rf "$folder/root"
  import_static_images "$image.new"
  mv "$image.new" "$image"
  keep_newest 3 "$CACHE"/node/*
}

# The archives that are imported beforehand, by their names; without the driver's libraries in a bare lab.
images_of_node() {
  echo "$(static_images_folder)"/*.tar
  [[ -n $BARE ]] || runtime_image
}

install_node_files() { # ROOT
  local root=$1 node=$E2E/node release unit
  release=$(basename "$(uml_modules)")
  mkdir -p "$root/usr/lib/modules" "$root/etc/containerd" "$root/etc/lvm" "$root/lab" \
    "$root/etc/systemd/system/systemd-udev-trigger.service.d"
  cp -a "$(uml_modules)" "$root/usr/lib/modules/"
  chroot "$root" depmod "$release"
  cp "$node/modules" "$root/etc/modules-load.d/lab.conf"
  cp "$node/sysctl.conf" "$root/etc/sysctl.d/99-lab.conf"
  cp "$node/containerd.toml" "$root/etc/containerd/config.toml"
  cp "$node/lvmlocal.conf" "$root/etc/lvm/lvmlocal.conf"
  install -m 755 "$node/lab-node" "$node/lab-import" "$node/lab-shape" "$root/usr/local/sbin/"
  cp "$node"/*.service "$root/etc/systemd/system/"
  cp "$node/coldplug.conf" "$root/etc/systemd/system/systemd-udev-trigger.service.d/"
  for unit in lab-node lab-disk lab-shell kubelet; do
    ln -s "/etc/systemd/system/$unit.service" "$root/etc/systemd/system/multi-user.target.wants/"
  done
  ln -sf /lib/systemd/system/iscsid.service "$root/etc/systemd/system/multi-user.target.wants/"
  grep -v '^#' "$node/masked-units" | while read -r unit; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  sed -i 's/^#*Storage=.*/Storage=volatile/' "$root/etc/systemd/journald.conf"
  # A program for every interface of a pod, and a probe after every LVM command: dear here, and of no use.
  ln -s /dev/null "$root/etc/udev/rules.d/70-iscsi-network-interface.rules"
  echo 'KERNEL=="ubd*", OPTIONS:="nowatch"' >"$root/etc/udev/rules.d/05-lab.rules"
  : >"$root/etc/machine-id"
  : >"$root/etc/fstab"
}

# Boots the image once, with lab-import as its first process, so that at `up` no node has to unpack what never changes.
import_static_images() { # IMAGE
  local share=$1.share console=$1.console
  mkdir -p "$share/images"
  images_of_node | xargs cp -l -t "$share/images"
  build_uml_library
  uml_command import "$NODE_MEMORY" ubd0="$1" init=/usr/local/sbin/lab-import lab.share="$share"
  "${UML[@]}" >"$console" 2>&1 </dev/null || true
  cat "$console"
  rm -rf "$share"
  grep -q 'import: complete' "$console"
  e2fsck -fp "$1" || [[ $? == 1 ]]
}
