# Sourced: need WHAT.. installs the packages of packages.txt marked with one of the words, if any is missing.
need() {
  local words="$*" list missing sudo=""
  list=$(awk -v words=" $words " '!/^#/ && index(words, " " $2 " ") { print $1 }' cmake/packages.txt)
  if ! command -v dpkg-query > /dev/null; then
    echo "This is no Debian: the build needs what Debian calls" $list
    return 0
  fi
  missing=$(for package in $list; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || echo "$package"
  done)
  [ -n "$missing" ] || return 0
  echo "Installing" $missing
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
      echo "Packages are missing and there is no sudo. Run as root, then call this script again:" >&2
      echo "  apt-get install --no-install-recommends" $missing >&2
      return 1
    fi
    sudo=sudo
  fi
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
}
