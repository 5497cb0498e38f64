#!/bin/sh
# Says whether this machine has what the demo and the game day need, and what to install if not; with --tests also what
# `make test` needs.
missing=0

lacks() {
    echo "missing: $1" >&2
    echo "         $2" >&2
    missing=1
}

has() {
    echo "found:   $1"
}

# at_least VERSION MAJOR MINOR
at_least() {
    major=${1%%.*}
    rest=${1#*.}
    minor=${rest%%[!0-9]*}
    [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "$minor" -ge "$3" ]; }
}

rust_advice='install Rust with https://rustup.rs'
if version=$(cargo --version 2>/dev/null); then
    version=${version#cargo }
    if at_least "$version" 1 89; then has "cargo $version"; else lacks "Rust 1.89 or newer (this is $version)" "$rust_advice"; fi
    if [ "${1:-}" = --tests ]; then
        cargo fmt --version >/dev/null 2>&1 || lacks rustfmt 'rustup component add rustfmt'
        cargo clippy --version >/dev/null 2>&1 || lacks clippy 'rustup component add clippy'
    fi
else
    lacks "cargo (Rust)" "$rust_advice"
fi

# Rust links with it, and the TLS of the harness is compiled with it.
if cc --version >/dev/null 2>&1; then
    has "cc, a C compiler"
else
    lacks 'cc, a C compiler' 'Debian, Ubuntu: apt install build-essential; macOS: xcode-select --install'
fi

terraform_advice='install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install'
if version=$(CHECKPOINT_DISABLE=1 terraform version 2>/dev/null); then
    version=$(echo "$version" | sed -n 's/^Terraform v//p')
    if at_least "$version" 1 11; then has "terraform $version"; else lacks "Terraform 1.11 or newer (this is $version)" "$terraform_advice"; fi
else
    lacks terraform "$terraform_advice"
fi

python_advice='install Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3 python3-venv)'
if version=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null); then
    if at_least "$version" 3 11; then has "python3 $version"; else lacks "Python 3.11 or newer (this is $version)" "$python_advice"; fi
    python3 -c 'import venv, ensurepip' 2>/dev/null || lacks "Python's venv module" "$python_advice"
else
    lacks python3 "$python_advice"
fi

# Build, AWS provider (700 MB), the emulator's packages and its databases.
disk_gigabytes=5
folder=${CARGO_TARGET_DIR:-target}
[ -d "$folder" ] || folder=.
free_kilobytes=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')
case $free_kilobytes in
    '' | *[!0-9]*) echo "unknown: free disk space, because df does not tell; $disk_gigabytes GB are needed for a first build" ;;
    *)
        free_gigabytes=$((free_kilobytes / 1048576))
        # A folder that holds a build already needs little more.
        if [ "$free_gigabytes" -ge "$disk_gigabytes" ] || [ -d "$folder/debug" ]; then
            has "$free_gigabytes GB of disk space"
        else
            lacks "disk space: $free_gigabytes GB are free in $(pwd), a first build needs $disk_gigabytes GB" 'free some, or name another folder in CARGO_TARGET_DIR'
        fi
        ;;
esac

if [ "$missing" -ne 0 ]; then
    echo 'Install what is missing, then run this again.' >&2
    exit 1
fi
