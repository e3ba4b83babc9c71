-- What imports of customers, people and consents keep besides the facts themselves.

-- Names under which a customer is known elsewhere: '' are former and other customer numbers, else
-- the program's name, and its own id of the customer. A transaction file may use any number.
CREATE TABLE customer_aliases (
    source TEXT NOT NULL,
    alias TEXT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    batch_id INTEGER REFERENCES import_batches(id),
    PRIMARY KEY (source, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_aliases_customer ON customer_aliases(customer_id);

-- The same for people.
CREATE TABLE contact_aliases (
    source TEXT NOT NULL,
    alias TEXT NOT NULL,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    batch_id INTEGER REFERENCES import_batches(id),
    PRIMARY KEY (source, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_aliases_contact ON contact_aliases(contact_id);

-- Each field of a row that was there before and that a batch has changed; undo puts `before` back
-- unless somebody has changed the field since. Both are JSON values.
CREATE TABLE import_changes (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES import_batches(id),
    customer_id INTEGER NOT NULL,
    entity TEXT NOT NULL
        CHECK (entity IN ('customers', 'contacts', 'contracts', 'attributes', 'signals')),
    entity_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX import_changes_batch ON import_changes(batch_id);
CREATE INDEX import_changes_customer ON import_changes(customer_id);

-- Two customers who may be one, as an import noticed: `reason` is name_zip, email, phone or vat_id.
CREATE TABLE import_suggestions (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    batch_id INTEGER REFERENCES import_batches(id),
    PRIMARY KEY (customer_id, other_id, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_suggestions_other ON import_suggestions(other_id);

-- Addresses as matching compares them, however they were typed.
CREATE INDEX contact_points_plain ON contact_points(lower(replace(replace(replace(replace(replace(
    value, ' ', ''), '-', ''), '/', ''), '(', ''), ')', '')));
CREATE INDEX customers_vat ON customers(vat_id) WHERE vat_id IS NOT NULL;
CREATE INDEX customers_zip ON customers(zip) WHERE zip IS NOT NULL;
-- Whoever is deleted is looked for here.
CREATE INDEX contacts_successor ON contacts(successor_id) WHERE successor_id IS NOT NULL;

-- What a person said about the columns of a file, for the next file with the same header.
CREATE TABLE import_mappings (
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    columns TEXT NOT NULL CHECK (json_valid(columns)),
    answers TEXT NOT NULL CHECK (json_valid(answers)),
    saved_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (kind, fingerprint)
) STRICT, WITHOUT ROWID;

-- Lines of orders that a later export of the same program changed; undo of `batch_id` puts them
-- back, unless the batch that brought them was taken back as well.
CREATE TABLE import_replaced (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES import_batches(id),
    old_batch_id INTEGER NOT NULL REFERENCES import_batches(id),
    customer_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    document TEXT NOT NULL,
    product TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    quantity REAL
) STRICT;
CREATE INDEX import_replaced_batch ON import_replaced(batch_id);
CREATE INDEX import_replaced_old ON import_replaced(old_batch_id);

-- How a file was read and what was told about it, to answer at once when it comes again.
ALTER TABLE import_batches ADD COLUMN options TEXT NOT NULL DEFAULT '';
ALTER TABLE import_batches ADD COLUMN summary TEXT;
