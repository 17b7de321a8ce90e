-- A web shop drawn in the server: {people} customers, of whom exactly {due} gave their last sign of life over five
-- years before {as_of}, each with 5 orders, 10 lines and 10 events. Nobody is near the boundary.
CREATE TABLE customers (
  id bigint PRIMARY KEY, email text NOT NULL, first_name text, last_name text, phone text, address text, iban text,
  created_at timestamptz NOT NULL, last_form_at timestamptz, note text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, placed_at timestamptz NOT NULL, ended_at timestamptz,
  amount numeric(12, 2), status text, ship_to text);
CREATE TABLE order_lines (
  id bigint PRIMARY KEY, order_id bigint NOT NULL, article text, quantity int, price numeric(10, 2), engraving text);
CREATE TABLE events (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, ip inet, agent text);

CREATE FUNCTION pg_temp.draw(bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
  $$ SELECT (hashint8($1)::bigint & 2147483647)::float8 / 2147483648.0 $$;
CREATE TEMP TABLE life AS
  SELECT i AS id,
    timestamptz '{as_of}' - interval '1 day' * (7 + 3 * pg_temp.draw(i * 7 + 1)) * 365.25 AS born,
    timestamptz '{as_of}' - interval '1 day' * CASE
      WHEN (i * {due}) % {people} < {due} THEN 5 * 365.25 + 30 + pg_temp.draw(i) * 400
      ELSE pg_temp.draw(i) * (5 * 365.25 - 60) END AS seen
  FROM generate_series(1::bigint, {people}) i;

INSERT INTO customers
  SELECT id, 'user' || id || '@mail' || id % 997 || '.example', 'Prénom' || id % 3571, 'NOM' || id % 50021,
    '+336' || lpad((id * 7919 % 100000000)::text, 8, '0'),
    id % 199 || ' rue de la Violette ' || lpad((id % 95000)::text, 5, '0') || ' VITRY',
    'FR76' || lpad((id * 104729)::text, 23, '0'), born, born + (seen - born) * 0.8, repeat('n', (id % 40)::int)
  FROM life;
INSERT INTO orders
  SELECT g, id, at, at + interval '1 hour', g % 90000 / 100.0 + 5, (ARRAY['paid', 'done', 'done', 'done'])[g % 4 + 1],
    g % 199 || ' rue ' || g % 7919 || ' BP' || g % 100
  FROM (SELECT g, id, born + (seen - born) * (0.99 * pg_temp.draw(g * 3)) AS at
        FROM generate_series(1::bigint, 5 * {people}) g JOIN life ON id = 1 + g * 2654435761 % {people}) drawn;
INSERT INTO order_lines
  SELECT g, 1 + (g - 1) % (5 * {people}), 'ART' || g * 31 % 20011, g % 5 + 1, g % 5000 / 100.0,
    CASE WHEN g % 10 = 0 THEN 'Pour NOM' || g % 50021 END
  FROM generate_series(1::bigint, 10 * {people}) g;
INSERT INTO events
  SELECT g, id, CASE WHEN g <= {people} THEN 'reply'
      ELSE (ARRAY['reply', 'mail_open', 'click', 'page', 'page', 'call'])[g % 6 + 1] END,
    born + (seen - born) * CASE WHEN g <= {people} THEN 1 ELSE pg_temp.draw(g * 5) END,
    ('10.' || g % 250 || '.' || g * 7 % 250 || '.' || g * 13 % 250)::inet, 'Mozilla/5.0 UA' || g % 301
  FROM generate_series(1::bigint, 10 * {people}) g JOIN life ON id = 1 + (g - 1) % {people};

CREATE INDEX ON orders (customer_id);
CREATE INDEX ON order_lines (order_id);
CREATE INDEX ON events (customer_id);
CREATE INDEX ON customers (email);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE order_lines ADD FOREIGN KEY (order_id) REFERENCES orders (id);
ALTER TABLE events ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
