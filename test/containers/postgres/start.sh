#!/bin/sh
# Makes the cluster at the first start, then becomes the server.
set -eu

bin=/opt/postgresql/bin
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  umask 077
  printf '%s\n' "${POSTGRES_PASSWORD:?it must be set}" >/tmp/password
  "$bin/initdb" -D "$PGDATA" -U postgres -A scram-sha-256 --pwfile=/tmp/password -E UTF8 --locale=C.UTF-8 >/dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec "$bin/postgres" -D "$PGDATA" -c "listen_addresses=*" -c "unix_socket_directories=" "$@"
