#!/bin/sh
# Says whether this machine has what the demo and the tests need, and what to install if not.
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

rust_advice='install Rust with https://rustup.rs; components: rustup component add rustfmt clippy'
if version=$(cargo --version 2>/dev/null); then
    version=${version#cargo }
    if at_least "$version" 1 89; then has "cargo $version"; else lacks "Rust 1.89 or newer (this is $version)" "$rust_advice"; fi
    cargo fmt --version >/dev/null 2>&1 || lacks rustfmt 'rustup component add rustfmt'
    cargo clippy --version >/dev/null 2>&1 || lacks clippy 'rustup component add clippy'
else
    lacks "cargo (Rust)" "$rust_advice"
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

if [ "$missing" -ne 0 ]; then
    echo 'Install what is missing, then run this again.' >&2
    exit 1
fi
