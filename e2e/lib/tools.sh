# Kubernetes, etcd, the CSI sidecars, Helm and our node shell, built from Go modules whose go.mod and go.sum are committed in e2e/tools.

tool_modules() { (cd "$E2E/tools" && printf '%s\n' */ | tr -d /); }

tool_key() { # MODULE
  content_key "$(go_version)" "$(tool_linker_flags "$1")" -- "$E2E/tools/$1"/go.* $(find "$E2E/tools/$1" -name '*.go')
}

go_version() { GOTOOLCHAIN=local "$(go_command)" env GOVERSION; }

module_version() { awk -v module="$2" '{for (i = 1; i < NF; i++) if ($i == module) {print $(i + 1); exit}}' "$E2E/tools/$1/go.mod"; } # TOOL MODULE

# Programs that do not know their version say v0.0.0, which a chart's kubeVersion refuses; Helm's idea of a cluster it does
# not ask (template, lint) would be Kubernetes 1.20.
tool_linker_flags() { # MODULE
  local kubernetes minor package flags='-s -w'
  kubernetes=$(module_version k8s k8s.io/kubernetes)
  minor=$(cut -d. -f2 <<<"$kubernetes")
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
  done
  if [[ $1 == helm ]]; then
    for package in chartutil lint/rules; do
      flags+=" -X helm.sh/helm/v3/pkg/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/$package.k8sVersionMinor=$minor"
    done
    flags+=" -X helm.sh/helm/v3/internal/version.version=$(module_version helm helm.sh/helm/v3)"
  fi
  echo "$flags"
}

tool_folder() { echo "$CACHE/tools/$1-$(tool_key "$1")"; } # MODULE

build_tools() {
  local module
  # One after the other: each build uses every core by itself.
  for module in $(tool_modules); do build_tool "$module"; done
}

build_tool() ( # MODULE
  folder=$(tool_folder "$1")
  [[ ! -d $folder ]] || exit 0
  echo "build $1"
  export GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 GOMODCACHE=$CACHE/gomod GOCACHE=$CACHE/gobuild
  rm -rf "$folder.new"
  mkdir -p "$folder.new/bin"
  cd "$E2E/tools/$1"
  packages=tool
  [[ ! -f main.go ]] || packages=.
  "$(go_command)" build -trimpath -ldflags "$(tool_linker_flags "$1")" -o "$folder.new/bin/" "$packages"
  case $1 in
    etcd) mv "$folder.new/bin/server" "$folder.new/bin/etcd" ;;
    snapshotter) copy_snapshot_crds "$folder.new/crd" ;;
  esac
  mv "$folder.new" "$folder"
)

copy_snapshot_crds() { # FOLDER
  local client kind
  client=$("$(go_command)" list -m -f '{{.Dir}}' github.com/kubernetes-csi/external-snapshotter/client/v8)
  mkdir -p "$1"
  for kind in {snapshot.storage.k8s.io_volumesnapshot,groupsnapshot.storage.k8s.io_volumegroupsnapshot}{s,contents,classes}; do
    cp "$client/config/crd/$kind.yaml" "$1/"
  done
}

# The running lab uses hard links, so that a later build of other versions does not pull its programs away.
link_tools() {
  local module
  mkdir -p "$RUN/bin" "$SHARE/bin"
  for module in $(tool_modules); do
    cp -lf "$(tool_folder "$module")"/bin/* "$RUN/bin/"
  done
  ln -f "$RUN/bin/kubelet" "$RUN/bin/nodeshell" "$RUN/bin/csi-sanity" "$SHARE/bin/"
  rm -rf "$RUN/crd"
  cp -r "$(tool_folder snapshotter)/crd" "$RUN/crd"
}
