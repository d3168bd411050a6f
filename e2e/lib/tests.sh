# Tests, benchmarks and the demonstration: each brings the lab up itself.

verb_test() { # [JUNIT-FILTER]
  local filter=${1:-}
  require_machine
  if [[ -z $filter ]]; then
    step helm build_tool helm
    HELM=$(tool_folder helm)/bin/helm maven verify
  fi
  ensure_up test
  maven_in_lab -Plab ${filter:+-Dit.test="$filter"}
}

verb_bench() { # [NAME]
  local name=${1:-}
  require_machine
  ensure_up bench
  export SLUICE_BENCH=$name
  maven_in_lab -Pbench ${name:+-Dit.test="Bench${name^}"}
}

verb_demo() { # [NAME]
  local script=$E2E/demo/${1:-clone}.sh
  [[ -f $script ]] || die "no demonstration '${1:-clone}' (there are: $(cd "$E2E/demo" && ls -- *.sh | sed 's/\.sh$//' | paste -sd' '))"
  require_machine
  ensure_up demo
  SLUICE_LAB_COMMAND=$E2E/lab verb_run bash "$script"
}

# The lab as it is, with the driver of this checkout; or a new one.
ensure_up() { # VERB
  local count=3
  [[ ! -f $RUN/nodes ]] || ! lab_is_running || count=$(<"$RUN/nodes")
  lock_lab "$1"
  bring_up "$count"
  unlock_lab
}

maven() {
  export JAVA_HOME; JAVA_HOME=$(java_home)
  (cd "$REPOSITORY" && ./mvnw --batch-mode --no-transfer-progress "$@")
}

# Maven itself stays outside, where it can fetch what it needs: only the JVM that runs the tests is in the lab's network.
maven_in_lab() {
  export SLUICE_LAB KUBECONFIG=$KUBECONFIG_FILE SLUICE_LAB_COMMAND=$E2E/lab
  make_lab_java
  # Unit tests are `verify`'s; here a name that none has leaves them out of the modules the lab tests need.
  maven -pl e2e -am -Djvm="$RUN/java/bin/java" -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dfailsafe.failIfNoSpecifiedTests=false "$@" verify
}

make_lab_java() {
  local home; home=$(java_home)
  mkdir -p "$RUN/java/bin"
  cp "$home/release" "$RUN/java/"
  cat >"$RUN/java/bin/java" <<SCRIPT
#!/bin/sh
exec nsenter --net=/run/netns/$NETNS -- $home/bin/java "\$@"
SCRIPT
  chmod +x "$RUN/java/bin/java"
}
