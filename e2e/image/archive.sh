# Container images without a container engine: an archive that `docker load`, `podman load` and `ctr images import` all read.

# pack_layer OUT.tar FOLDER: the same files give the same bytes, hence the same digest.
pack_layer() {
  tar --create --file "$1" --directory "$2" --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="${LAYER_TIME:-@1735689600}" --format=posix --pax-option=delete=atime,delete=ctime .
}

# pack_image OUT.tar REFERENCE CONFIG LAYER.tar...: CONFIG is the JSON of the image's "config" member.
pack_image() {
  local out=$1 reference=$2 config=$3 folder layer digest blobs
  shift 3
  folder=$(mktemp -d "${out%/*}/.image.XXXXXX")
  blobs=$folder/blobs/sha256
  mkdir -p "$blobs"
  for layer in "$@"; do
    digest=$(sha256sum "$layer" | cut -d' ' -f1)
    ln "$layer" "$blobs/$digest" 2>/dev/null || cp "$layer" "$blobs/$digest"
    jq -n --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$layer")" \
      '{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: $digest, size: $size}'
  done | jq -s . >"$folder/layers"

  jq -c --argjson config "$config" '{architecture: "amd64", os: "linux", config: $config,
    rootfs: {type: "layers", diff_ids: map(.digest)}, history: map({created_by: "e2e/image"})}' "$folder/layers" >"$folder/config"
  add_blob "$folder/config" "$blobs" application/vnd.oci.image.config.v1+json >"$folder/config-descriptor"

  jq -c --slurpfile config "$folder/config-descriptor" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: $config[0], layers: .}' "$folder/layers" >"$folder/image"
  add_blob "$folder/image" "$blobs" application/vnd.oci.image.manifest.v1+json |
    jq --arg reference "$reference" '{schemaVersion: 2, manifests: [. + {annotations: {
      "io.containerd.image.name": $reference, "org.opencontainers.image.ref.name": ($reference | split(":") | last)}}]}' >"$folder/index.json"
  echo '{"imageLayoutVersion": "1.0.0"}' >"$folder/oci-layout"
  jq -c --arg reference "$reference" --slurpfile config "$folder/config-descriptor" \
    'def path: "blobs/sha256/" + (.digest | ltrimstr("sha256:"));
     [{Config: ($config[0] | path), RepoTags: [$reference], Layers: map(path)}]' "$folder/layers" >"$folder/manifest.json"

  tar --create --file "$out.new" --directory "$folder" --owner=0 --group=0 oci-layout index.json manifest.json blobs
  rm -rf "$folder"
  mv "$out.new" "$out"
}

# add_blob FILE BLOBS MEDIA-TYPE stores the file under its digest and prints its descriptor.
add_blob() {
  local digest; digest=$(sha256sum "$1" | cut -d' ' -f1)
  cp "$1" "$2/$digest"
  jq -n --arg type "$3" --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$1")" '{mediaType: $type, digest: $digest, size: $size}'
}
