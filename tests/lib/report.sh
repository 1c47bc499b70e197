# How a suite in shell starts and reports its results (report.py and report.h do the same for Python and C). To be
# sourced by bash:
#
#     . "$(dirname "$0")/../lib/report.sh" && begin "$@" || exit 2
#     some command >"$out/log" 2>&1
#     report $? "it works"
#
# A suite takes [--update] [CASE...]: only cases whose names contain a CASE are reported; a CASE =NAME must match the
# whole name. With --update, golden files are written instead of compared.

begin() { # ARGUMENTS OF THE SUITE; sets $root, $BUILD, $CNNC, $out and $updating, and goes to the project's root
    local suite
    suite=$(cd "$(dirname "$0")" && pwd)
    root=${suite%/*/*}
    suite=${suite##*/}
    cd "$root" || return 2
    BUILD=$(realpath -m "${BUILD:-build}") CNNC=$(realpath -m "${CNNC:-${BUILD:-build}/cnnc}")
    out=$BUILD/tests/$suite updating= compared=
    export BUILD CNNC LC_ALL=C.UTF-8 TEST_SUITE=$suite TEST_CASES=
    export XDG_CONFIG_HOME=$BUILD/tests/no-config # where --tune=machine has left nothing
    if [ "${1:-}" = --update ]; then
        updating=yes
        trap '[ -n "$compared" ] || printf "not ok %s: --update\n# it compares no golden file\n" "$TEST_SUITE"' EXIT
        shift
    fi
    local case
    for case; do
        TEST_CASES+=${TEST_CASES:+$'\n'}${case/"$suite: "/}
    done
    mkdir -p "$out"
}

wants() { # NAME...: is one of these cases wanted? To be asked before expensive work.
    [ -n "${TEST_CASES:-}" ] || return 0
    local name case
    while IFS= read -r case; do
        for name; do
            case $case in
            =*) [[ $name != "${case#=}" ]] || return 0 ;;
            *) [[ $name != *"$case"* ]] || return 0 ;;
            esac
        done
    done <<<"$TEST_CASES"
    return 1
}

chosen() { # GROUP...: prints those asked for, whose cases are called `GROUP: ...`; all of them if none was
    local some=() group case
    for group; do
        ! wants "$group" && ! in_group "$group" || some+=("$group")
    done
    [ ${#some[@]} -gt 0 ] || some=("$@")
    printf '%s\n' "${some[@]}"
}

in_group() { # GROUP: does a wanted case begin with it?
    local case
    while IFS= read -r case; do
        [[ ${case#=} != "$1: "* ]] || return 0
    done <<<"${TEST_CASES:-}"
    return 1
}

report() { # STATUS NAME [LOG]: reports a case; if it failed, the log (default: $out/log) has the details
    if ! wants "$2"; then
        [ "$1" -eq 0 ] || echo "# failed, but was not asked for: $2"
    elif [ "$1" -eq 0 ]; then
        echo "ok ${TEST_SUITE:+$TEST_SUITE: }$2"
    else
        echo "not ok ${TEST_SUITE:+$TEST_SUITE: }$2"
        details "${3:-$out/log}"
    fi
}

details() { # FILE: its beginning and its end
    [ -e "$1" ] || return 0
    awk '{ line[NR] = substr($0, 1, 2000) }
         END { for (i = 1; i <= NR; i++)
                   if (i <= 20 || i > NR - 20) print "# " line[i]; else if (i == 21) print "# ..." }' "$1"
}

golden() { # GOLDEN FOUND NAME [STATUS]: are the two files the same, and STATUS, if given, 0?
    compared=yes
    if [ -n "$updating" ] && wants "$3" && ! cmp -s "$1" "$2"; then
        cp "$2" "$1" && echo "# wrote $1"
    fi
    diff -u "$1" "$2" >"$out/difference" 2>&1
    local status=$?
    [ "${4:-0}" -eq 0 ] || { echo "and it ended with the wrong status" >>"$out/difference"; status=1; }
    report $status "$3" "$out/difference"
}

skip() { # WHAT, AND WHY
    echo "# skipped: $*"
}
