"""Writing: the entry form, its fields, the draft saver, and the outbox screen."""
