# What the machine must have. Everything is checked before anything is changed.

readonly HOST_PACKAGES=(ca-certificates curl debootstrap e2fsprogs gcc iproute2 jq libc6-dev nftables openssl procps busybox-static user-mode-linux util-linux)
readonly MINIMUM_GO=26 # of 1.x
readonly MINIMUM_JAVA=25

require_machine() {
  local problems=()
  [[ $EUID == 0 ]] || problems+=("run it as root: it makes a network namespace and file systems (sudo e2e/lab …)")
  debian_with_user_mode_linux || problems+=("this machine is not amd64 Debian or Ubuntu with the package user-mode-linux: use one (Debian 12 is tested), or e2e/kind on another Linux")
  go_command >/dev/null || problems+=("no Go ≥ 1.$MINIMUM_GO in PATH or /usr/local/go: get it from https://go.dev/dl")
  java_home >/dev/null || problems+=("no JDK ≥ $MINIMUM_JAVA in JAVA_HOME or /usr/lib/jvm: get one from https://adoptium.net or your distribution")
  [[ ${#problems[@]} == 0 ]] && return
  printf 'e2e/lab: %s\n' "${problems[@]}" >&2
  exit 1
}

debian_with_user_mode_linux() {
  [[ $(uname -sm) == 'Linux x86_64' ]] && command -v apt-get dpkg >/dev/null || return 1
  (. /etc/os-release && [[ " $ID ${ID_LIKE:-} " == *' debian '* ]]) || return 1
  command -v linux.uml >/dev/null || apt-cache show user-mode-linux >/dev/null 2>&1 || [[ -z $(ls /var/lib/apt/lists/*_Packages* 2>/dev/null) ]]
}

go_command() {
  local go minor
  for go in "$(command -v go || true)" /usr/local/go/bin/go; do
    [[ -x $go ]] || continue
    minor=$(GOTOOLCHAIN=local "$go" env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
    if [[ -n $minor && $minor -ge $MINIMUM_GO ]]; then echo "$go"; return; fi
  done
  return 1
}

java_home() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [[ -x $home/bin/javac && -f $home/release ]] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    if [[ -n $version && $version -ge $MINIMUM_JAVA ]]; then echo "$home"; return; fi
  done
  return 1
}

missing_packages() {
  local package
  for package in "${HOST_PACKAGES[@]}"; do
    dpkg-query -Wf '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

install_packages() {
  local missing; mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}
