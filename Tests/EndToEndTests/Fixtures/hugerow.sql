-- One row of :megabytes million bytes (default 200), alone in its table and among small ones, for an empty database of any encoding.
--
--   psql -X -v ON_ERROR_STOP=1 [-v megabytes=200] -f hugerow.sql "dbname=..."

\set ON_ERROR_STOP on
\set QUIET on
\if :{?megabytes}
\else
\set megabytes 200
\endif
\o /dev/null
CREATE TABLE public.huge (id int PRIMARY KEY, t text);
ALTER TABLE public.huge ALTER COLUMN t SET STORAGE EXTERNAL;
INSERT INTO public.huge VALUES (1, 'before');
-- A million bytes in lines of 40, of which COPY escapes the tab and the newline; the row is that many times over.
INSERT INTO public.huge SELECT 2, repeat(string_agg(md5(g::text) || E'\t.COPY.\n', ''), :megabytes) FROM generate_series(1, 25000) g;
INSERT INTO public.huge VALUES (3, '\.'), (4, 'after');
\o
