# One user-mode Linux kernel: a node, or the boot that imports images.

xstate_library() { echo "$CACHE/xstate-$(content_key -- "$E2E/node/xstate.c").so"; }

build_xstate() {
  local library; library=$(xstate_library)
  [[ -f $library ]] || gcc -O2 -shared -fPIC -o "$library" "$E2E/node/xstate.c"
}

# A kernel's memory is a file; user-mode Linux puts it into TMPDIR. /dev/shm is small in some containers.
memory_folder() {
  local free; free=$(df --output=avail -m /dev/shm 2>/dev/null | tail -1)
  if [[ ${free:-0} -gt 8192 ]]; then echo /dev/shm; else mkdir -p "$SLUICE_LAB/memory"; echo "$SLUICE_LAB/memory"; fi
}

# uml_command NAME MEMORY ARGUMENT... sets UML to the command that runs a kernel. The kernel and all its processes live in
# a PID namespace of their own, so none can outlive its first: to end that one is to cut the power.
uml_command() {
  local name=$1 memory=$2 state=$RUN/uml/$1
  shift 2
  rm -rf "$state"
  mkdir -p "$state"
  UML=(env TMPDIR="$(memory_folder)" LD_PRELOAD="$(xstate_library)" unshare --pid --fork --kill-child --mount-proc --
    linux.uml umid="$name" uml_dir="$state" mem="$memory" root=/dev/ubda rw con=null con0=fd:0,fd:1 ssl=null loglevel=4 TERM=dumb "$@")
}
