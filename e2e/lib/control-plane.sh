# Certificates, etcd, the API server and its controllers, as processes in the lab's network.

readonly PKI=$RUN/pki
readonly KUBECONFIG_FILE=$RUN/admin.kubeconfig
readonly CONTROL_PLANE=(etcd kube-apiserver kube-controller-manager kube-scheduler snapshot-controller)

kubectl() { in_network "$RUN/bin/kubectl" --kubeconfig="$KUBECONFIG_FILE" "$@"; }

create_certificates() { # COUNT
  local id
  mkdir -p "$PKI" "$SHARE/pki"
  [[ -f $PKI/ca.crt ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$PKI/ca.key" -out "$PKI/ca.crt" \
    -subj /CN=sluice-lab -days 3650
  [[ -f $PKI/sa.key ]] || { openssl genrsa -out "$PKI/sa.key" 2048; openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"; }
  certificate apiserver /CN=kube-apiserver "IP:127.0.0.1,IP:$HOST_ADDRESS,IP:$SERVICE_ADDRESS,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  certificate apiserver-kubelet /O=system:masters/CN=apiserver-kubelet
  certificate admin /O=system:masters/CN=admin
  certificate kube-controller-manager /CN=system:kube-controller-manager
  certificate kube-scheduler /CN=system:kube-scheduler
  kubeconfig admin "$KUBECONFIG_FILE"
  kubeconfig kube-controller-manager "$PKI/kube-controller-manager.kubeconfig"
  kubeconfig kube-scheduler "$PKI/kube-scheduler.kubeconfig"
  for ((id = 1; id <= $1; id++)); do
    certificate "kubelet-n$id" "/O=system:nodes/CN=system:node:n$id" "IP:10.77.0.$id,DNS:n$id"
    kubeconfig "kubelet-n$id" "$SHARE/pki/kubelet-n$id.kubeconfig"
    cp "$PKI/kubelet-n$id".{crt,key} "$SHARE/pki/"
  done
  cp "$PKI/ca.crt" "$SHARE/pki/"
}

certificate() { # NAME SUBJECT [ALTERNATIVE-NAMES]
  [[ ! -f $PKI/$1.crt ]] || return 0
  # RSA: not every client library reads an elliptic key from a kubeconfig.
  openssl req -newkey rsa:2048 -nodes -keyout "$PKI/$1.key" -out "$PKI/$1.csr" -subj "$2"
  openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -out "$PKI/$1.crt" -days 3650 \
    -extfile <(printf '%s\n' "subjectAltName=${3:-DNS:$1}" extendedKeyUsage=serverAuth,clientAuth)
}

kubeconfig() { # NAME FILE
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://$HOST_ADDRESS:443", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}}]
contexts: [{name: lab, context: {cluster: lab, user: $1}}]
current-context: lab
YAML
}

readonly ETCD=http://127.0.0.1:2379

start_control_plane() {
  serve etcd --data-dir="$RUN/etcd" --unsafe-no-fsync --listen-client-urls="$ETCD" --advertise-client-urls="$ETCD" \
    --listen-peer-urls=http://127.0.0.1:2380
  start_api_server
  start_controllers
  kubectl apply --server-side -f "$RUN/crd"
  serve snapshot-controller --kubeconfig="$KUBECONFIG_FILE" --leader-election=false --feature-gates=CSIVolumeGroupSnapshot=true
}

start_api_server() {
  serve kube-apiserver --etcd-servers="$ETCD" --secure-port=443 --bind-address=0.0.0.0 --advertise-address="$HOST_ADDRESS" \
    --client-ca-file="$PKI/ca.crt" --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
    --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
    --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC \
    --kubelet-client-certificate="$PKI/apiserver-kubelet.crt" --kubelet-client-key="$PKI/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP --allow-privileged=true \
    --enable-aggregator-routing=true --enable-admission-plugins=NodeRestriction
  wait_until 180 api_ready
}

start_controllers() {
  serve kube-controller-manager --kubeconfig="$PKI/kube-controller-manager.kubeconfig" --service-account-private-key-file="$PKI/sa.key" \
    --root-ca-file="$PKI/ca.crt" --use-service-account-credentials --leader-elect=false --controllers='*' --allocate-node-cidrs=false \
    --cluster-signing-cert-file="$PKI/ca.crt" --cluster-signing-key-file="$PKI/ca.key" --node-monitor-grace-period=40s
  serve kube-scheduler --kubeconfig="$PKI/kube-scheduler.kubeconfig" --leader-elect=false
}

serve() { running "$1" || spawn "$1" nsenter --net="/run/netns/$NETNS" -- "$RUN/bin/$1" "${@:2}"; } # PROGRAM ARGUMENT...

api_ready() { [[ $(kubectl get --raw /readyz 2>/dev/null) == ok ]]; }

cut_api() { stop kube-apiserver; }

# What cannot be without it for long has ended too, and is started again.
heal_api() { running kube-apiserver || start_control_plane; }

stop_control_plane() { stop "${CONTROL_PLANE[@]}"; }

wait_until() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || { echo "gave up waiting for: $*" >&2; return 1; }
    sleep 0.3
  done
}
