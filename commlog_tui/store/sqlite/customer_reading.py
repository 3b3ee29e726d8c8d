"""Records about customers in a SQLite file."""

import apsw

from commlog_tui.contract.customer_record import PreferenceQuery
from commlog_tui.records.customer_rows import CustomerRecordsRow, PreferencesRow
from commlog_tui.store.customer_notes import address_note_key, current_preferences, records_row
from commlog_tui.store.sqlite.customer_notes import note_records, reach_keys, same_customer
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.place import Place


class SqlitePeople:
    """See ``customer_protocol.People``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def customer_records(self, location: str, customer_id: str) -> CustomerRecordsRow:
        """See ``customer_protocol.People.customer_records``."""

        def read(connection: apsw.Connection) -> CustomerRecordsRow:
            place = Place.find(connection, location)
            ids = same_customer(connection, place, customer_id)
            return records_row(ids, note_records(connection, place, reach_keys(connection, place, ids)))

        return self._database.read(read)

    async def preferences(self, location: str, query: PreferenceQuery) -> PreferencesRow:
        """See ``customer_protocol.People.preferences``."""

        def read(connection: apsw.Connection) -> PreferencesRow:
            place = Place.find(connection, location)
            keys = [] if query.to is None else [address_note_key(query.to, place.region)]
            ids = () if query.customer_id is None else same_customer(connection, place, query.customer_id)
            keys += reach_keys(connection, place, ids)
            rows = records_row(ids, note_records(connection, place, keys))
            return PreferencesRow(current_preferences(rows.preferences, place.region))

        return self._database.read(read)
