-- Bytes that are no UTF-8, in values and names, for an empty SQL_ASCII database (template0, locale C); this file's bytes are of no one encoding.
--
--   psql -X -v ON_ERROR_STOP=1 [-v big=100000] -f sqlascii.sql "dbname=..."

\set ON_ERROR_STOP on
\set QUIET on
\if :{?big}
\else
\set big 100000
\endif
SET client_encoding = 'SQL_ASCII';
SET client_min_messages = warning;
SET standard_conforming_strings = on;
\o /dev/null

CREATE SCHEMA "schéma Ã© ÿş";
CREATE TYPE public."täg" AS ENUM ('groß', 'groÃŸ', 'ÿ', '€');
CREATE TABLE public."café" (id int PRIMARY KEY, "prénom" text, "prÃ©nom" text, k public."täg");
INSERT INTO public."café" VALUES (1, 'é', 'Ã©', 'groß'), (2, 'ÿş€À¯', '\.', 'ÿ'), (3, 'ğŸ˜', 'ğŸ˜€', '€'), (4, E'\\é\t', E'Ã\n©', NULL), (5, E'ƒ\\', '•\', NULL);
INSERT INTO public."café" SELECT g + 100, encode(set_byte('\x00', 0, g), 'escape'), convert_from(set_byte('\x00', 0, g), 'SQL_ASCII') || '\', NULL FROM generate_series(1, 255) g;
CREATE INDEX "indéx; Type: TABLE; ÿ" ON public."café" ("prénom");
COMMENT ON TABLE public."café" IS 'commént ÿ''
-- Name: évil; Type: TABLE; Schema: public; Owner: x
\.
';
CREATE FUNCTION public."für"() RETURNS text LANGUAGE plpgsql AS $ü$
BEGIN
    RETURN 'ÿ
\.

COPY public."é" (a) FROM stdin;
$$';
END $ü$;
CREATE VIEW public."vué" AS SELECT "prénom" || 'ÿ\' AS "ÿ" FROM public."café";
SELECT lo_from_bytea(920001, '\xe9ff00');
COMMENT ON LARGE OBJECT 920001 IS 'ÿé';

-- Large enough to be taken over, also by its name.
CREATE TABLE "schéma Ã© ÿş"."big ""téble"" ÿ*?" (id int PRIMARY KEY, "é" text, "Ã©" text);
INSERT INTO "schéma Ã© ÿş"."big ""téble"" ÿ*?" SELECT g, (ARRAY['é', 'ÿş', '\€', 'Ã', E'Ã\\©', NULL])[g % 6 + 1], repeat('ß', g % 60) || md5(g::text) || E'\tğ' FROM generate_series(1, :big) g;
\o
