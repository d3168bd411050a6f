# The driver: its image, and its chart in the running lab.

readonly LAYER_CACHE=$CACHE/images
readonly BUILD=$CACHE/build # the Maven build of the image works on a copy: it neither disturbs nor reads a `target` of the checkout

# shellcheck source=../image/layers.sh
source "$E2E/image/layers.sh"

# The driver's image without our own code is part of the node image: at `up` only what changes often has to travel. Its name
# follows what decides on the libraries; were one to differ all the same, the layer would travel with the image.
runtime_image() {
  local key
  key=$(cd "$REPOSITORY" && cat pom.xml {csi-driver,controller,node-plugin}/pom.xml "$(java_home)/release" $(find e2e/image -type f | LC_ALL=C sort) | layer_key)
  echo "$LAYER_CACHE/runtime-$key.tar"
}

# What the image is made of, apart from Debian.
driver_sources() {
  (cd "$REPOSITORY" && find pom.xml */pom.xml mvnw .mvn csi-driver/src/main controller/src/main node-plugin/src/main e2e/image -type f | LC_ALL=C sort)
}

# The key is the image's tag: Helm sees another tag exactly when there is other content.
driver_key() {
  (cd "$REPOSITORY" && driver_sources | tr '\n' '\0' | xargs -0 sha256sum; cat "$(java_home)/release") | sha256sum | cut -c1-12
}

driver_version() { sed -n 's,^  <version>\(.*\)</version>$,\1,p' "$REPOSITORY/pom.xml"; }

driver_tag() { echo "$(driver_version)-$(driver_key)"; }

driver_image() { echo "$LAYER_CACHE/sluice-$1.tar"; } # TAG

build_driver_image() { # TAG
  local image runtime
  image=$(driver_image "$1") runtime=$(runtime_image)
  [[ ! -f $image || ! -f $runtime ]] || return 0
  export JAVA_HOME; JAVA_HOME=$(java_home)
  copy_sources
  # What Error Prone has to say, `mvnw verify` says.
  (cd "$BUILD" && ./mvnw --batch-mode --no-transfer-progress -pl controller,node-plugin -am -Dmaven.test.skip -Dcompiler.checks=-g package)
  build_image "$image" "$IMAGE_REPOSITORY:$1" "$BUILD" "$runtime"
  # The last few stay: going back to an earlier state of the code is then a matter of seconds.
  keep_newest 5 "$LAYER_CACHE"/sluice-*.tar
  keep_newest 2 "$LAYER_CACHE"/runtime-*.tar
  keep_newest 3 "$LAYER_CACHE"/classes-*.tar
}

# Times are kept, and so is `target`: Maven compiles only the modules that changed.
copy_sources() {
  local module
  mkdir -p "$BUILD"
  # What is gone from the checkout, or from the dependencies, must go here too.
  for module in csi-driver controller node-plugin e2e; do rm -rf "$BUILD/$module"/{src,image,target/lib}; done
  tar --create --directory "$REPOSITORY" --exclude=target --exclude=.git . | tar --extract --directory "$BUILD"
}

# load_driver_image TAG NODE: ships the layers that the node does not have.
load_driver_image() {
  local tag=$1 node=$2 delta
  on_node "$node" "ctr -n k8s.io images ls -q" | grep -qx "$IMAGE_REPOSITORY:$tag" && return
  delta=$(mktemp "$RUN/delta.XXXXXX")
  strip_layers "$(driver_image "$tag")" "$delta" < <(on_node "$node" "ctr -n k8s.io content ls -q")
  import_image "$delta" "$node"
  rm -f "$delta"
}

# strip_layers IMAGE.tar OUT.tar < digests to leave out
strip_layers() {
  local work=$2.work
  mkdir -p "$work"
  sed 's,^sha256:,blobs/sha256/,' | tar --extract --file "$1" --directory "$work" --exclude-from=/dev/stdin
  tar --create --file "$2" --directory "$work" .
  rm -rf "$work"
}

load_driver() { for_each_node load_driver_image "$1"; } # TAG

# The controller is put on the last node: tests cut the power of the others, and measure on them.
install_chart() { # TAG
  in_network env KUBECONFIG="$KUBECONFIG_FILE" "$RUN/bin/helm" upgrade --install "$RELEASE" "$REPOSITORY/charts/sluice" \
    --namespace "$NAMESPACE" --create-namespace --values "$E2E/lib/values.yaml" --set image.tag="$1" \
    --set 'controller.nodeSelector.kubernetes\.io/hostname'="$(node_names | tail -1)"
}

driver_answers() { # NODE
  in_network curl --silent --fail --max-time 5 --output /dev/null "http://$(node_address "$1"):$HEALTH_PORT/healthz"
}

# Every pod of this tag ready, and every node's plugin answering.
driver_ready() { # TAG
  local ready node
  kubectl --namespace "$NAMESPACE" rollout status daemonset,deployment --timeout=1s >/dev/null 2>&1 || return 1
  ready=$(kubectl --namespace "$NAMESPACE" get pods -o json | jq --arg image "$IMAGE_REPOSITORY:$1" \
    '[.items[] | select(.metadata.deletionTimestamp == null and any(.spec.containers[]; .image == $image))] | length')
  [[ $ready -gt $(node_names | wc -l) ]] || return 1
  for node in $(node_names); do driver_answers "$node" || return 1; done
}

verb_deploy() {
  local tag
  require_machine
  require_lab
  lock_lab deploy
  tag=$(driver_tag)
  step 'driver image' build_driver_image "$tag"
  deploy_driver "$tag"
}

deploy_driver() { # TAG
  step 'image in nodes' load_driver "$1"
  place_nodes_for_start >/dev/null
  step chart install_chart "$1"
  step 'driver ready' wait_until 240 driver_ready "$1"
  place_nodes >/dev/null
}
