# What the demonstrations have in common. They set NAMESPACE, and BEGIN to the time of their start.

readonly LAB=${SLUICE_LAB_COMMAND:-$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../lab}
readonly IMAGE=registry.k8s.io/e2e-test-images/busybox:1.37.0-1

# --- the cluster ---

kubectl() { "$LAB" kubectl "$@"; }

in_demo() { kubectl --namespace "$NAMESPACE" "$@"; }

in_pod() { in_demo exec "$1" -- sh -c "$2" </dev/null; }

checksum() { in_pod "$1" 'sha256sum /data/tables' | cut -d' ' -f1; }

wait_ready() { in_demo wait --for=condition=Ready "pod/$1" --timeout=120s >/dev/null || fail "pod $1 is not ready"; }

status() { in_demo get clonehydration "$1" --ignore-not-found -o "jsonpath={.status.$2}"; } # CLAIM FIELD

await_hydration() { # CLAIM VALUES [FIELD]
  local deadline=$((SECONDS + 300))
  until [[ $(status "$1" "${3:-phase}") =~ ^($2)$ ]]; do
    [[ $SECONDS -lt $deadline ]] || fail "the hydration of $1 is $(status "$1" phase): $(status "$1" message)"
    sleep 0.5
  done
}

describe() { # CLAIM
  local phase hydrated copied skipped total
  IFS='|' read -r phase hydrated copied skipped total _ < <(figures "$1")
  echo "$phase, $(percent "$hydrated" "$total") % done: $(mib "$copied") MiB copied, $(mib "$skipped") MiB unused and skipped, of $(mib "$total") MiB"
}

figures() { # CLAIM
  in_demo get clonehydration "$1" \
    -o 'jsonpath={.status.phase}|{.status.hydratedBytes}|{.status.copiedBytes}|{.status.skippedBytes}|{.status.totalBytes}|{.status.summary.rate}{"\n"}'
}

show_progress() { # CLAIM
  local phase hydrated copied skipped total rate done line last=
  while :; do
    IFS='|' read -r phase hydrated copied skipped total rate < <(figures "$1")
    done=$(percent "$hydrated" "$total")
    # Whole is what the swap has confirmed.
    [[ $phase == Hydrated || $done -lt 100 ]] || done=99
    line="$(bar "$done") $phase, $(mib "$copied") MiB copied${rate:+, $rate}"
    if [[ -t 1 ]]; then printf '\r\033[K            %s' "$line"; elif [[ $line != "$last" ]]; then say "$line"; fi
    last=$line
    [[ $phase != Hydrated ]] || break
    [[ $phase != Failed ]] || fail "hydration failed: $(status "$1" message)"
    sleep 0.3
  done
  [[ ! -t 1 ]] || printf '\n'
}

# --- words and numbers ---

title() { printf '\n%s\n' "$*"; }

say() { printf '  %6s s  %s\n' "$(seconds_since "$BEGIN")" "$*"; }

indent() { sed 's/^/            /'; }

fail() { printf '\ndemo: %s\n' "$*" >&2; exit 1; }

now() { date +%s%N; }

seconds_since() { awk -v from="$1" -v to="$(now)" 'BEGIN {printf "%.1f", (to - from) / 1e9}'; }

add() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.1f", a + b}'; }

mib() { echo $((${1:-0} / 1048576)); }

percent() { [[ ${2:-0} -gt 0 ]] && echo $((${1:-0} * 100 / $2)) || echo 0; }

bar() { # PERCENT
  local width=40 full filled empty
  full=$(($1 * width / 100))
  printf -v filled '%*s' "$full" ''
  printf -v empty '%*s' $((width - full)) ''
  printf '[%s%s] %3d %%' "${filled// /#}" "${empty// /.}" "$1"
}
