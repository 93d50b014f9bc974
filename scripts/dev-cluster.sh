#!/usr/bin/env bash
# A real single-node Kubernetes 1.20 on one Debian 12 machine, from Debian's packages alone: no Docker Hub, no systemd, run as root.
# Kubernetes is built from Debian's source package (once, about 4 minutes on 2 cores); etcd, containerd, runc and CNI are its binaries.
#
#   dev-cluster.sh install        packages, source, build (kept in the cache folder)
#   dev-cluster.sh up             starts everything, waits for the node, loads the base images; prints KUBECONFIG=…
#   dev-cluster.sh down           ends what `up` started and removes its pods, mounts and links
#   dev-cluster.sh status
#   dev-cluster.sh images         makes local/agent:dev (the Dockerfile's image of artifacts/), local/runner:dev (the worker and Node.js alone) and
#                                 local/debian:12 (a job image), and loads them
#   dev-cluster.sh image NAME DIR [CONFIG_JSON]   makes an image from a root file system and loads it into the node
#   dev-cluster.sh kubeconfig     path of the admin kubeconfig
#   dev-cluster.sh reachable      prints the kubeconfig of a cluster that answers ($KUBECONFIG, ~/.kube/config, then this one); else fails
#
# Pods reach the host at 10.244.0.1. Services work (kube-proxy); there is no cluster DNS. Nothing listens outside this machine's own
# addresses, nothing is pulled: use `imagePullPolicy: IfNotPresent` and images loaded with `image`, or a registry of your own.
# Ephemeral containers are on (alpha in 1.20, with an API of their own that 1.22 replaced).
set -euo pipefail

HOME_DIR=${RUNNER_DEV_CLUSTER:-${XDG_CACHE_HOME:-$HOME/.cache}/runner-dev-cluster}
HERE=$(dirname "$(readlink -f "$0")")
SRC=$HOME_DIR/build/gopath/src/k8s.io/kubernetes
BIN=$HOME_DIR/bin RUN=$HOME_DIR/run
GATEWAY=10.244.0.1 POD_CIDR=10.244.0.0/16 SERVICE_CIDR=10.96.0.0/16 NODE=dev-node PORT=${RUNNER_DEV_CLUSTER_PORT:-6443}
SOCK=$RUN/containerd/containerd.sock
ctr() { command ctr --address "$SOCK" --namespace k8s.io "$@"; }

install() {
  export DEBIAN_FRONTEND=noninteractive
  local tool missing=
  for tool in containerd runc etcd iptables conntrack debootstrap gcc busybox ip openssl curl; do command -v "$tool" >/dev/null || missing=1; done
  if [ -n "$missing" ] || [ ! -d /usr/lib/cni ]; then
    apt-get update -q
    apt-get install -y -q --no-install-recommends etcd-server containerd runc containernetworking-plugins iptables iproute2 conntrack \
      socat ethtool kmod mount openssl busybox-static debootstrap gcc libc6-dev ca-certificates curl
  fi
  [ -x "$BIN/kube-all" ] || build
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet; do ln -sf kube-all "$BIN/$name"; done
  command -v kubectl >/dev/null || ln -sf "$BIN/kube-all" /usr/local/bin/kubectl
}

build() {
  apt-get install -y -q --no-install-recommends golang-go dpkg-dev xz-utils patch
  mkdir -p "$BIN" "$HOME_DIR/build/dl" "$(dirname "$SRC")"
  local list=$HOME_DIR/build/src.sources
  printf 'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' >"$list"
  mkdir -p "$HOME_DIR/build/lists/partial"
  local apt=(-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$HOME_DIR/build" -o Dir::State::Lists="$HOME_DIR/build/lists" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update -q
  (cd "$HOME_DIR/build/dl" && apt-get "${apt[@]}" source --download-only kubernetes && apt-get download golang-github-modern-go-reflect2-dev)
  rm -rf "$SRC"
  dpkg-source -x "$HOME_DIR"/build/dl/kubernetes_*.dsc "$SRC"
  # The vendored reflect2 predates Go 1.18; Debian packages a newer one.
  dpkg -x "$HOME_DIR"/build/dl/golang-github-modern-go-reflect2-dev_*.deb "$HOME_DIR/build/reflect2"
  rm -f "$SRC"/vendor/github.com/modern-go/reflect2/*.{go,s}
  cp -r "$HOME_DIR"/build/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2/. "$SRC/vendor/github.com/modern-go/reflect2/"
  mkdir -p "$SRC/cmd/kube-all"
  cp "$HERE/dev-cluster/kube-all.go" "$SRC/cmd/kube-all/main.go"

  export GOPATH=$HOME_DIR/build/gopath GO111MODULE=off GOFLAGS= CGO_ENABLED=0 GOCACHE=$HOME_DIR/build/gocache
  cd "$SRC"
  # The OpenAPI definitions are generated at build time in Kubernetes' own build as well.
  go build -o "$HOME_DIR/build/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  local dirs
  dirs=$(grep -Rls --include='*.go' '+k8s:openapi-gen=true' pkg/apis vendor/k8s.io | xargs -n1 dirname | sort -u | sed "s#^#k8s.io/kubernetes/#" | paste -sd,)
  "$HOME_DIR/build/openapi-gen" -O zz_generated.openapi -h <(sed 's/YEAR/2021/' hack/boilerplate/boilerplate.generatego.txt) \
    -i "$dirs" -p k8s.io/kubernetes/pkg/generated/openapi --output-base "$GOPATH/src" -r "$HOME_DIR/build/violations" >"$HOME_DIR/build/openapi.log" 2>&1
  local x="-s -w" p
  for p in component-base/version client-go/pkg/version; do
    x="$x -X k8s.io/kubernetes/vendor/k8s.io/$p.gitVersion=v1.20.2 -X k8s.io/kubernetes/vendor/k8s.io/$p.gitMajor=1 -X k8s.io/kubernetes/vendor/k8s.io/$p.gitMinor=20"
  done
  go build -tags providerless,dockerless -ldflags "$x" -o "$BIN/kube-all" ./cmd/kube-all
  rm -rf "$HOME_DIR/build"
}

certificate() { # name subject
  openssl req -newkey rsa:2048 -nodes -keyout "$RUN/pki/$1.key" -subj "$2" -out "$RUN/pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$RUN/pki/$1.csr" -CA "$RUN/pki/ca.crt" -CAkey "$RUN/pki/ca.key" -CAcreateserial -days 3650 -out "$RUN/pki/$1.crt" 2>/dev/null \
    -extfile <(printf 'extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=IP:127.0.0.1,IP:%s,IP:10.96.0.1,DNS:localhost,DNS:%s,DNS:kubernetes.default.svc\n' "$GATEWAY" "$NODE")
  cat >"$RUN/$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: dev, cluster: {server: "https://127.0.0.1:$PORT", certificate-authority-data: $(base64 -w0 "$RUN/pki/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$RUN/pki/$1.crt"), client-key-data: $(base64 -w0 "$RUN/pki/$1.key")}}]
contexts: [{name: dev, context: {cluster: dev, user: $1}}]
current-context: dev
K
}

start() { # name command…
  local name=$1; shift
  [ -f "$RUN/pid/$name" ] && kill -0 "$(cat "$RUN/pid/$name")" 2>/dev/null && return
  setsid "$@" >>"$RUN/log/$name.log" 2>&1 </dev/null &
  echo $! >"$RUN/pid/$name"
}

wait_for() { # seconds what command…
  local seconds=$1 what=$2; shift 2
  for _ in $(seq $((seconds * 5))); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
  echo "dev cluster: $what did not come up in $seconds s; see $RUN/log" >&2; exit 1
}

up() {
  install
  mkdir -p "$RUN"/{pki,pid,log,cni,containerd}
  [ -f "$RUN/admin.kubeconfig" ] || {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$RUN/pki/ca.key" -out "$RUN/pki/ca.crt" -subj /CN=dev-ca -days 3650 2>/dev/null
    openssl genrsa -out "$RUN/pki/sa.key" 2048 2>/dev/null
    certificate apiserver /CN=kube-apiserver; certificate kubelet "/O=system:nodes/CN=system:node:$NODE"
    certificate controllers /CN=system:kube-controller-manager; certificate scheduler /CN=system:kube-scheduler
    certificate proxy /CN=system:kube-proxy; certificate front /CN=front-proxy-client; certificate admin /O=system:masters/CN=admin
  }
  # A bridge without an address of its own takes the lowest of its ports: another with each pod that comes or goes, and pods send to the old
  # one for up to two minutes.
  ip link show cni0 >/dev/null 2>&1 || { ip link add cni0 address 0a:58:0a:f4:00:01 type bridge; ip addr add $GATEWAY/16 dev cni0; ip link set cni0 up; }
  sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  mount --make-rshared / 2>/dev/null || true
  grep -q " $NODE\$" /etc/hosts || echo "127.0.0.1 $NODE" >>/etc/hosts # the API server reaches the kubelet by this name

  cat >"$RUN/cni/10-bridge.conflist" <<K
{"cniVersion":"0.4.0","name":"dev","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,
 "ipam":{"type":"host-local","dataDir":"$RUN/ipam","ranges":[[{"subnet":"$POD_CIDR","rangeStart":"10.244.0.10"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
K
  cat >"$RUN/containerd.toml" <<K
version = 2
root = "$RUN/containerd/root"
state = "$RUN/containerd/state"
[grpc]
  address = "$SOCK"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/local/pause:1"
  restrict_oom_score_adj = true # a sandbox may lack CAP_SYS_RESOURCE
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$RUN/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$RUN/registries"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
K
  cat >"$RUN/kubelet.yaml" <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
readOnlyPort: 0
cgroupDriver: cgroupfs
failSwapOn: false
enforceNodeAllocatable: []
evictionHard: {memory.available: "50Mi", nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
resolvConf: /etc/resolv.conf
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$RUN/pki/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: $RUN/pki/kubelet.crt
tlsPrivateKeyFile: $RUN/pki/kubelet.key
featureGates: {EphemeralContainers: true}
K
  local pki=$RUN/pki
  start etcd etcd --data-dir "$RUN/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 \
    --listen-peer-urls http://127.0.0.1:12380 --initial-advertise-peer-urls http://127.0.0.1:12380 --initial-cluster default=http://127.0.0.1:12380
  start containerd containerd --config "$RUN/containerd.toml"
  start kube-apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:12379 --secure-port="$PORT" --advertise-address=$GATEWAY \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=Hostname \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/sa.key" --service-account-signing-key-file="$pki/sa.key" \
    --service-cluster-ip-range=$SERVICE_CIDR --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --requestheader-client-ca-file="$pki/ca.crt" --requestheader-allowed-names=front-proxy-client --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User --proxy-client-cert-file="$pki/front.crt" --proxy-client-key-file="$pki/front.key" \
    --feature-gates=EphemeralContainers=true
  export KUBECONFIG=$RUN/admin.kubeconfig
  wait_for 60 kube-apiserver kubectl get --raw /readyz
  start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$RUN/controllers.kubeconfig" --service-account-private-key-file="$pki/sa.key" \
    --root-ca-file="$pki/ca.crt" --use-service-account-credentials --leader-elect=false --bind-address=127.0.0.1 --horizontal-pod-autoscaler-sync-period=5s \
    --horizontal-pod-autoscaler-downscale-stabilization=20s --horizontal-pod-autoscaler-use-rest-clients=true --pvclaimbinder-sync-period=1s
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$RUN/scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1
  wait_for 30 containerd ctr version
  has_image local/pause:1 || base_images
  start kubelet "$BIN/kubelet" --config="$RUN/kubelet.yaml" --kubeconfig="$RUN/kubelet.kubeconfig" --hostname-override=$NODE --root-dir="$RUN/kubelet" \
    --container-runtime=remote --container-runtime-endpoint="unix://$SOCK"
  # Masqueraded, as a pod's answer to a pod of the same bridge would not come back the way of its Service, and Docker's engine lets no others through.
  start kube-proxy "$BIN/kube-proxy" --kubeconfig="$RUN/proxy.kubeconfig" --hostname-override=$NODE --proxy-mode=iptables --cluster-cidr=$POD_CIDR --masquerade-all \
    --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0s --conntrack-tcp-timeout-close-wait=0s --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249
  wait_for 60 node kubectl wait --for=condition=Ready "node/$NODE" --timeout=1s
  wait_for 30 "default service account" kubectl get serviceaccount default
  echo "KUBECONFIG=$KUBECONFIG"
}

has_image() { ctr images ls -q | grep -qx "docker.io/$1"; }

# An image is one layer and a config in the docker-archive form that containerd imports.
image() { # name rootfs [config json]
  local work; work=$(mktemp -d)
  tar -C "$2" --numeric-owner -cf "$work/layer.tar" .
  local layer config=${3:-'{"Cmd":["sh"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'}
  layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"amd64","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$config" "$layer" >"$work/config.json"
  printf '[{"Config":"config.json","RepoTags":["docker.io/%s"],"Layers":["layer.tar"]}]' "$1" >"$work/manifest.json"
  tar -C "$work" -cf "$work/image.tar" manifest.json config.json layer.tar
  ctr images import "$work/image.tar" >/dev/null
  rm -rf "$work"
}

base_images() {
  local root; root=$(mktemp -d)
  printf '#include <signal.h>\n#include <sys/wait.h>\n#include <unistd.h>\nstatic void end(int s){(void)s;_exit(0);}\nstatic void reap(int s){(void)s;while(waitpid(-1,0,WNOHANG)>0);}\nint main(void){signal(SIGTERM,end);signal(SIGINT,end);signal(SIGCHLD,reap);for(;;)pause();}\n' >"$root.c"
  gcc -static -O2 -o "$root/pause" "$root.c"
  image local/pause:1 "$root" '{"Entrypoint":["/pause"]}'
  rm -rf "$root" "$root.c"; mkdir -p "$root"/{bin,tmp,etc,root}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"; done
  image local/busybox:1 "$root"
  rm -rf "$root"
}

# The image of the agent: what the Dockerfile makes, of the same bytes that a registry would give to the node.
agent_image() { # artifacts stamps
  local archive=$1/image.tar sum
  "$HERE/image.sh" local/agent:dev "$archive"
  sum=$(cat "$archive.sum")
  if [ "$(cat "$2/agent" 2>/dev/null)" != "$sum" ] || ! has_image local/agent:dev; then
    ctr images import "$archive" >/dev/null
    printf '%s\n' "$sum" >"$2/agent"
  fi
}

# The image that a pod's setup container runs: the static worker, a CA bundle, the Node.js of JavaScript actions and nothing else.
# The job image is a plain Debian with what the examples use.
images() {
  local artifacts=$HERE/../artifacts root stamp=$RUN/images sum
  [ -x "$artifacts/runner-worker" ] || { echo "dev cluster: $artifacts/runner-worker is missing; run scripts/build.sh" >&2; exit 1; }
  mkdir -p "$stamp"
  "$HERE/externals.sh"
  sum=$(cat "$artifacts/runner-worker" "$artifacts/externals/version" | sha256sum)
  if [ "$(cat "$stamp/runner" 2>/dev/null)" != "$sum" ] || ! has_image local/runner:dev; then
    root=$(mktemp -d)
    mkdir -p "$root"/{tmp,etc/ssl/certs}
    cp "$artifacts/runner-worker" "$artifacts/ca-certificates.crt" "$root/"
    cp -a "$artifacts/externals" "$root/externals"
    cp "$artifacts/ca-certificates.crt" "$root/etc/ssl/certs/ca-certificates.crt"
    chmod 755 "$root"; chmod 1777 "$root/tmp"
    image local/runner:dev "$root" '{"Entrypoint":["/runner-worker"]}'
    printf '%s\n' "$sum" >"$stamp/runner"
    rm -rf "$root"
  fi
  agent_image "$artifacts" "$stamp"
  has_image local/debian:12 || {
    local rootfs=$HOME_DIR/debian-12
    [ -f "$rootfs.done" ] || {
      rm -rf "$rootfs"
      debootstrap --variant=minbase --include=ca-certificates,git,curl,bash,procps,python3-minimal bookworm "$rootfs" >"$RUN/log/debootstrap.log" 2>&1
      ln -sf python3 "$rootfs/usr/bin/python"
      rm -rf "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/*
      touch "$rootfs.done"
    }
    image local/debian:12 "$rootfs" '{"Cmd":["bash"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'
  }
}

answers() { KUBECONFIG=$1 kubectl --request-timeout=5s get --raw /readyz >/dev/null 2>&1; }

reachable() {
  command -v kubectl >/dev/null || return 1
  local file
  for file in "${KUBECONFIG:-}" "$HOME/.kube/config" "$RUN/admin.kubeconfig"; do
    [ -n "$file" ] && [ -f "$file" ] && answers "$file" && { echo "$file"; return 0; }
  done
  return 1
}

down() {
  local name pid
  if [ -f "$RUN/pid/kube-apiserver" ]; then
    KUBECONFIG=$RUN/admin.kubeconfig kubectl delete pods --all --all-namespaces --grace-period=0 --force >/dev/null 2>&1 || true
  fi
  for name in kube-proxy kubelet kube-scheduler kube-controller-manager kube-apiserver etcd; do stop "$name"; done
  if [ -S "$SOCK" ]; then
    for pid in $(ctr tasks ls 2>/dev/null | awk 'NR>1{print $1}'); do ctr tasks kill -s KILL "$pid" 2>/dev/null || true; ctr tasks delete --force "$pid" >/dev/null 2>&1 || true; done
    for pid in $(ctr containers ls -q 2>/dev/null); do ctr containers delete "$pid" 2>/dev/null || true; done
  fi
  stop containerd
  pkill -KILL -f -- "containerd-shim-.* -address $SOCK" || true # those of tasks that containerd had forgotten
  awk -v d="$RUN/" 'index($2, d) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
  ip -o link show type veth 2>/dev/null | awk -F': ' '/master cni0/{sub(/@.*/,"",$2);print $2}' | while read -r link; do ip link del "$link" 2>/dev/null || true; done
  ip link del cni0 2>/dev/null || true
  rm -rf "$RUN/etcd" "$RUN/kubelet" "$RUN/ipam" "$RUN/containerd/state" "$RUN/pid"
}

stop() {
  local file=$RUN/pid/$1 pid
  [ -f "$file" ] || return 0
  pid=$(cat "$file"); kill "$pid" 2>/dev/null || true
  for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
  rm -f "$file"
}

case ${1:-} in
  install) install ;;
  up) up ;;
  down) down ;;
  status) KUBECONFIG=$RUN/admin.kubeconfig kubectl get nodes,pods --all-namespaces -o wide ;;
  image) image "$2" "$3" ${4+"$4"} ;;
  images) images ;;
  kubeconfig) echo "$RUN/admin.kubeconfig" ;;
  reachable) reachable ;;
  *) sed -n '2,18s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
