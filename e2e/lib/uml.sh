# One user-mode Linux kernel: a node, or the boot that imports images.

uml_library() { echo "$CACHE/uml-$(content_key -- "$E2E/lib/uml.c").so"; }

build_uml_library() {
  local library; library=$(uml_library)
  [[ -f $library ]] || gcc -O2 -shared -fPIC -o "$library" "$E2E/lib/uml.c"
}

# A kernel's memory is a file; user-mode Linux puts it into TMPDIR. /dev/shm is small in some containers.
memory_folder() {
  local free; free=$(df --output=avail -m /dev/shm 2>/dev/null | tail -1)
  if [[ ${free:-0} -gt 8192 ]]; then echo /dev/shm; else mkdir -p "$SLUICE_LAB/memory"; echo "$SLUICE_LAB/memory"; fi
}

# A guest's process and its kernel take turns, two processes here. On one processor a turn is a context switch; on two it is a
# wake-up from one idle processor to another, three times as dear. So each kernel has one processor, shared by turns.
processors() {
  local range
  for range in $(taskset --cpu-list --pid $$ | sed 's/.*: //; s/,/ /g'); do seq "${range%-*}" "${range#*-}"; done
}

# Neighbours in number, between which tests clone, have different ones.
processor_of() { # NAME
  local all; mapfile -t all < <(processors)
  [[ $1 =~ ^n[0-9]+$ ]] && echo "${all[${1#n} % ${#all[@]}]}" || echo "${all[-1]}"
}

# A page of a guest's process is a mapping of this machine: the usual 65,530 are 256 MiB, and a process that has more hangs.
readonly MAPPINGS=1048576

# uml_command NAME MEMORY ARGUMENT... sets UML to the command that runs a kernel. The kernel and all its processes live in
# a PID namespace of their own, so none can outlive its first: to end that one is to cut the power.
uml_command() {
  local name=$1 memory=$2 state=$RUN/uml/$1
  shift 2
  [[ $(</proc/sys/vm/max_map_count) -ge $MAPPINGS ]] || sysctl -qw vm.max_map_count=$MAPPINGS || true
  rm -rf "$state"
  mkdir -p "$state"
  UML=(env TMPDIR="$(memory_folder)" LD_PRELOAD="$(uml_library)" taskset --cpu-list "$(processor_of "$name")" unshare --pid --fork --kill-child --mount-proc --
    linux.uml umid="$name" uml_dir="$state" mem="$memory" root=/dev/ubda rw con=null con0=fd:0,fd:1 ssl=null loglevel=4 TERM=dumb "$@")
}
