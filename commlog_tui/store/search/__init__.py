"""Search: what a query means, which index answers it, and why an entry matched.

Pure: no SQL and no I/O. Every store answers through it, so a query means the same in each.

A query is split at white space. Neighboring parts that look like one phone number become one
**term** with the forms of that number; every other part is a term of its own (``contract.search_terms``). An entry
matches when **every** term holds in at least one of its fields (``contract.search_matching``):

===========  ======================================================================================
field        a term holds when
===========  ======================================================================================
people       it is part of the customer's id or name, or of an address or number, in any version of
             any entry that names this customer: so also by another number of the same guest. An
             entry without a customer has the address or number that it went to
title        it is part of the title
code         the booking code begins with it
reference    it has at least four hexadecimal digits, and the reference begins with them, dashes or
             not
text         each word of it begins a word of the text, or of a booking code of several words
===========  ======================================================================================

Everything is compared in folded form (``contract.folding``). A number holds in any of its forms: as
typed, in E.164, without trunk prefix. Titles, codes, references and texts are those after
corrections. A redacted entry has none of these fields.
"""
