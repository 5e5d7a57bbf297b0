-- Tables of every kind, tied to one another, each to be dropped, damaged and brought back alone.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;  -- several loads at once share the cluster's roles
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kp_keeper') THEN CREATE ROLE kp_keeper; END IF;
END $$;
COMMIT;
CREATE FUNCTION public.pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$;
CREATE SCHEMA parts;
CREATE TYPE parts.mood AS ENUM ('sad', 'ok', 'happy');

-- Three in a row, the middle one large enough to be taken over.
CREATE TABLE public.customers (id serial PRIMARY KEY, name text NOT NULL, note json);
INSERT INTO public.customers (name, note) SELECT 'customer ' || g, json_build_object('n', g) FROM generate_series(1, 1000) g;
CREATE TABLE public.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer int NOT NULL CONSTRAINT whose REFERENCES public.customers DEFERRABLE INITIALLY DEFERRED,
    state parts.mood DEFAULT 'ok', total numeric(10, 2) CONSTRAINT "not; negative" CHECK (total >= 0),
    gross numeric GENERATED ALWAYS AS (total * 1.19) STORED, remark text DEFAULT E'public.orders\n'
);
INSERT INTO public.orders (customer, total, remark) SELECT g % 1000 + 1, g, repeat(md5(g::text), 3) FROM generate_series(1, 80000) g;
DELETE FROM public.orders WHERE id > 79990;
CREATE INDEX ON public.orders (customer, total DESC) WHERE total > 100;
CREATE INDEX "by; remark" ON public.orders (lower(remark));
ALTER TABLE public.orders CLUSTER ON "by; remark", REPLICA IDENTITY FULL;
ALTER TABLE public.orders ALTER COLUMN remark SET STATISTICS 300;
ALTER TABLE public.orders ADD CONSTRAINT small CHECK (total < 1000000) NOT VALID;
CREATE STATISTICS public.order_statistics ON customer, state FROM public.orders;
COMMENT ON TABLE public.orders IS E'public.orders; --\n';
COMMENT ON COLUMN public.orders.total IS 'in euros';
COMMENT ON INDEX public."by; remark" IS 'an index''s';
COMMENT ON CONSTRAINT whose ON public.orders IS 'a foreign key''s';
COMMENT ON CONSTRAINT "not; negative" ON public.orders IS 'a check''s';
CREATE TRIGGER pass BEFORE INSERT OR UPDATE OF total ON public.orders FOR EACH ROW EXECUTE FUNCTION public.pass();
ALTER TABLE public.orders ENABLE ALWAYS TRIGGER pass;
COMMENT ON TRIGGER pass ON public.orders IS 'a trigger''s';
CREATE POLICY own ON public.orders FOR SELECT TO kp_keeper USING (total > 1);
ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.orders OWNER TO kp_keeper;
GRANT SELECT (id, total) ON public.orders TO PUBLIC;
GRANT USAGE ON SEQUENCE public.orders_id_seq TO PUBLIC;
CREATE TABLE public.items (
    "order" bigint REFERENCES public.orders ON DELETE CASCADE, n int, what text UNIQUE, PRIMARY KEY ("order", n)
);
INSERT INTO public.items SELECT g, n, g || '/' || n FROM generate_series(1, 2000) g, generate_series(1, 2) n;
CREATE RULE quiet AS ON DELETE TO public.items WHERE OLD.n > 100 DO INSTEAD NOTHING;
CREATE PUBLICATION shared FOR TABLE public.orders, public.items;

-- Without a key, with a key that can be deferred, with an identity beside the key, without rows or columns.
CREATE TABLE public.log (at timestamptz, what json);
INSERT INTO public.log SELECT '2026-01-01 00:00Z'::timestamptz + g % 100 * interval '1 h', '{"a": 1}' FROM generate_series(1, 300) g;
CREATE TABLE public.late (id int PRIMARY KEY DEFERRABLE, v text);
INSERT INTO public.late SELECT g, 'late ' || g FROM generate_series(1, 100) g;
CREATE TABLE public.identified (k int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, v text);
INSERT INTO public.identified (k, v) SELECT g, 'v' FROM generate_series(1, 10) g;
CREATE TABLE public.booked (room int, during int4range, EXCLUDE USING gist (during WITH &&) WHERE (room = 1));
INSERT INTO public.booked SELECT 1, int4range(g, g + 1) FROM generate_series(1, 50) g;
CREATE TABLE public.nothing ();
INSERT INTO public.nothing SELECT FROM generate_series(1, 5);
CREATE UNLOGGED TABLE public.volatile (id int PRIMARY KEY, v text);
INSERT INTO public.volatile VALUES (1, E'\\.');
CREATE TABLE public."a.b" ("c.d" int PRIMARY KEY, "SELECT" text);
INSERT INTO public."a.b" VALUES (1, 'x');

-- Partitions of partitions, one large enough to be taken over; and by the hash of an enum, loaded through the root.
CREATE TABLE parts.events (id int NOT NULL, v text, owner int REFERENCES public.customers) PARTITION BY RANGE (id);
CREATE TABLE parts.events_1 PARTITION OF parts.events FOR VALUES FROM (0) TO (100);
CREATE TABLE parts.events_2 (v text, owner int, id int NOT NULL);
ALTER TABLE parts.events ATTACH PARTITION parts.events_2 FOR VALUES FROM (100) TO (200);
CREATE TABLE parts.events_3 PARTITION OF parts.events FOR VALUES FROM (200) TO (1000000) PARTITION BY LIST (v);
CREATE TABLE parts.events_3_a PARTITION OF parts.events_3 FOR VALUES IN ('a');
CREATE TABLE parts.events_3_b PARTITION OF parts.events_3 DEFAULT;
INSERT INTO parts.events SELECT g, md5(g::text) || md5('e' || g), g % 1000 + 1 FROM generate_series(1, 90000) g;
ALTER TABLE parts.events_1 ADD PRIMARY KEY (id);
ALTER TABLE parts.events_2 ADD PRIMARY KEY (id);
CREATE INDEX by_owner ON parts.events (owner);
CREATE TRIGGER pass BEFORE INSERT ON parts.events FOR EACH ROW EXECUTE FUNCTION public.pass();
COMMENT ON TABLE parts.events_2 IS 'a partition''s';
CREATE TABLE parts.moods (m parts.mood NOT NULL, id int NOT NULL, PRIMARY KEY (m, id)) PARTITION BY HASH (m);
CREATE TABLE parts.moods_0 PARTITION OF parts.moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts.moods_1 PARTITION OF parts.moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts.moods SELECT (enum_range(NULL::parts.mood))[g % 3 + 1], g FROM generate_series(1, 100) g;

-- Inheritance.
CREATE TABLE parts.parent (id serial, v text DEFAULT 'p', CONSTRAINT positive CHECK (id > 0));
CREATE TABLE parts.child (extra text, v text DEFAULT 'c') INHERITS (parts.parent);
INSERT INTO parts.parent (v) SELECT 'p' FROM generate_series(1, 10);
INSERT INTO parts.child (extra) SELECT 'e' FROM generate_series(1, 10);
CREATE INDEX ON parts.child (extra);

-- Names that look like something else. An index, a constraint and a function have the names of types and tables.
CREATE SCHEMA "We; ird";
CREATE TABLE "We; ird"."Od""d --
't" ("i.d" serial PRIMARY KEY, "it's ""x""" text DEFAULT '"We; ird"."Od""d --
''t"', "new
line" int, mood parts.mood);
INSERT INTO "We; ird"."Od""d --
't" ("it's ""x""", "new
line") VALUES ('\.', 1), (NULL, 2);
CREATE INDEX pass ON "We; ird"."Od""d --
't" (mood);
CREATE INDEX "i; --
" ON "We; ird"."Od""d --
't" ("new
line");
CREATE FUNCTION parts.child(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0';
ALTER TABLE parts.child ADD CONSTRAINT child CHECK (parts.child(id));
CREATE INDEX mood ON parts.events_1 (v);
