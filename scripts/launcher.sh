#!/bin/sh
# pocket-id: runs the bundle beside it on Node, which may read and write only where the settings say that data lives.
set -euf
# What it writes is for the owner alone; UNIX_SOCKET_MODE says otherwise for the socket.
umask 077
self=$0
if [ -L "$self" ]; then self=$(readlink -f "$self"); fi
home=${self%/*}
case $home in /*) ;; *) home=$(cd "$home" && pwd) ;; esac

# The Node of a checkout when there is one, else that of the image.
node=node
for candidate in "$home/node" "$home/../node_modules/.bin/node"; do
  if [ -x "$candidate" ]; then node=$candidate && break; fi
done

# Where the database is: a path or file: URL; a server needs no folder.
database=${DB_CONNECTION_STRING-}
if [ -n "${DB_CONNECTION_STRING_FILE-}" ] && [ -r "$DB_CONNECTION_STRING_FILE" ]; then
  read -r database <"$DB_CONNECTION_STRING_FILE" || true
fi
database=${database%%\?*}
case $database in
  file://*) database=${database#file://} && database=/${database#*/} ;;
  file:*) database=${database#file:} ;;
  *://*) database= ;;
esac

# The file that `export` writes (beside it first, with an ending of its own) and `import` reads; standard output and input need none.
archive=
case ${1-} in
  export | import)
    archive=pocket-id-export.zip
    previous=
    for word; do
      case $previous in --path | -p) archive=$word ;; esac
      case $word in --path=*) archive=${word#--path=} ;; esac
      previous=$word
    done
    ;;
esac

# A set but empty variable counts as not set; relative paths start where the command was started.
set -- "$home/lib/cli.mjs" "$@"
folder_of() { case $1 in */*) folder=${1%/*}/ ;; *) folder=./ ;; esac; }
absolute() { case $1 in /*) path=$1 ;; *) path=$PWD/${1#./} ;; esac; path=${path%/}; }

folder_of "${database:-data/pocket-id.db}" && database_folder=$folder
folder_of "${UNIX_SOCKET:-data/}" && socket_folder=$folder
places=$(
  for place in data "$database_folder" "$socket_folder" "${UPLOAD_PATH:-data}"; do
    absolute "$place" && echo "$path"
  done | LC_ALL=C sort -ru
)
# Node grants a folder by its name and what is in it by the star; a parent has to come before its children, so the last is put first.
IFS='
'
for path in $places; do
  set -- "--allow-fs-read=$path" "--allow-fs-read=$path/*" "--allow-fs-write=$path" "--allow-fs-write=$path/*" "$@"
done

# Files that variables name (secrets, certificates, a GeoLite database) and plugins of the instance's own are read only.
for line in $(export -p); do
  name=${line#export }
  name=${name%%=*}
  case $name in *[!A-Z0-9_]* | "") continue ;; *_FILE | *_CERTIFICATE | *_KEY | TLS_CERT | GEOLITE_DB_PATH) ;; *) continue ;; esac
  eval "value=\${$name-}"
  # A certificate or key may be the text itself.
  case $name in *_CERTIFICATE | *_KEY | TLS_CERT) [ -f "$value" ] || continue ;; esac
  if [ -n "$value" ]; then absolute "$value" && set -- "--allow-fs-read=$path" "$@"; fi
done
# A GeoLite database that is fetched is written beside itself and put in its place.
if [ -n "${GEOLITE_DB_PATH-}" ] && [ -n "${MAXMIND_LICENSE_KEY-}${MAXMIND_LICENSE_KEY_FILE-}${GEOLITE_DB_URL-}" ]; then
  absolute "$GEOLITE_DB_PATH"
  set -- "--allow-fs-read=$path.part" "--allow-fs-write=$path.part" "--allow-fs-write=$path" "$@"
fi
if [ -n "$archive" ] && [ "$archive" != - ]; then
  absolute "$archive" && set -- "--allow-fs-read=$path*" "--allow-fs-write=$path*" "$@"
fi
IFS=', '
for plugin in ${PLUGINS-}; do
  absolute "$plugin"
  set -- "--allow-fs-read=$path" "--allow-fs-read=$path/*" "$@"
done

# Of memory that is given back every arena of glibc keeps some: two of them, for the main thread and for all others, keep less than one each.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX-2}"
# A piece of 256 KB or more is a mapping of its own and goes back whole; glibc would raise that size with every larger one.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_-262144}"

exec "$node" --permission --allow-addons --allow-net --allow-worker \
  --disable-warning=PERM0001 --disable-warning=PERM0006 --disable-warning=ExperimentalWarning \
  "--allow-fs-read=$home/*" "$@"
