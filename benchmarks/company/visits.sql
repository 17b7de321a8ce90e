-- {people} visits of a shop, all old enough to become statistics, spread over 40 towns and 5 years.
CREATE TABLE accounts (id bigint PRIMARY KEY, email text);
CREATE TABLE visits (
    id bigint PRIMARY KEY,
    account_id bigint REFERENCES accounts (id),
    at timestamp NOT NULL,
    ip text,
    agent text,
    postcode text,
    spent integer,
    note text,
    pages integer NOT NULL
);
INSERT INTO accounts SELECT n, 'a' || n || '@people.example' FROM generate_series(1, {people} / 5) AS n;
INSERT INTO visits
SELECT n, 1 + n % ({people} / 5), timestamp '2018-01-01' + (n * 7919 % 1825) * interval '1 day' + n % 86400 * interval '1 second',
       '192.0.2.' || n % 250, 'Browser ' || n % 90, lpad((n % 40 * 1000 + n % 700)::text, 5, '0'), n % 400, 'note ' || n, n % 30
FROM generate_series(1, {people}) AS n;
CREATE INDEX ON visits (account_id);
CREATE INDEX ON visits (at);
