"""Functions that look up parts of names and words of texts for whoever may only see one location.

Under row-level security PostgreSQL uses no index for operators that are not leakproof, ``LIKE`` and
``@@`` among them, as they might show what they compare. These functions belong to the owner of the
tables, who has a policy to read the three dictionaries (see ``guards``), and look at the session's
location alone.
"""

from typing import Final

SEARCH_FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION {schema}.people_with(parts jsonb, most integer)
RETURNS TABLE (customer text, address text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp SET enable_bitmapscan = on AS $$
DECLARE
    has text := (
        SELECT string_agg(
            format('haystack LIKE ANY (%L::text[])', ARRAY(SELECT jsonb_array_elements_text(one))), ' AND '
        )
        FROM jsonb_array_elements(parts) AS one
    );
    frequent boolean;
BEGIN
    EXECUTE 'SELECT count(*) > 200 FROM (SELECT haystack FROM customer WHERE location = $1 LIMIT 1000) AS some_of_them '
        'WHERE ' || has INTO frequent USING current_setting('commlog.location')::integer;
    PERFORM set_config('enable_bitmapscan', CASE WHEN frequent THEN 'off' ELSE 'on' END, true);
    RETURN QUERY EXECUTE format(
        '(SELECT id, NULL::text FROM customer WHERE location = $1 AND %1$s LIMIT $2) UNION ALL '
        '(SELECT NULL::text, address FROM recipient WHERE location = $1 AND %1$s LIMIT $2)', has
    ) USING current_setting('commlog.location')::integer, most;
END $$;

CREATE OR REPLACE FUNCTION {schema}.texts_with(query text, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE 'SELECT seq FROM body WHERE location = $1 AND words @@ $2::tsquery LIMIT $3'
    USING current_setting('commlog.location')::integer, query, most;
END $$;

REVOKE ALL ON FUNCTION {schema}.people_with(jsonb, integer), {schema}.texts_with(text, integer) FROM PUBLIC;
"""
"""Each plans its statement anew, as whether a part is rare is in the value.

People who have a frequent part are not collected from the index, but found one after the other.
"""
GRANT_SEARCH: Final = """
GRANT EXECUTE ON FUNCTION {schema}.people_with(jsonb, integer), {schema}.texts_with(text, integer) TO {role}
"""
