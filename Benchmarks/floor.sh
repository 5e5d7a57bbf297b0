#!/bin/bash
# The floor: every table's rows by bare COPY to nowhere, two psql in one exported snapshot, over page ranges of 64 MB.
# usage: Benchmarks/floor.sh DATABASE
set -euo pipefail

coproc holder { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" 2>&1; }
exec {input}>&"${holder[1]}" {output}<&"${holder[0]}"
cat >&"$input" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT pg_export_snapshot();
WITH piece AS (
    SELECT c.oid::regclass AS name, first, row_number() OVER (ORDER BY c.relpages DESC, c.oid, first) AS n
    FROM pg_class c, generate_series(0, greatest(c.relpages - 1, 0), 8192) first
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace)
SELECT n % 2 || format(' COPY (SELECT * FROM ONLY %s WHERE ctid >= ''(%s,0)'' AND ctid < ''(%s,0)'') TO STDOUT;', name, first, first + 8192)
FROM piece ORDER BY n;
\echo end
SQL
read -r snapshot <&"$output"
parts=([0]='' [1]='')
while read -r part statement <&"$output" && [ "$part" != end ]; do
    parts[part]+=$statement$'\n'
done
for part in 0 1; do
    psql -X -q -v ON_ERROR_STOP=1 -d "$1" >/dev/null <<SQL &
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET TRANSACTION SNAPSHOT '$snapshot';
${parts[part]}
SQL
    workers[part]=$!
done
wait "${workers[0]}"
wait "${workers[1]}"
echo '\q' >&"$input"
