-- Names and values beyond ASCII for an empty LATIN1 database (template0, locale C); this file's bytes are LATIN1.
--
--   psql -X -v ON_ERROR_STOP=1 [-v big=100000] -f latin1.sql "dbname=..."

\set ON_ERROR_STOP on
\set QUIET on
\if :{?big}
\else
\set big 100000
\endif
SET client_encoding = 'LATIN1';
SET client_min_messages = warning;
SET standard_conforming_strings = on;
\o /dev/null

CREATE SCHEMA "Übergröße; ""x""";
CREATE TYPE public."Größe" AS ENUM ('groß', 'klein', 'mittelmäßig', 'ÿ', '×÷');
CREATE TABLE public."Straße" ("Größe" public."Größe", "prénom ""é""" text, "año" int PRIMARY KEY, b bytea);
INSERT INTO public."Straße" VALUES ('groß', 'é è ê ë ÿ', 1, '\xe9'), ('mittelmäßig', '¡¢£¤¥¦§¨©ª«¬­®¯°±²³´µ¶·¸¹º»¼½¾¿', 2, NULL), ('×÷', '\.', 3, ''), (NULL, '\N', 4, NULL), ('ÿ', U&'\00a0\00ff', 5, NULL);
INSERT INTO public."Straße" SELECT 'klein', convert_from(set_byte('\x00', 0, g), 'LATIN1') || E'\t\\', g + 100, NULL FROM generate_series(1, 255) g;
CREATE INDEX "Straßenverzeichnis; é" ON public."Straße" ("prénom ""é""");
COMMENT ON TABLE public."Straße" IS 'Größe in µm
-- Name: façade; Type: TABLE; Schema: public; Owner: évil
';
CREATE FUNCTION "Übergröße; ""x"""."prüfe'"(text) RETURNS text LANGUAGE plpgsql AS $ü$
BEGIN
    RETURN 'é
--
-- Name: façade; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public."façade" ("é") FROM stdin;
\.
';
END $ü$;
CREATE VIEW public."Sicht" ("ö") AS SELECT "prénom ""é""" || 'ß' FROM public."Straße";
CREATE MATERIALIZED VIEW public."matériel" AS SELECT * FROM public."Sicht";
CREATE TABLE "Übergröße; ""x"""."Tëile" (id int, "é" text) PARTITION BY LIST ("é");
CREATE TABLE "Übergröße; ""x"""."Tëil 1" PARTITION OF "Übergröße; ""x"""."Tëile" FOR VALUES IN ('é', 'ß', '\');
CREATE TABLE "Übergröße; ""x"""."Tëil 2" PARTITION OF "Übergröße; ""x"""."Tëile" DEFAULT;
INSERT INTO "Übergröße; ""x"""."Tëile" VALUES (1, 'é'), (2, 'ÿ'), (3, NULL);
CREATE SEQUENCE public."Folge ÿ" START 7;
SELECT lo_from_bytea(910001, '\xe9ff00');
COMMENT ON LARGE OBJECT 910001 IS 'objet énorme';

-- Large enough to be taken over, also by its name.
CREATE TABLE "Übergröße; ""x"""."große ""Tabelle"" é*?" (id int PRIMARY KEY, "valeur é" text, "größe" public."Größe", x int GENERATED ALWAYS AS (id + 1) STORED);
INSERT INTO "Übergröße; ""x"""."große ""Tabelle"" é*?" SELECT g, chr(161 + g % 95) || repeat('é', g % 70) || md5(g::text) || E'\\\t', (enum_range(NULL::public."Größe"))[g % 5 + 1] FROM generate_series(1, :big) g;
\o
