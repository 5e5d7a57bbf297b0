-- A database whose strings take backslashes as escapes: pg_dump writes its dump in that dialect. For an empty database of any encoding.
--
--   psql -X -v ON_ERROR_STOP=1 -f oldquotes.sql "dbname=..."
--
-- Compare dumps under PGOPTIONS='-c standard_conforming_strings=on -c quote_all_identifiers=off'.

\set ON_ERROR_STOP on
\set QUIET on
SET standard_conforming_strings = on;
SELECT format('%I', current_database()) AS db \gset
CREATE TABLE public.t (id int PRIMARY KEY, "back\slash" text DEFAULT 'ends in \', b text CHECK (b <> '\''; '), c text GENERATED ALWAYS AS ('\;''' || id) STORED);
INSERT INTO public.t (id, "back\slash", b) VALUES (1, '\', '\.'), (2, '\\', E'\n\\.\n'), (3, '''\''', NULL);
COMMENT ON TABLE public.t IS 'ends in \';
COMMENT ON COLUMN public.t.b IS '\''; \\'' -- " $$ \';
CREATE FUNCTION public.f(a text DEFAULT '\''\') RETURNS text LANGUAGE sql SET application_name = '\;''' AS 'SELECT ''\''::text || $1 -- \';
CREATE VIEW public.v AS SELECT '\' AS a, '''\;' AS b, E'\\''' AS c;
CREATE TABLE public.listed (k text) PARTITION BY LIST (k);
CREATE TABLE public.listed_1 PARTITION OF public.listed FOR VALUES IN ('\', '''', '\''');
INSERT INTO public.listed VALUES ('\'), ('''');
ALTER DATABASE :db SET standard_conforming_strings = off;
ALTER DATABASE :db SET quote_all_identifiers = on;
ALTER DATABASE :db SET backslash_quote = off;
