#!/usr/bin/env bash
# A throw-away container engine, registry and base image for the tests that need them; Debian, as root.
#
# Usage: tests/engine.sh start DIR    starts all, writes DIR/env to be sourced; what is missing is installed
#        tests/engine.sh stop DIR     stops what was started from DIR and removes it
#
# Nothing of the machine's own engine is touched: data, sockets, process ids and configuration are below DIR.
# The base image is made once and kept below PROTOCTL_TEST_CACHE (default ~/.cache/protoctl-tests).
set -euo pipefail
shopt -s inherit_errexit

readonly SUITE=bookworm
readonly PACKAGES=ca-certificates,python3,python3-pip
readonly SECONDS_TO_START=60 SECONDS_TO_STOP=20

fail() {
    echo "engine.sh: $*" >&2
    exit 1
}

# Calls a command until it succeeds; gives up when the process that it waits for is gone, or after a minute.
wait_for() {
    local pid=$1 log=$2 deadline=$((SECONDS + SECONDS_TO_START))
    shift 2
    until "$@" > /dev/null 2>&1; do
        kill -0 "$pid" 2> /dev/null || { tail -n 20 "$log" >&2; fail "a server stopped, see $log"; }
        ((SECONDS < deadline)) || { tail -n 20 "$log" >&2; fail "a server is not ready after $SECONDS_TO_START s"; }
        sleep 0.1
    done
}

install_missing() {
    local command package missing=()
    while read -r command package; do
        command -v "$command" > /dev/null || missing+=("$package")
    done <<'LIST'
dockerd docker.io
docker docker.io
docker-registry docker-registry
debootstrap debootstrap
iptables iptables
curl curl
LIST
    mountpoint --quiet /sys/fs/cgroup || missing+=(cgroupfs-mount)
    ((${#missing[@]} == 0)) && return
    # An engine that the package starts by itself would be a second one.
    mkdir -p /etc/systemd/system && ln -sf /dev/null /etc/systemd/system/docker.service
    apt-get update --quiet
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
    mountpoint --quiet /sys/fs/cgroup || cgroupfs-mount
}

# The engine has no bridge and writes no packet filter rules: containers of ours have no network, and images are
# built with the host's, so that a firewall or proxy of this machine serves them like everything else.
start_engine() {
    local dir=$1
    echo '{}' > "$dir/daemon.json"
    setsid dockerd --config-file "$dir/daemon.json" --data-root "$dir/data" --exec-root "$dir/exec" \
        --pidfile "$dir/dockerd.pid" --host "unix://$dir/docker.sock" --bridge none --iptables=false \
        --ip6tables=false < /dev/null > "$dir/dockerd.log" 2>&1 &
    wait_for $! "$dir/dockerd.log" curl --fail --silent --unix-socket "$dir/docker.sock" http://engine/_ping
}

start_registry() {
    local dir=$1
    cat > "$dir/registry.yml" << YAML
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $dir/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:0"}
YAML
    setsid docker-registry serve "$dir/registry.yml" < /dev/null > "$dir/registry.log" 2>&1 &
    echo $! > "$dir/registry.pid"
    wait_for $! "$dir/registry.log" grep --quiet 'listening on' "$dir/registry.log"
}

registry_address() {
    sed --quiet 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$1/registry.log"
}

# A minimal Debian with Python and pip, and the certificates that this machine trusts.
make_base() {
    local tar=$1 root
    root=$(mktemp --directory)
    debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$root/base" > "$root/log" 2>&1 ||
        { tail -n 20 "$root/log" >&2; rm -rf "$root"; fail "debootstrap failed"; }
    cp /etc/ssl/certs/ca-certificates.crt "$root/base/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$root/base"/var/cache/apt/archives/*.deb "$root/base"/var/lib/apt/lists/* \
        "$root/base"/usr/share/{doc,man,locale}/*
    mkdir -p "$(dirname "$tar")"
    tar --create --directory "$root/base" --exclude=./dev/* --exclude=./proc/* --exclude=./sys/* . > "$root/tar"
    mv "$root/tar" "$tar.$$" && mv "$tar.$$" "$tar"
    rm -rf "$root"
}

# Prints the reference by digest of the base image, as it stands in the registry.
provide_base() {
    local registry=$1 tar=$2
    local tag=$registry/base:$SUITE
    docker import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' "$tar" "$tag" > /dev/null
    docker push --quiet "$tag" > /dev/null
    docker image inspect --format '{{index .RepoDigests 0}}' "$tag"
}

start() {
    local dir=$1 tar registry base
    [[ $EUID == 0 ]] || fail "an engine is started by root only"
    [[ ! -e $dir/env ]] || fail "$dir is in use; stop it first"
    mkdir -p "$dir"
    dir=$(realpath "$dir")
    # sockaddr_un holds 108 bytes, and containerd's socket is deeper below the folder than docker.sock.
    ((${#dir} < 60)) || fail "the path of $dir is too long for sockets"
    install_missing
    trap "stop '$dir'" EXIT
    start_engine "$dir"
    start_registry "$dir"
    registry=$(registry_address "$dir")
    tar=${PROTOCTL_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/protoctl-tests}/$SUITE-$(base_key).tar
    [[ -f $tar ]] || make_base "$tar"
    export DOCKER_HOST=unix://$dir/docker.sock
    base=$(provide_base "$registry" "$tar")
    {
        echo "export PROTOCTL_TEST_ENGINE=$DOCKER_HOST"
        echo "export PROTOCTL_TEST_REGISTRY=$registry"
        echo "export PROTOCTL_TEST_BASE=$base"
    } > "$dir/env.new"
    mv "$dir/env.new" "$dir/env"
    trap - EXIT
}

# The kept base is made anew when its recipe or the machine's certificates change.
base_key() {
    { echo "$PACKAGES"; cat /etc/ssl/certs/ca-certificates.crt; } | sha256sum | cut --characters 1-12
}

stop_process() {
    local pid
    [[ -f $1 ]] || return 0
    pid=$(< "$1")
    kill "$pid" 2> /dev/null || return 0
    timeout "$SECONDS_TO_STOP" tail --pid="$pid" --follow /dev/null || kill -KILL "$pid"
}

stop() {
    local dir mounted
    dir=$(realpath "$1")
    [[ -f $dir/daemon.json ]] || fail "nothing was started from $dir"
    stop_process "$dir/dockerd.pid"
    stop_process "$dir/exec/containerd/containerd.pid"
    stop_process "$dir/registry.pid"
    while read -r mounted; do
        umount "$mounted"
    done < <(findmnt --list --noheadings --output TARGET | grep "^$dir/" | sort --reverse)
    rm -rf "$dir"
}

case ${1:-} in
    start | stop) "$1" "${2:?a folder is missing}" ;;
    *) sed --quiet '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
