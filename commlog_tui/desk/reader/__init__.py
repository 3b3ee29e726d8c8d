"""Reading the log without Textual: a query goes in, frozen states of a view come out."""
