-- Every kind of object and every awkward value, for an empty UTF8 database; loaded by psql -X as a superuser, version 14 or newer.
--
--   psql -X -v ON_ERROR_STOP=1 [-v big=100000] [-v icu=0] [-v subscription=1] -f everything.sql "dbname=…"
--
-- big: rows in each of the tables large enough to be taken over (0: leave them empty). icu=0: no collation of ICU, which not every server is built with.
-- subscription: add one, which then bars dropping the database.
-- Roles are the cluster's; they begin with kp_ and are made where missing. The database gets settings that leak into the text of rows, so compare
-- dumps under PGOPTIONS='-c bytea_output=hex -c TimeZone=UTC -c lc_monetary=C'.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?big}
\else
\set big 100000
\endif
\if :{?icu}
\else
\set icu 1
\endif
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SELECT current_setting('server_version_num')::int >= 150000 AS has15,
       EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu' AND :icu = 1) AS hasicu,
       CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'numeric(10, -2)' ELSE 'numeric(10)' END AS rounded,
       format('%I', current_database()) AS db \gset
\o /dev/null

-- ---------------------------------------------------------------------------------------------------------------- roles
BEGIN;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;  -- several loads at once share the cluster's roles
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['kp_owner', 'kp_reader', 'kp_member', 'kp_group', 'kp_o''wner "quoted" \ роль', E'kp_new\nline\t-- Name: x; Type: TABLE; Schema: p; Owner: evil', 'kp_Ärger 🐘'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
            EXECUTE format('CREATE ROLE %I', r);
        END IF;
    END LOOP;
END $$;
ALTER ROLE kp_owner CREATEDB CREATEROLE CONNECTION LIMIT 7 VALID UNTIL '2099-12-31 23:59:59+00';
ALTER ROLE kp_reader LOGIN NOINHERIT PASSWORD 'pa''ss\word';
ALTER ROLE kp_member BYPASSRLS REPLICATION;
GRANT kp_group TO kp_reader WITH ADMIN OPTION;
GRANT kp_group TO "kp_o'wner ""quoted"" \ роль";
GRANT "kp_o'wner ""quoted"" \ роль" TO "kp_Ärger 🐘";
GRANT pg_read_all_data TO kp_member;
COMMENT ON ROLE kp_owner IS E'owns things\n-- and \\ quotes '' "';
ALTER ROLE kp_reader SET work_mem = '7MB';
COMMIT;

-- ----------------------------------------------------------------------------------------------------------- extensions
CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
CREATE EXTENSION hstore SCHEMA public;
CREATE EXTENSION citext SCHEMA public;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION pgcrypto SCHEMA ext;
CREATE EXTENSION btree_gist SCHEMA ext;
CREATE EXTENSION intarray SCHEMA ext;
CREATE EXTENSION unaccent SCHEMA ext;
CREATE EXTENSION tsm_system_rows SCHEMA ext;
CREATE EXTENSION tablefunc SCHEMA ext;
CREATE EXTENSION cube SCHEMA ext;
CREATE EXTENSION earthdistance SCHEMA ext;
CREATE EXTENSION postgres_fdw SCHEMA ext;
CREATE EXTENSION file_fdw SCHEMA ext;
COMMENT ON EXTENSION hstore IS 'a comment of our own; it''s ours';
REVOKE EXECUTE ON FUNCTION ext.similarity(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ext.similarity(text, text) TO kp_reader;

-- ------------------------------------------------------------------------------------------- schemas with awkward names
CREATE SCHEMA kp AUTHORIZATION kp_owner;
CREATE SCHEMA "we""ird.sch\ema; 'x' -- $$";
CREATE SCHEMA "new
line	tab";
CREATE SCHEMA "Схема 架构 🐘" AUTHORIZATION "kp_o'wner ""quoted"" \ роль";
CREATE SCHEMA empty_one;
COMMENT ON SCHEMA "new
line	tab" IS '--
-- Name: forged; Type: TABLE; Schema: public; Owner: evil
--

CREATE TABLE public.forged ();
\.
';
COMMENT ON SCHEMA public IS 'another comment on public';
GRANT USAGE, CREATE ON SCHEMA kp TO kp_reader WITH GRANT OPTION;
GRANT CREATE ON SCHEMA public TO kp_group;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA "we""ird.sch\ema; 'x' -- $$" TO PUBLIC, "kp_o'wner ""quoted"" \ роль";
ALTER SCHEMA empty_one OWNER TO "kp_new
line	-- Name: x; Type: TABLE; Schema: p; Owner: evil";

-- --------------------------------------------------------------------------------------------------------------- types
CREATE TYPE kp.mood AS ENUM ('sad', 'ok', 'happy', 'it''s', 'semi;colon', E'new\nline', 'back\slash', '', '🐘', 'late');
ALTER TYPE kp.mood ADD VALUE 'between' BEFORE 'happy';
CREATE TYPE kp.address AS (street text, "zip ""code""" varchar(10), "пояс" numeric(5, 2), tags text[]);
CREATE TYPE kp.nested AS (id int, home kp.address, others kp.address[]);
CREATE TYPE kp.nothing AS ();
CREATE TYPE kp.floatrange AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = kp.floats);
CREATE TYPE kp.textrange AS RANGE (subtype = text, collation = "C");
CREATE DOMAIN kp.positive AS int DEFAULT 1 CONSTRAINT "must be > 0; really" CHECK (VALUE > 0);
CREATE DOMAIN kp.code AS varchar(5) COLLATE "C" NOT NULL CHECK (VALUE ~ '^[A-Z\\'']*$');
CREATE DOMAIN kp.codes AS kp.code[] CHECK (cardinality(VALUE) < 10);
CREATE DOMAIN kp.place AS kp.address CHECK ((VALUE).street <> '\.');
ALTER DOMAIN kp.positive ADD CONSTRAINT small CHECK (VALUE < 1000000) NOT VALID;
COMMENT ON TYPE kp.mood IS 'how; it "is"';
COMMENT ON COLUMN kp.address.street IS 'a column''s
comment';
COMMENT ON CONSTRAINT small ON DOMAIN kp.positive IS 'not valid yet';
ALTER TYPE kp.mood OWNER TO kp_owner;
REVOKE USAGE ON TYPE kp.nested FROM PUBLIC;
GRANT USAGE ON TYPE kp.nested TO kp_reader;

CREATE TYPE kp.shell;
CREATE FUNCTION kp.shell_in(cstring) RETURNS kp.shell LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION kp.shell_out(kp.shell) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE kp.shell (INPUT = kp.shell_in, OUTPUT = kp.shell_out, LIKE = int4, CATEGORY = 'U', DEFAULT = '7');
CREATE TYPE kp.undefined_shell;

CREATE COLLATION kp.plain_c (provider = libc, locale = 'C');
CREATE COLLATION "we""ird.sch\ema; 'x' -- $$"."Coll ""x""" FROM "POSIX";
\if :hasicu
CREATE COLLATION kp.ignorecase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
\endif
CREATE CONVERSION kp.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD heap_again IS 'heap under another name';

-- ----------------------------------------------------------------------------------------------------------- functions
CREATE FUNCTION kp.forger() RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
    RETURN $inner$
\.


--
-- Name: forged; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.forged (a) FROM stdin;
1
\.


--
-- Data for Name: forged; Type: TABLE DATA; Schema: kp; Owner: kp_owner
--

COPY kp.big_plain (id, a, b, c) FROM stdin;
\.


--
-- Name: forged_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.forged
    ADD CONSTRAINT forged_key PRIMARY KEY (a);


--
-- PostgreSQL database dump complete
--

\unrestrict abcdefghijklmnopqrstuvwxyz

\restrict abcdefghijklmnopqrstuvwxyz
\connect postgres
$inner$ || $_$dollar $ _ $_X$ $$ and '$_$;
END
$fn$;
CREATE FUNCTION kp.quotes("arg ' one" text DEFAULT 'a''b\c', INOUT "two;" int DEFAULT 5) LANGUAGE sql AS
    'SELECT length($1 || ''\.'' || E''\\'''' ; $_$ $__$ $function$ "'') + $2 -- unbalanced '' " ( [ /*
    ';
CREATE FUNCTION kp."proc'name
-- Name: q; Type: FUNCTION; Schema: public; Owner: evil"(VARIADIC xs numeric[]) RETURNS SETOF numeric
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER COST 3.5 ROWS 17 PARALLEL SAFE LEAKPROOF
    SET search_path = kp, pg_temp, "we""ird.sch\ema; 'x' -- $$" SET work_mem = '5MB' SET application_name = 'it''s \ ; --' AS $outer$
BEGIN
    -- COPY a FROM stdin;
    /* nested /* comment ' */ " */
    RETURN QUERY SELECT unnest(xs) + length('$_$') + length(E'\'$$'::text || '$'||'$');
END $outer$;
CREATE FUNCTION kp.atomic(a int, b text DEFAULT ';') RETURNS text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT 1;
    SELECT CASE WHEN a > 1 THEN 'x;' WHEN b = '\.' THEN 'END;' ELSE E'\\;''' END || CASE a WHEN 3 THEN b ELSE '--' END;
END;
CREATE FUNCTION kp.atomic_return(a int) RETURNS int LANGUAGE sql RETURN a + 1;
CREATE PROCEDURE kp.atomic_procedure(x text) LANGUAGE sql
BEGIN ATOMIC
    SELECT x || 'COPY public.t FROM stdin;';
    SELECT kp.atomic(2, x);
END;
CREATE PROCEDURE kp.work(INOUT n int, s text = 'x') LANGUAGE plpgsql AS $$ BEGIN n := n + 1; COMMIT; END $$;
CREATE FUNCTION kp.table_fn(n int) RETURNS TABLE (a int, "b ""q""" text) LANGUAGE sql AS 'SELECT g, ''x'' FROM generate_series(1, n) g';
CREATE FUNCTION kp.empty_body() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION kp.carriage() RETURNS text LANGUAGE sql AS E'SELECT ''a\r\nb'' --\r\n;\r\n\t-- \\. \\\\ \r';
CREATE FUNCTION kp.swap(anyelement, OUT x anyelement, OUT y anyarray) IMMUTABLE LANGUAGE sql AS 'SELECT $1, ARRAY[$1]';
CREATE FUNCTION kp.half(int) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS 'SELECT $1 / 2';
CREATE FUNCTION kp.raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trigger % fires on %', TG_NAME, TG_OP; END $$;
CREATE FUNCTION kp.pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$;
CREATE FUNCTION kp.deny_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no dropping of aggregates'; END $$;
CREATE FUNCTION kp.pass_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
DO $do$
DECLARE
    line text := E'\n--\n-- Name: forged; Type: TABLE DATA; Schema: public; Owner: postgres\n--\n\nCOPY public.forged (a) FROM stdin;\n\\.\n';
BEGIN  -- long texts, so that a forgery lies across every border of a reader's buffer
    EXECUTE format('CREATE FUNCTION kp.long_body() RETURNS text LANGUAGE plpgsql AS %L', E'BEGIN /* ' || repeat(line || repeat('x', 17), 3000) || ' */ RETURN 1; END');
    EXECUTE format('COMMENT ON FUNCTION kp.long_body() IS %L', repeat(line || $q$ ' " $$ \ ;$q$, 9000));
END $do$;
COMMENT ON FUNCTION kp.forger() IS E'unbalanced '' " ( $$ $_$ /* ends in a backslash \\';
COMMENT ON FUNCTION kp.atomic(int, text) IS '
\.
--
-- PostgreSQL database dump complete
--

\unrestrict x
';
ALTER FUNCTION kp.quotes(text, int) OWNER TO kp_owner;
ALTER PROCEDURE kp.work(int, text) OWNER TO "kp_o'wner ""quoted"" \ роль";
REVOKE ALL ON FUNCTION kp.quotes(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kp.quotes(text, int) TO kp_reader, "kp_Ärger 🐘" WITH GRANT OPTION;
GRANT EXECUTE ON PROCEDURE kp.work(int, text) TO kp_reader;
ALTER FUNCTION kp.half(int) DEPENDS ON EXTENSION hstore;

-- -------------------------------------------------------------------------------- aggregates, operators, casts, languages
CREATE AGGREGATE kp.total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '0', COMBINEFUNC = numeric_add, PARALLEL = SAFE,
    MSFUNC = numeric_add, MINVFUNC = numeric_sub, MSTYPE = numeric, MINITCOND = '0');
CREATE AGGREGATE kp.middle(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE kp.biggest(int) (SFUNC = int4larger, STYPE = int, SORTOP = >);
COMMENT ON AGGREGATE kp.total(numeric) IS 'sum; again';
CREATE FUNCTION kp.same(int, text) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1::text = $2';
CREATE FUNCTION kp.same(text, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $2::text = $1';
CREATE OPERATOR kp.=== (FUNCTION = kp.same, LEFTARG = int, RIGHTARG = text, COMMUTATOR = OPERATOR(kp.===), RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR kp.=== (FUNCTION = kp.same, LEFTARG = text, RIGHTARG = int, COMMUTATOR = OPERATOR(kp.===));
CREATE OPERATOR kp.~!@#%^&|`? (FUNCTION = kp.half, RIGHTARG = int);
CREATE FUNCTION kp.abscmp(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT btint4cmp(abs($1), abs($2))';
CREATE FUNCTION kp.abslt(int, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT abs($1) < abs($2)';
CREATE FUNCTION kp.abseq(int, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT abs($1) = abs($2)';
CREATE FUNCTION kp.absgt(int, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT abs($1) > abs($2)';
CREATE OPERATOR kp.|<| (FUNCTION = kp.abslt, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR kp.|=| (FUNCTION = kp.abseq, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR kp.|>| (FUNCTION = kp.absgt, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR FAMILY kp.abs_family USING btree;
CREATE OPERATOR CLASS kp.abs_ops FOR TYPE int USING btree FAMILY kp.abs_family AS
    OPERATOR 1 kp.|<|, OPERATOR 3 kp.|=|, OPERATOR 5 kp.|>|, FUNCTION 1 kp.abscmp(int, int);
CREATE OPERATOR FAMILY kp.loose_family USING hash;
ALTER OPERATOR FAMILY kp.loose_family USING hash ADD OPERATOR 1 =(int4, int4), FUNCTION 1 (int4, int4) hashint4(int4);
CREATE FUNCTION kp.mood_to_int(kp.mood) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 42';
CREATE CAST (kp.mood AS int) WITH FUNCTION kp.mood_to_int(kp.mood) AS ASSIGNMENT;
CREATE CAST (kp.address AS text) WITH INOUT;
CREATE CAST (kp.shell AS int) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (kp.mood AS int) IS 'it''s a cast';
COMMENT ON OPERATOR kp.=== (int, text) IS 'same; as text';
CREATE FUNCTION kp.pl_call() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION kp.pl_inline(internal) RETURNS void STRICT LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION kp.pl_validator(oid) RETURNS void STRICT LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE plkp HANDLER kp.pl_call INLINE kp.pl_inline VALIDATOR kp.pl_validator;
CREATE FUNCTION kp.in_plkp() RETURNS int LANGUAGE plkp AS 'BEGIN RETURN 1; END';
CREATE TEXT SEARCH DICTIONARY kp.simple_dict (TEMPLATE = simple, STOPWORDS = english, ACCEPT = 'false');
CREATE TEXT SEARCH DICTIONARY kp."dict 'x'" (TEMPLATE = snowball, LANGUAGE = german);
CREATE TEXT SEARCH CONFIGURATION kp.search (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION kp.search ALTER MAPPING FOR asciiword, word WITH ext.unaccent, kp.simple_dict, kp."dict 'x'";
ALTER TEXT SEARCH CONFIGURATION kp.search OWNER TO kp_owner;
CREATE TEXT SEARCH PARSER kp.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE kp.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH CONFIGURATION kp.search IS '\.';

-- ----------------------------------------------------------------------------------------------------------- sequences
CREATE SEQUENCE kp.down INCREMENT -3 MINVALUE -9223372036854775808 MAXVALUE 100 START 50 CYCLE CACHE 20;
CREATE SEQUENCE kp.small AS smallint MAXVALUE 32767 START 32767;
CREATE SEQUENCE kp.untouched START 17;
CREATE SEQUENCE kp.exhausted MAXVALUE 3;
CREATE SEQUENCE "Схема 架构 🐘"."seq ""x"" ; '
-- Name: s; Type: SEQUENCE SET; Schema: public; Owner: evil" START 9223372036854775807;
SELECT nextval('kp.down'), nextval('kp.down'), nextval('kp.small'), setval('kp.exhausted', 3), setval('kp.untouched', 99, false);
ALTER SEQUENCE kp.small OWNER TO kp_owner;
GRANT USAGE ON SEQUENCE kp.small TO kp_reader;
COMMENT ON SEQUENCE kp.down IS 'downwards';
\if :has15
CREATE UNLOGGED SEQUENCE kp.unlogged_seq START 5;
\endif

-- -------------------------------------------------------------------------------------------------------------- values
CREATE TABLE kp."values" (
    id int PRIMARY KEY, t text, v varchar(300), c char(12), n numeric, ns :rounded, f4 real, f8 double precision, i2 smallint, i8 bigint, b boolean,
    d date, tm time(3), tmz timetz, ts timestamp, tz timestamptz, iv interval, m money, by bytea, bi bit(5), vb bit varying(200),
    j json, jb jsonb, jp jsonpath, x xml, u uuid, ip inet, ci cidr, mac macaddr, mac8 macaddr8, tv tsvector, tq tsquery,
    p point, l line, ls lseg, bx box, pa path, po polygon, ci2 circle, ir int4range, tr tstzrange, mr nummultirange, fr kp.floatrange, xr kp.textrange,
    md kp.mood, ad kp.address, ne kp.nested, nt kp.nothing, ps kp.positive, cs kp.codes, pl kp.place, sh kp.shell,
    ta text[], ia int[], ba box[], na kp.nested[], bya bytea[], ja jsonb[], h hstore, ct citext, lt ext.ltree, cu ext.cube, rc regclass, rp regprocedure, rt regtype, rn regnamespace,
    o oid, nm name, ti tid, xi xid, x8 xid8, lsn pg_lsn, snap pg_snapshot, iv2 int2vector, ov oidvector);
INSERT INTO kp."values" (id) VALUES (0);
INSERT INTO kp."values" (id, t, v, c) VALUES
    (1, '\.', '\N', '\'), (2, '', '', ''), (3, '\N', 'NULL', 'null'), (4, E'a\tb', E'\t', E'\\t'), (5, E'line\nline\n', E'\n', E'\r'), (6, E'\r\n\r', E'\b\f\v', E'\\\\'),
    (7, E'\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0e\x1b\x1f\x7f', E'\u0085\u2028\u2029\ufeff', 'é'), (8, '😀🐘👨‍👩‍👧‍👦 e' || U&'\0301' || ' \x41 \101', U&'\+010FFFF', '架构'), (9, E'\\.\n\\.\n', E'\n\\.', '  x  '),
    (10, E'\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n', 'COPY kp.t (a) FROM stdin;', '''"$$'), (11, repeat(E'\\', 1001), repeat('"', 299), ';'),
    (12, '<b>&amp;', E'ends in a tab\t', 'a'), (13, E'\\', E'\\\n', E'\\N'), (14, U&'\FEFFbom', E'\U0001F600', '1'), (15, repeat('長い', 40000), 'compressed', 'toast');
INSERT INTO kp."values" (id, n, ns, f4, f8, i2, i8, m) VALUES
    (20, 'NaN', 123456, 'NaN', 'NaN', -32768, -9223372036854775808, '-92233720368547758.08'), (21, 'Infinity', 50, 'Infinity', 'Infinity', 32767, 9223372036854775807, '92233720368547758.07'),
    (22, '-Infinity', -150, '-Infinity', '-Infinity', 0, 0, 0), (23, repeat('1234567890', 300)::numeric, 0, '-0', '-0', 1, 1, 1.5), (24, ('-0.' || repeat('0', 2999) || '7')::numeric, 0, 1e-45, 5e-324, 1, 1, 0.01),
    (25, ('1' || repeat('0', 131071))::numeric, 0, 3.4028235e38, 1.7976931348623157e308, 1, 1, 1), (26, 0.000, 9999999999, 0.1, 0.1, 1, 1, 1), (27, 1e-16383, 0, 1.17549435e-38, 0.30000000000000004, 1, 1, 1), (28, 1.10, 0, 1::real / 3, 1::float8 / 3, 1, 1, 1);
INSERT INTO kp."values" (id, d, tm, tmz, ts, tz, iv) VALUES
    (30, 'infinity', '24:00:00', '24:00:00-1559', 'infinity', 'infinity', '178000000 years'), (31, '-infinity', '00:00:00', '00:00:00+15:59', '-infinity', '-infinity', '-178000000 years'),
    (32, '4713-01-01 BC', '12:34:56.789', '12:34:56.123456+05:30', '4713-01-01 00:00:00 BC', '4713-01-01 00:00:00+00 BC', '1 year -2 mons +3 days -04:05:06.789'), (33, '5874897-12-31', '23:59:59.999', '23:59:59.999999Z', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '-1 day +00:00:00.000001'),
    (34, '0001-12-31 BC', '00:00:00.001', '00:00+00:00:01', '1582-10-10 12:00', '2024-03-31 02:30:00 Europe/Berlin', '0'), (35, '2024-02-29', 'allballs', '12:00', '1999-12-31 23:59:60', '1890-01-01 12:00 Europe/Amsterdam', 'P1Y2M3DT4H5M6.7S'), (36, 'epoch', '1:2:3', '1:2', 'epoch', 'epoch', '2147483647:59:59.999999');
INSERT INTO kp."values" (id, b, by, bi, vb, j, jb, jp, x, u) VALUES
    (40, true, '', '00000', '', '{}', '{}', '$', '', '00000000-0000-0000-0000-000000000000'), (41, false, decode('0001020304050607080a0d0b5c5c2e275c4e22ff7f80', 'hex'), '10101', '1', '{ "a" :  1,   "a": "\u0041\ud83d\ude00\n" }', '{"b": 1, "a": [null, true, 1.10, "\\.", "\ud83d\ude00"]}', 'strict $.a[*] ? (@ like_regex "x\"y" flag "i")', '<?xml version="1.0"?><a b=''c''>&lt;\.</a>', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
    (42, NULL, convert_to(E'\\.\n\\N\t', 'UTF8'), '11111', repeat('01', 100)::bit varying(200), E'[1,\n\t2]', '1e1000', 'lax $."back\\slash"', '<!DOCTYPE x [<!ENTITY e "v">]><x/>', NULL), (43, true, decode(repeat('00ff', 30000), 'hex'), '00001', NULL, '"\u0000"', 'null', NULL, 'text only, no root', NULL), (44, true, (SELECT string_agg(sha256(g::text::bytea), '') FROM generate_series(1, 5000) g), NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO kp."values" (id, ip, ci, mac, mac8, tv, tq, p, l, ls, bx, pa, po, ci2) VALUES
    (50, '::1/128', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 'a:1A fat:2B,4C ''it''''s \\ x'':5', '''a b'' & !c:*AB | (d <2> e)', '(1,-2)', '{1,2,3}', '[(0,0),(1,1)]', '(3,4),(1,2)', '[(0,0),(1,1)]', '((0,0),(1,1),(2,0))', '<(0,0),5>'),
    (51, '192.168.1.5/24', '2001:db8::/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff', '', '', '(NaN,Infinity)', '{0,-1,-0.5}', '[(-Infinity,0),(1e308,1e-308)]', '(0,0),(0,0)', '((0,0),(1,1))', '((0.1,0.2))', '<(1e-10,1),0>'), (52, '::ffff:1.2.3.4', '0.0.0.0/0', NULL, NULL, to_tsvector('english', 'the quick brown foxes \ &amp; jump'), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO kp."values" (id, ir, tr, mr, fr, xr, md, ad, ne, nt, ps, cs, pl, sh) VALUES
    (60, 'empty', '(,)', '{}', '[1.5,NaN)', '["a,b","c)""\\")', 'it''s', ROW('str"eet, (x)', NULL, -1.5, ARRAY['a,b', NULL, 'NULL', '', '"', '\']), ROW(1, ROW('', '', NULL, '{}'), ARRAY[ROW(E'\n', E'\t', 1, NULL), NULL]::kp.address[]), ROW(), 1, ARRAY['A', '\''']::kp.code[], ROW('s', 'z', 0, NULL), '2147483647'),
    (61, '[2147483646,)', '[-infinity,infinity]', '{(,1.5),[2,3),(1e300,)}', '(-Infinity,Infinity)', '[,]', E'new\nline', NULL, ROW(NULL, NULL, NULL), NULL, 999999, '{}', NULL, '-1'),
    (62, '(,5)', '["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00")', NULL, NULL, '["",)', '', ROW(NULL, NULL, NULL, NULL), NULL, NULL, NULL, NULL, NULL, '0'), (63, NULL, NULL, NULL, NULL, NULL, '🐘', NULL, NULL, NULL, NULL, NULL, NULL, NULL), (64, NULL, NULL, NULL, NULL, NULL, 'back\slash', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO kp."values" (id, ta, ia, ba, na, bya, ja, h, ct, lt, cu) VALUES
    (70, '{}', '[-2:0]={1,2,3}', '{(1,1),(0,0);(2,2),(1,1)}', '{}', ARRAY['\x00'::bytea, '\x5c2e', NULL], ARRAY['{"a": "\\"}'::jsonb, 'null'], '"a\"b"=>"c''\\d", x=>NULL, ""=>""', 'CiText', 'a.b_1.C', '(1,2),(3,4)'),
    (71, ARRAY['NULL', NULL, '', ' ', '{', '}', ',', '"', '\', E'\n', E'\t', '\.', '\N', '🐘', ';'], '{{1,2},{3,NULL}}', NULL, ARRAY[ROW(1, ROW('"', '\', 0, '{"\\"}'), NULL)::kp.nested], '{}', '{}', '', '', '', '(0)'), (72, '[0:1][3:3]={{a},{b}}', '{{{{1}}}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO kp."values" (id, rc, rp, rt, rn, o, nm, ti, xi, x8, lsn, snap, iv2, ov) VALUES
    (80, 'kp."values"', 'kp.quotes(text, int)', 'kp.nested[]', '"we""ird.sch\ema; ''x'' -- $$"', 4294967295, 'naïve "name"', '(4294967294,65535)', '4294967295', '18446744073709551615', 'FFFFFFFF/FFFFFFFF', '10:20:10,14,15', '1 2 3', '4294967295 0');

CREATE TABLE kp.one_text (t text);
INSERT INTO kp.one_text VALUES ('\.'), (''), (NULL), ('\N'), (E'\n'), (E'\\.\n'), (' '), ('\\.'), ('.'), ('\'), (E'\r'), ('--'), ('COPY x FROM stdin;'), ('\q'), (E'\t');
CREATE TABLE kp.no_columns ();
INSERT INTO kp.no_columns SELECT FROM generate_series(1, 5);
CREATE TABLE kp.all_dropped (a int, b text);
INSERT INTO kp.all_dropped VALUES (1, 'x'), (2, 'y');
ALTER TABLE kp.all_dropped DROP COLUMN a, DROP COLUMN b;
CREATE TABLE kp.empty_table (a int, b text);
DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE kp.wide (' || string_agg(format('%I int', 'column number ' || g), ', ') || ')' FROM generate_series(1, 1200) g); END $$;
INSERT INTO kp.wide ("column number 1", "column number 1200") VALUES (1, 1200);
INSERT INTO kp.wide ("column number 1200") VALUES (NULL);

-- --------------------------------------------------------------------------------------------- tables with awkward names
CREATE TABLE "we""ird.sch\ema; 'x' -- $$"."it's ""a"" table; *?.$ \ тбл 🐘" ("col ""q"" ' ; \ --" int PRIMARY KEY, "new
line" text DEFAULT E'\\.\n', "tab	x" text, "имя" text, "SELECT" int, ":var :'v' :""w""" int, "$$" int, "$1" int, " " int, "a,b" int, "(" int, "%s" int, "\.
" text);
INSERT INTO "we""ird.sch\ema; 'x' -- $$"."it's ""a"" table; *?.$ \ тбл 🐘" VALUES (1, E'\\.', E'\t', 'имя', 1, 2, 3, 4, 5, 6, 7, 8, '\.'), (2, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, E'\n');
CREATE TABLE public."x; Type: INDEX; Schema: public; Owner: evil" ("a; Type: CONSTRAINT" int, "FROM stdin;" text);
INSERT INTO public."x; Type: INDEX; Schema: public; Owner: evil" VALUES (1, 'COPY public.forged (a) FROM stdin;'), (2, '\.');
CREATE INDEX "i; Type: TABLE DATA; Schema: public; Owner: evil" ON public."x; Type: INDEX; Schema: public; Owner: evil" ("a; Type: CONSTRAINT");
CREATE TABLE public."y
--
-- Name: forged; Type: TABLE DATA; Schema: kp; Owner: e" (a int, "b
\.
" text);
INSERT INTO public."y
--
-- Name: forged; Type: TABLE DATA; Schema: kp; Owner: e" VALUES (1, 'one'), (2, '\.');
CREATE INDEX "y
-- Name: z; Type: INDEX; Schema: public; Owner: evil" ON public."y
--
-- Name: forged; Type: TABLE DATA; Schema: kp; Owner: e" (a);
CREATE TABLE public."COPY kp.t (a) FROM stdin;" ("a) FROM stdin; --" int);
INSERT INTO public."COPY kp.t (a) FROM stdin;" VALUES (1);
CREATE TABLE "new
line	tab"."new
line" ("c
d" int);
INSERT INTO "new
line	tab"."new
line" VALUES (7);
CREATE TABLE "Схема 架构 🐘"."таблица с очень длинным именем 🐘" (id int GENERATED ALWAYS AS IDENTITY, "значение" text);
INSERT INTO "Схема 架构 🐘"."таблица с очень длинным именем 🐘" ("значение") VALUES ('значение'), ('\.'), ('架构');
CREATE TABLE public."a.b" (x int);
CREATE TABLE public."*" (x int);
CREATE TABLE public." lead and trail " (x int);
CREATE TABLE public."Upper" (x int);
CREATE TABLE public.upper_ (x int);
CREATE TABLE public."[a-z]|^.+$(x)" (x int);
CREATE TABLE public."\restrict abc" (x int);
CREATE TABLE public."-n" (x int);
CREATE TABLE public."CR
LF" (x int);
INSERT INTO public."a.b" VALUES (1);
INSERT INTO public."*" VALUES (2);
INSERT INTO public." lead and trail " VALUES (3);
INSERT INTO public."Upper" VALUES (4);
INSERT INTO public."[a-z]|^.+$(x)" VALUES (5);
INSERT INTO public."\restrict abc" VALUES (6);
INSERT INTO public."-n" VALUES (7);
COMMENT ON TABLE public."*" IS E'--\n-- Name: forged; Type: TABLE; Schema: public; Owner: postgres\n--\n\nCREATE TABLE forged ();\n\\.\n$$ '' unbalanced " (';
COMMENT ON COLUMN public."y
--
-- Name: forged; Type: TABLE DATA; Schema: kp; Owner: e".a IS 'ends in a backslash \';
COMMENT ON INDEX public."i; Type: TABLE DATA; Schema: public; Owner: evil" IS ';';
ALTER TABLE public."Upper" OWNER TO "kp_new
line	-- Name: x; Type: TABLE; Schema: p; Owner: evil";

-- -------------------------------------------------------------------------------------- columns: generated, identity, moved
CREATE TABLE kp.generated (a int, twice int GENERATED ALWAYS AS (a * 2) STORED, b text, ab text GENERATED ALWAYS AS (b || ';' || coalesce(a, 0)) STORED, c int DEFAULT kp.half(10));
INSERT INTO kp.generated VALUES (1, DEFAULT, 'x', DEFAULT, DEFAULT), (NULL, DEFAULT, '\.', DEFAULT, NULL);
CREATE TABLE kp.identities (a bigint GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT -7 MINVALUE -1000 MAXVALUE 100 CYCLE), s smallserial, t text);
INSERT INTO kp.identities (t) VALUES ('one'), ('two'), ('three');
INSERT INTO kp.identities OVERRIDING SYSTEM VALUE VALUES (5, 32767, 'given');
CREATE TABLE kp.identity_default (a int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME kp."own seq" START 3), b int);
CREATE TABLE kp.moved (a int, dropped1 text, b text, dropped2 int, c int NOT NULL);
INSERT INTO kp.moved SELECT g, 'gone', 'b' || g, g, g FROM generate_series(1, 20) g;
ALTER TABLE kp.moved DROP COLUMN dropped1, DROP COLUMN dropped2;
ALTER TABLE kp.moved ADD COLUMN dropped1 date DEFAULT '2020-01-01', ADD COLUMN d text DEFAULT 'fast default \.' NOT NULL;
ALTER TABLE kp.moved ALTER COLUMN d SET STORAGE EXTERNAL, ALTER COLUMN b SET STATISTICS 500, ALTER COLUMN b SET (n_distinct = -0.5), ALTER COLUMN b SET COMPRESSION pglz;
ALTER TABLE kp.moved SET (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_vacuum_scale_factor = 0.3);
CREATE TABLE kp.typed OF kp.address (street WITH OPTIONS NOT NULL DEFAULT 'unknown', PRIMARY KEY ("zip ""code"""));
INSERT INTO kp.typed VALUES ('a', 'b', 1, '{x}');
CREATE UNLOGGED TABLE kp.unlogged (a int PRIMARY KEY, b text);
INSERT INTO kp.unlogged VALUES (1, 'unlogged \.');
CREATE TABLE kp.other_am (a int, b text) USING heap_again;
INSERT INTO kp.other_am SELECT g, repeat('\', g % 10) FROM generate_series(1, 300) g;
CREATE TABLE kp.serials (id bigserial PRIMARY KEY, other int DEFAULT nextval('kp.down'), third int DEFAULT nextval('kp.down'));
INSERT INTO kp.serials (other) VALUES (DEFAULT), (DEFAULT);
SELECT setval('kp.serials_id_seq', 1000);
ALTER SEQUENCE kp.serials_id_seq RENAME TO "renamed seq";

-- ------------------------------------------------------------------------------------------------------- inheritance
CREATE TABLE kp.parent (id int DEFAULT 1, name text DEFAULT 'parent' CHECK (name <> 'x'), n int GENERATED ALWAYS AS (id + 1) STORED, CONSTRAINT only_here CHECK (id >= 0) NO INHERIT);
CREATE TABLE kp.mother (m int NOT NULL, name text);
CREATE TABLE kp.child (extra text, name text DEFAULT 'child' NOT NULL) INHERITS (kp.parent, kp.mother);
CREATE TABLE kp.grandchild () INHERITS (kp.child);
CREATE TABLE kp.adopted (m int NOT NULL, name text, "else" int);
ALTER TABLE kp.adopted INHERIT kp.mother;
ALTER TABLE kp.grandchild ALTER COLUMN id SET DEFAULT 99, ALTER COLUMN extra SET NOT NULL;
ALTER TABLE ONLY kp.parent ALTER COLUMN id SET DEFAULT 2;
INSERT INTO kp.parent (id, name) VALUES (1, 'p'), (2, NULL);
INSERT INTO kp.mother VALUES (1, 'm');
INSERT INTO kp.child (id, name, m, extra) VALUES (3, 'c', 2, 'e');
INSERT INTO kp.grandchild (id, name, m, extra) VALUES (4, 'g', 3, 'e');
INSERT INTO kp.adopted VALUES (5, 'a', 6);

-- -------------------------------------------------------------------------------------------------------- partitions
CREATE TABLE kp.by_range (id int NOT NULL, at date NOT NULL, v text DEFAULT 'root', gone int) PARTITION BY RANGE (at, id);
ALTER TABLE kp.by_range DROP COLUMN gone;
CREATE TABLE kp.by_range_old PARTITION OF kp.by_range (v DEFAULT 'old') FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2020-01-01', 0);
CREATE TABLE kp.by_range_new PARTITION OF kp.by_range FOR VALUES FROM ('2020-01-01', 0) TO ('2030-01-01', MAXVALUE) PARTITION BY LIST (id);
CREATE TABLE kp.by_range_new_01 PARTITION OF kp.by_range_new FOR VALUES IN (25, 30, 40);
CREATE TABLE "we""ird.sch\ema; 'x' -- $$"."part; ""d""" PARTITION OF kp.by_range_new DEFAULT;
CREATE TABLE kp.attached (v text, junk int, at date NOT NULL, id int NOT NULL);
ALTER TABLE kp.attached DROP COLUMN junk;
INSERT INTO kp.attached VALUES ('attached', '2050-01-01', 1);
ALTER TABLE kp.by_range ATTACH PARTITION kp.attached FOR VALUES FROM ('2040-01-01', MINVALUE) TO (MAXVALUE, MAXVALUE);
CREATE TABLE kp.by_range_default PARTITION OF kp.by_range DEFAULT;
ALTER TABLE kp.by_range ADD PRIMARY KEY (at, id);
CREATE INDEX by_range_v ON kp.by_range (v);
CREATE INDEX by_range_only ON ONLY kp.by_range (id);
INSERT INTO kp.by_range SELECT g, date '2015-01-01' + g * 100, 'row ' || g FROM generate_series(1, 150) g;
CREATE TABLE kp.by_list (k text COLLATE "C", v int) PARTITION BY LIST (k);
CREATE TABLE kp.by_list_odd PARTITION OF kp.by_list FOR VALUES IN ('it''s', '\.', NULL, E'new\nline', ';');
CREATE UNLOGGED TABLE kp.by_list_default PARTITION OF kp.by_list DEFAULT;
INSERT INTO kp.by_list VALUES ('it''s', 1), ('\.', 2), (NULL, 3), ('other', 4), (E'new\nline', 5);
CREATE TABLE kp.by_hash (id int, v text) PARTITION BY HASH (id);
CREATE TABLE kp.by_hash_0 PARTITION OF kp.by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE kp.by_hash_1 PARTITION OF kp.by_hash FOR VALUES WITH (MODULUS 4, REMAINDER 1) PARTITION BY HASH (v);
CREATE TABLE kp.by_hash_1_0 PARTITION OF kp.by_hash_1 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE kp.by_hash_3 PARTITION OF kp.by_hash FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO kp.by_hash SELECT g, 'v' || g FROM generate_series(1, 100) g;
CREATE TABLE kp.by_mood (m kp.mood, id int, v text) PARTITION BY HASH (m);
CREATE TABLE kp.by_mood_0 PARTITION OF kp.by_mood FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE kp.by_mood_1 PARTITION OF kp.by_mood FOR VALUES WITH (MODULUS 3, REMAINDER 1) PARTITION BY RANGE (id);
CREATE TABLE kp.by_mood_1_low PARTITION OF kp.by_mood_1 FOR VALUES FROM (MINVALUE) TO (50);
CREATE TABLE kp.by_mood_1_high PARTITION OF kp.by_mood_1 FOR VALUES FROM (50) TO (MAXVALUE);
CREATE TABLE kp.by_mood_2 PARTITION OF kp.by_mood FOR VALUES WITH (MODULUS 3, REMAINDER 2) PARTITION BY LIST (m);
CREATE TABLE kp.by_mood_2_all PARTITION OF kp.by_mood_2 DEFAULT;
INSERT INTO kp.by_mood SELECT (enum_range(NULL::kp.mood))[g % 11 + 1], g, 'mood ' || g FROM generate_series(0, 99) g;
CREATE TABLE kp.by_expression (a int, b text) PARTITION BY RANGE ((a % 10), lower(b) COLLATE "C");
CREATE TABLE kp.by_expression_default PARTITION OF kp.by_expression DEFAULT;
INSERT INTO kp.by_expression VALUES (1, 'x'), (NULL, NULL);
CREATE TABLE kp.no_partitions (a int) PARTITION BY LIST (a);

-- -------------------------------------------------------------------------------------------------------- constraints
CREATE TABLE kp.hen (id int PRIMARY KEY, egg int NOT NULL);
CREATE TABLE kp.egg (id int PRIMARY KEY, hen int NOT NULL REFERENCES kp.hen ON UPDATE CASCADE ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE kp.hen ADD CONSTRAINT "hen's egg; first?" FOREIGN KEY (egg) REFERENCES kp.egg DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO kp.hen VALUES (1, 1), (2, 2);
INSERT INTO kp.egg VALUES (1, 2), (2, 1);
COMMIT;
CREATE TABLE kp.tree (id int PRIMARY KEY, parent int REFERENCES kp.tree, UNIQUE (id, parent));
INSERT INTO kp.tree VALUES (3, NULL), (2, 3), (1, 2);
CREATE TABLE kp.to_partition (at date, id int, FOREIGN KEY (at, id) REFERENCES kp.by_range (at, id) MATCH FULL);
INSERT INTO kp.to_partition SELECT at, id FROM kp.by_range LIMIT 10;
CREATE TABLE kp.booking (room int, during tsrange, "who?" text, EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE);
INSERT INTO kp.booking VALUES (1, '[2024-01-01,2024-01-02)', 'a'), (1, '[2024-01-02,2024-01-03)', 'b');
CREATE TABLE kp.not_valid (a int, b text, hen int);
INSERT INTO kp.not_valid VALUES (-1, '\.', 999);
ALTER TABLE kp.not_valid ADD CONSTRAINT positive CHECK (a > 0) NOT VALID, ADD CONSTRAINT "no ; dots" CHECK (b <> '\.' AND b !~ E'''\\\\') NOT VALID,
    ADD CONSTRAINT a_hen FOREIGN KEY (hen) REFERENCES kp.hen NOT VALID;
CREATE TABLE kp.keys (a int NOT NULL, b int, c text, d int[], e tsvector, CONSTRAINT k1 UNIQUE (a) INCLUDE (b), CONSTRAINT k2 UNIQUE (b) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "key ""x""" ON kp.keys (lower(c) COLLATE "C" text_pattern_ops DESC NULLS LAST, (a + 1)) WHERE c <> 'it''s; \' AND a > 0;
CREATE INDEX ON kp.keys USING gin (d ext.gin__int_ops);
CREATE INDEX ON kp.keys USING gist (c ext.gist_trgm_ops (siglen = 32));
CREATE INDEX ON kp.keys USING brin (a) WITH (pages_per_range = 4);
CREATE INDEX ON kp.keys USING hash (c);
CREATE INDEX ON kp.keys USING spgist (c);
CREATE INDEX ON kp.keys (a kp.abs_ops);
CREATE INDEX stat_target ON kp.keys ((a + b));
ALTER INDEX kp.stat_target ALTER COLUMN 1 SET STATISTICS 400;
ALTER TABLE kp.keys CLUSTER ON k1;
ALTER TABLE kp.keys REPLICA IDENTITY USING INDEX k1;
ALTER TABLE kp.tree REPLICA IDENTITY FULL;
INSERT INTO kp.keys SELECT g, g, 'c' || g, ARRAY[g, g + 1], to_tsvector('simple', 'w' || g) FROM generate_series(1, 50) g;
COMMENT ON CONSTRAINT k1 ON kp.keys IS '-- Name: k1; Type: CONSTRAINT';
\if :has15
CREATE TABLE kp.nulls_once (a int UNIQUE NULLS NOT DISTINCT, b int REFERENCES kp.hen ON DELETE SET NULL (b));
INSERT INTO kp.nulls_once VALUES (NULL, 1);
\endif
CREATE STATISTICS kp.stats (ndistinct, dependencies, mcv) ON a, b FROM kp.keys;
CREATE STATISTICS kp."stats ""e"" ;" ON (a + b), lower(c) FROM kp.keys;
ALTER STATISTICS kp.stats SET STATISTICS 300;
COMMENT ON STATISTICS kp.stats IS 'some';

-- ------------------------------------------------------------------------------- triggers, rules, row security, event triggers
CREATE TABLE kp.guarded (id int, v text);
INSERT INTO kp.guarded VALUES (1, 'before the triggers'), (2, '\.');
CREATE TRIGGER "raise; always" BEFORE INSERT OR UPDATE OF v OR DELETE ON kp.guarded FOR EACH ROW EXECUTE FUNCTION kp.raise('arg', 'it''s', 'back\slash', E'new\nline', ';');
CREATE TRIGGER raise_truncate BEFORE TRUNCATE ON kp.guarded EXECUTE FUNCTION kp.raise();
CREATE TRIGGER disabled AFTER INSERT ON kp.guarded REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kp.raise();
CREATE TRIGGER on_replica BEFORE INSERT ON kp.guarded FOR EACH ROW WHEN (NEW.v <> 'x;''') EXECUTE FUNCTION kp.raise();
ALTER TABLE kp.guarded ENABLE ALWAYS TRIGGER "raise; always", DISABLE TRIGGER disabled, ENABLE REPLICA TRIGGER on_replica;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON kp.guarded FROM kp.hen DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kp.raise();
COMMENT ON TRIGGER "raise; always" ON kp.guarded IS 'loud';
CREATE TRIGGER on_parts BEFORE INSERT ON kp.by_hash FOR EACH ROW EXECUTE FUNCTION kp.pass();
ALTER TABLE kp.by_hash_0 DISABLE TRIGGER on_parts;
CREATE TABLE kp.ruled (a int, b text);
INSERT INTO kp.ruled VALUES (1, 'before the rules');
CREATE TABLE kp.ruled_log (a int, b text);
CREATE RULE "log; it" AS ON INSERT TO kp.ruled DO ALSO (INSERT INTO kp.ruled_log VALUES (NEW.a, 'x; \. '''); INSERT INTO kp.ruled_log VALUES (NEW.a, NEW.b); NOTIFY "chan;nel", 'pay''load');
CREATE RULE nothing AS ON DELETE TO kp.ruled WHERE OLD.a > 5 DO INSTEAD NOTHING;
CREATE RULE off AS ON UPDATE TO kp.ruled DO INSTEAD UPDATE kp.ruled_log SET b = NEW.b WHERE a = OLD.a;
ALTER TABLE kp.ruled DISABLE RULE off;
COMMENT ON RULE nothing ON kp.ruled IS 'a rule';
CREATE TABLE kp.secured (id int, owner name, secret text);
INSERT INTO kp.secured VALUES (1, 'kp_reader', 'a'), (2, 'other', 'b');
ALTER TABLE kp.secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "see; own" ON kp.secured FOR SELECT TO kp_reader, "kp_o'wner ""quoted"" \ роль" USING (owner = current_user AND secret <> 'it''s;');
CREATE POLICY add ON kp.secured FOR INSERT WITH CHECK (id < 100);
CREATE POLICY strict ON kp.secured AS RESTRICTIVE USING (id IN (SELECT h.id FROM kp.hen h)) WITH CHECK (true);
COMMENT ON POLICY add ON kp.secured IS 'policy';
ALTER TABLE kp.secured OWNER TO kp_owner;
CREATE TABLE kp.forced_off (a int);
ALTER TABLE kp.forced_off ENABLE ROW LEVEL SECURITY;

-- ------------------------------------------------------------------------------------------------------------- views
CREATE VIEW kp.plain_view (one, "two ""2""", "три") AS SELECT a, b, 'it''s; \ ' || E'\n\\.\n' FROM kp.moved;
CREATE VIEW kp.barrier WITH (security_barrier, check_option = cascaded) AS SELECT * FROM kp.moved WHERE a > 3;
CREATE VIEW kp.local WITH (check_option = local) AS SELECT * FROM kp.barrier WHERE b <> ';';
CREATE RECURSIVE VIEW kp.counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 10;
CREATE VIEW kp.by_key AS SELECT h.id, h.egg, count(*) AS c FROM kp.hen h JOIN kp.egg e ON e.hen = h.id GROUP BY h.id;
CREATE VIEW kp.deflt AS SELECT 1 AS a, 'x'::text AS b;
ALTER VIEW kp.deflt ALTER COLUMN b SET DEFAULT 'def;ault';
CREATE TRIGGER instead INSTEAD OF INSERT ON kp.deflt FOR EACH ROW EXECUTE FUNCTION kp.pass();
CREATE VIEW kp.sampled AS SELECT t.* FROM kp.moved t TABLESAMPLE bernoulli (50) REPEATABLE (1), LATERAL (SELECT t.a + 1 AS z) q WHERE t.a = ANY (ARRAY[1, 2]) ORDER BY t.b COLLATE "C" DESC NULLS LAST FETCH FIRST 5 ROWS WITH TIES;
CREATE VIEW kp.no_cols AS SELECT;
CREATE VIEW kp.loop_view AS SELECT 1 AS a;
CREATE FUNCTION kp.loop_fn(kp.loop_view) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OR REPLACE VIEW kp.loop_view AS SELECT kp.loop_fn(NULL::kp.loop_view) AS a;
COMMENT ON VIEW kp.plain_view IS 'view;';
COMMENT ON COLUMN kp.plain_view."три" IS 'column of a view';
ALTER VIEW kp.plain_view OWNER TO kp_owner;
\if :has15
CREATE VIEW kp.invoker WITH (security_invoker) AS SELECT * FROM kp.secured;
\endif
GRANT SELECT ON kp.moved TO kp_owner;
CREATE MATERIALIZED VIEW kp.mat1 AS SELECT a, b FROM kp.moved;
CREATE UNIQUE INDEX mat1_a ON kp.mat1 (a);
CREATE VIEW kp.on_mat AS SELECT count(*) AS n FROM kp.mat1;
CREATE MATERIALIZED VIEW kp.a_mat2 WITH (fillfactor = 80) AS SELECT n, m.b FROM kp.on_mat, kp.mat1 m;
CREATE MATERIALIZED VIEW kp.a_mat3 AS SELECT * FROM kp.a_mat2 WITH NO DATA;
CREATE MATERIALIZED VIEW kp.mat_on_empty AS SELECT * FROM kp.a_mat2 WHERE n > 0 WITH NO DATA;
CREATE MATERIALIZED VIEW kp.mat_by_key AS SELECT h.id, h.egg, count(*) FROM kp.hen h JOIN kp.egg e ON e.hen = h.id GROUP BY h.id;
CREATE INDEX mat_by_key_id ON kp.mat_by_key (id);
CREATE MATERIALIZED VIEW "Схема 架构 🐘"."mat ""x"" ; '" AS SELECT * FROM kp.mat_by_key;
COMMENT ON MATERIALIZED VIEW kp.mat1 IS 'mat';
ALTER MATERIALIZED VIEW kp.mat1 OWNER TO kp_owner;

-- --------------------------------------------------------------------------------------------------------- privileges
CREATE TABLE kp.granted (a int, b text, "c ""q""" int);
INSERT INTO kp.granted VALUES (1, 'x', 2);
GRANT SELECT (a, "c ""q"""), UPDATE (b) ON kp.granted TO kp_reader;
GRANT SELECT (a) ON kp.granted TO PUBLIC;
GRANT ALL ON kp.granted TO "kp_o'wner ""quoted"" \ роль" WITH GRANT OPTION;
SET SESSION AUTHORIZATION "kp_o'wner ""quoted"" \ роль";
RESET SESSION AUTHORIZATION;
CREATE TABLE kp.own_revoked (a int PRIMARY KEY, b text);
INSERT INTO kp.own_revoked SELECT g, 'row ' || g FROM generate_series(1, 50) g;
ALTER TABLE kp.own_revoked OWNER TO kp_owner;
REVOKE INSERT, TRUNCATE ON kp.own_revoked FROM kp_owner;
GRANT SELECT ON kp.own_revoked TO kp_reader;
ALTER TABLE kp.parent OWNER TO kp_owner;
ALTER TABLE kp.by_range OWNER TO "kp_Ärger 🐘";
REVOKE ALL ON kp.empty_table FROM CURRENT_USER;
ALTER DEFAULT PRIVILEGES FOR ROLE kp_owner IN SCHEMA kp GRANT SELECT ON TABLES TO kp_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE kp_owner GRANT USAGE ON SEQUENCES TO "kp_Ärger 🐘";
ALTER DEFAULT PRIVILEGES FOR ROLE "kp_o'wner ""quoted"" \ роль" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE kp_owner REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE kp_owner GRANT CREATE ON SCHEMAS TO kp_group;

-- -------------------------------------------------------------------------------------------------------- large objects
SELECT lo_create(900001), lo_from_bytea(900002, '\x005c2e0a5c4e27220d'), lo_from_bytea(900003, (SELECT string_agg(sha256(g::text::bytea), '') FROM generate_series(1, 20000) g)), lo_from_bytea(900004, convert_to(E'\n\\.\n--\n-- PostgreSQL database dump complete\n--\n', 'UTF8'));
SELECT lo_from_bytea(g, g::text::bytea) FROM generate_series(900100, 900150) g;
ALTER LARGE OBJECT 900002 OWNER TO "kp_o'wner ""quoted"" \ роль";
GRANT SELECT, UPDATE ON LARGE OBJECT 900002 TO kp_reader;
GRANT SELECT ON LARGE OBJECT 900003 TO PUBLIC;
COMMENT ON LARGE OBJECT 900002 IS E'it''s large;\n-- Name: BLOBS; Type: BLOBS; Schema: -; Owner: -\nSELECT pg_catalog.lo_close(0);\n';

-- --------------------------------------------------------------------------------------------------------- foreign data
CREATE FOREIGN DATA WRAPPER dummy OPTIONS (debug 'true', "odd ""k""" 'it''s \ ;');
CREATE SERVER "server 'x'" TYPE 'kind;' VERSION '1.0\' FOREIGN DATA WRAPPER dummy OPTIONS (host 'h');
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '/nowhere', dbname 'no');
CREATE USER MAPPING FOR kp_reader SERVER far OPTIONS (user 'u', password 'it''s \ secret');
CREATE USER MAPPING FOR PUBLIC SERVER "server 'x'" OPTIONS (token ';');
CREATE FOREIGN TABLE kp.far_table (a int OPTIONS (column_name 'x;y') NOT NULL, b text DEFAULT 'b', CHECK (a > 0)) SERVER far OPTIONS (schema_name 's', table_name 't''t');
CREATE FOREIGN TABLE kp.by_list_far PARTITION OF kp.by_list FOR VALUES IN ('far') SERVER far;
CREATE FOREIGN TABLE kp.far_child () INHERITS (kp.mother) SERVER "server 'x'";
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE kp.os_release (line text) SERVER files OPTIONS (filename '/etc/hostname', delimiter E'\x01');
ALTER SERVER far OWNER TO kp_owner;
GRANT USAGE ON FOREIGN SERVER far TO kp_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER dummy TO kp_reader;
COMMENT ON SERVER far IS 'far; away';

-- --------------------------------------------------------------------------------------------------------- publications
SET client_min_messages = error;  -- whatever wal_level is
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION "some; 'x'" FOR TABLE kp.hen, kp.egg, ONLY kp.mother;
CREATE PUBLICATION roots FOR TABLE kp.by_hash WITH (publish_via_partition_root = true);
ALTER PUBLICATION "some; 'x'" OWNER TO kp_owner;
\if :has15
CREATE PUBLICATION chosen FOR TABLE kp.tree (id, parent) WHERE (id > 0 AND parent IS NOT NULL);
CREATE PUBLICATION by_schema FOR TABLES IN SCHEMA "new
line	tab";
\endif
\if :{?subscription}
CREATE SUBSCRIPTION "sub; 'x'" CONNECTION 'dbname=no password=it\''s' PUBLICATION a, "b ""q""" WITH (connect = false, slot_name = NONE);
\endif
SET client_min_messages = warning;
COMMENT ON PUBLICATION everything IS 'pub';

-- ------------------------------------------------------------------- tables large enough to be taken over (8 MiB and more)
CREATE SCHEMA big;
CREATE TABLE big.plain (id bigint PRIMARY KEY, a text, b numeric(12, 2), c timestamptz, d bytea);
INSERT INTO big.plain SELECT g, md5(g::text), g / 7.0, timestamptz '2020-01-01 00:00+00' + g * interval '97 s', decode(md5('b' || g), 'hex') FROM generate_series(1, :big) g;
CREATE INDEX ON big.plain (a);
ALTER TABLE big.plain OWNER TO kp_owner;
REVOKE INSERT ON big.plain FROM kp_owner;

CREATE TABLE big.generated (hash text GENERATED ALWAYS AS (md5(v)) STORED, id int GENERATED ALWAYS AS IDENTITY, v text, n int GENERATED ALWAYS AS (length(v)) STORED, w text);
INSERT INTO big.generated (v, w) SELECT 'value ' || g, repeat('w', g % 60) FROM generate_series(1, :big) g;
ALTER TABLE big.generated ADD PRIMARY KEY (id);

CREATE TABLE "we""ird.sch\ema; 'x' -- $$"."big ""one""; *?.$ \ [a-z]| тбл 🐘
-- Name: x; Type: T" ("col ""q"" ' ; \ --" int, "new
line	tab" text, "имя 🐘" text, "gen;" int GENERATED ALWAYS AS ("col ""q"" ' ; \ --" + 1) STORED, "\." text);
INSERT INTO "we""ird.sch\ema; 'x' -- $$"."big ""one""; *?.$ \ [a-z]| тбл 🐘
-- Name: x; Type: T" ("col ""q"" ' ; \ --", "new
line	tab", "имя 🐘", "\.") SELECT g, (ARRAY['\.', '\N', '', NULL, E'\t', E'\n\\.\n', E'\r\n', '\', E'\x01\x7f', '😀🐘', 'COPY x FROM stdin;', E'\\\\.', ' ', '''"$$;'])[g % 14 + 1],
    'строка ' || md5(g::text) || E'\n\t' || repeat('\', g % 5), nullif('\.', (ARRAY['\.', 'x'])[g % 2 + 1]) || repeat('.', g % 30) FROM generate_series(1, :big) g;
CREATE INDEX "big ix; Type: TABLE DATA" ON "we""ird.sch\ema; 'x' -- $$"."big ""one""; *?.$ \ [a-z]| тбл 🐘
-- Name: x; Type: T" ("col ""q"" ' ; \ --");

CREATE TABLE big."values" (id int, n numeric, f double precision, t text[], j jsonb, d date, ts timestamptz, iv interval, m kp.mood, ad kp.address, r int4range, h hstore, x text);
INSERT INTO big."values" SELECT g, (ARRAY['NaN', 'Infinity', '-Infinity', NULL, g / 3.0, repeat('9', g % 40 + 1)::numeric])[g % 6 + 1], (ARRAY['NaN', 'Infinity', '-0', 1.0 / g, NULL])[g % 5 + 1],
    (ARRAY['{}', '{NULL,"NULL",""}', '{"\\","\"",";"}'])[g % 3 + 1]::text[], jsonb_build_object('k' || g, '\.', 'é', g), (ARRAY['infinity', '-infinity', '4713-01-01 BC', '2024-02-29', NULL])[g % 5 + 1]::date,
    timestamptz '0044-03-15 12:00:00+00 BC' + g * interval '31 days', g * interval '-1 month 1 day', (enum_range(NULL::kp.mood))[g % 11 + 1], ROW('s"' || g, NULL, g % 100, ARRAY['\'])::kp.address,
    CASE g % 3 WHEN 0 THEN 'empty' WHEN 1 THEN int4range(NULL, g) ELSE int4range(g, g + 5) END, hstore('k', '\' || g), repeat(E'\\\t', g % 4) FROM generate_series(1, :big) g;

CREATE TABLE big.toasted (id int PRIMARY KEY, packed text, plain text, bin bytea);
ALTER TABLE big.toasted ALTER COLUMN plain SET STORAGE EXTERNAL;
INSERT INTO big.toasted SELECT g, repeat('compressible \. ' || g, 700), (SELECT string_agg(md5(g::text || k), E'\n') FROM generate_series(1, 150 + g % 300) k), CASE WHEN g % 3 = 0 THEN (SELECT string_agg(sha256((g * k)::text::bytea), '') FROM generate_series(1, 200) k) END
    FROM generate_series(1, :big / 100) g;

CREATE TABLE big.ranged (id int NOT NULL, day int NOT NULL, v text, gone text) PARTITION BY RANGE (day);
ALTER TABLE big.ranged DROP COLUMN gone;
CREATE TABLE big.ranged_1 PARTITION OF big.ranged FOR VALUES FROM (0) TO (50);
CREATE TABLE big.ranged_2 (v text, junk int, day int NOT NULL, id int NOT NULL);
ALTER TABLE big.ranged_2 DROP COLUMN junk;
ALTER TABLE big.ranged ATTACH PARTITION big.ranged_2 FOR VALUES FROM (50) TO (100);
INSERT INTO big.ranged SELECT g, g % 100, md5(g::text) || md5('r' || g) FROM generate_series(1, :big * 2) g;
ALTER TABLE big.ranged ADD PRIMARY KEY (id, day);
CREATE TABLE big.to_ranged (id int, day int, FOREIGN KEY (id, day) REFERENCES big.ranged (id, day));
INSERT INTO big.to_ranged SELECT id, day FROM big.ranged WHERE id <= 100;

CREATE TABLE big.parent (id int, v text DEFAULT 'p', n int CHECK (n >= 0));
CREATE TABLE big.child (extra text, v text DEFAULT 'c') INHERITS (big.parent);
INSERT INTO big.parent SELECT g, md5(g::text) || md5('p' || g), g FROM generate_series(1, :big) g;
INSERT INTO big.child SELECT -g, md5('c' || g), g, md5('e' || g) FROM generate_series(1, :big) g;

CREATE TABLE big.moods (m kp.mood NOT NULL, id int NOT NULL, v text) PARTITION BY HASH (m);
CREATE TABLE big.moods_0 PARTITION OF big.moods FOR VALUES WITH (MODULUS 2, REMAINDER 0) PARTITION BY RANGE (id);
CREATE TABLE big.moods_0_low PARTITION OF big.moods_0 FOR VALUES FROM (MINVALUE) TO (1000);
CREATE TABLE big.moods_0_high PARTITION OF big.moods_0 FOR VALUES FROM (1000) TO (MAXVALUE);
CREATE TABLE big.moods_1 PARTITION OF big.moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO big.moods SELECT (enum_range(NULL::kp.mood))[g % 11 + 1], g, md5(g::text) || md5('m' || g) FROM generate_series(1, :big * 2) g;
ALTER TABLE big.moods ADD PRIMARY KEY (m, id);

CREATE TABLE big.dropped (a int, x1 text, b text, x2 bigint, c text);
INSERT INTO big.dropped SELECT g, 'x', md5(g::text), g, md5('d' || g) FROM generate_series(1, :big) g;
ALTER TABLE big.dropped DROP COLUMN x1, DROP COLUMN x2;
ALTER TABLE big.dropped ADD COLUMN x1 int DEFAULT 5, ADD COLUMN later text DEFAULT E'fast\tdefault';

CREATE TABLE big.holes (id int, v text) WITH (autovacuum_enabled = false);
INSERT INTO big.holes SELECT g, md5(g::text) || md5('h' || g) FROM generate_series(1, :big * 2) g;
DELETE FROM big.holes WHERE id > :big / 2 AND id < :big * 3 / 2;
UPDATE big.holes SET v = v || '\' WHERE id % 3 = 0;
DELETE FROM big.holes WHERE id % 7 = 0;

CREATE TABLE big.nearly_empty (id int, v text) WITH (autovacuum_enabled = false);
INSERT INTO big.nearly_empty SELECT g, md5(g::text) || md5('n' || g) FROM generate_series(1, :big) g;
DELETE FROM big.nearly_empty WHERE id < :big - 3;

CREATE TABLE big.emptied (id int, v text) WITH (autovacuum_enabled = false);
INSERT INTO big.emptied SELECT g, md5(g::text) || md5('m' || g) FROM generate_series(1, :big) g;
DELETE FROM big.emptied;

CREATE TABLE big.nothing ();
INSERT INTO big.nothing SELECT FROM generate_series(1, :big * 3);
CREATE UNLOGGED TABLE big.unlogged (a int, b text);
INSERT INTO big.unlogged SELECT g, md5(g::text) || md5('u' || g) FROM generate_series(1, :big) g;
CREATE TABLE big.other_am (a int, b text) USING heap_again;
INSERT INTO big.other_am SELECT g, md5(g::text) || md5('o' || g) FROM generate_series(1, :big) g;
CREATE TABLE big.secured (a int, b text);
INSERT INTO big.secured SELECT g, md5(g::text) || md5('s' || g) FROM generate_series(1, :big) g;
ALTER TABLE big.secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY half ON big.secured USING (a % 2 = 0);
CREATE TRIGGER raise BEFORE INSERT ON big.secured FOR EACH ROW EXECUTE FUNCTION kp.raise();
ALTER TABLE big.secured ENABLE ALWAYS TRIGGER raise;
CREATE MATERIALIZED VIEW big.mat AS SELECT id, a FROM big.plain WHERE id % 2 = 0;

-- ------------------------------------------------------------------------------- the database's own: owner, settings, ACL, comment
ALTER DATABASE :db OWNER TO kp_owner;
ALTER DATABASE :db CONNECTION LIMIT 42;
ALTER DATABASE :db SET search_path = kp, "we""ird.sch\ema; 'x' -- $$", public;
ALTER DATABASE :db SET bytea_output = 'escape';
ALTER DATABASE :db SET TimeZone = 'Asia/Kathmandu';
ALTER DATABASE :db SET DateStyle = 'German, DMY';
ALTER DATABASE :db SET IntervalStyle = 'iso_8601';
ALTER DATABASE :db SET extra_float_digits = -5;
ALTER DATABASE :db SET idle_in_transaction_session_timeout = '1s';
ALTER DATABASE :db SET statement_timeout = '10min';
ALTER DATABASE :db SET application_name = 'it''s \ "quoted"; app';
ALTER ROLE kp_reader IN DATABASE :db SET search_path = "Схема 架构 🐘", pg_temp;
ALTER ROLE kp_reader IN DATABASE :db SET client_encoding = 'LATIN1';
ALTER ROLE "kp_o'wner ""quoted"" \ роль" IN DATABASE :db SET work_mem = '9MB';
REVOKE TEMPORARY ON DATABASE :db FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :db TO "kp_o'wner ""quoted"" \ роль" WITH GRANT OPTION;
GRANT CREATE ON DATABASE :db TO kp_reader;
COMMENT ON DATABASE :db IS E'it''s the database;\n-- Name: x; Type: DATABASE\n\\.\n';

-- Last: they see every command after them.
CREATE EVENT TRIGGER "deny; it" ON ddl_command_start WHEN TAG IN ('DROP AGGREGATE', 'DROP CONVERSION') EXECUTE FUNCTION kp.deny_event();
CREATE EVENT TRIGGER pass ON ddl_command_end EXECUTE FUNCTION kp.pass_event();
CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION kp.deny_event();
ALTER EVENT TRIGGER pass ENABLE ALWAYS;
ALTER EVENT TRIGGER dropped DISABLE;
ALTER EVENT TRIGGER pass OWNER TO CURRENT_USER;
COMMENT ON EVENT TRIGGER pass IS 'passes';
\o
