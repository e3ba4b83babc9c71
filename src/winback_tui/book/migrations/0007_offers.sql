-- Offers, their answers, margins and mails are events. These find them without reading the others.

CREATE INDEX events_offers ON events(kind, customer_id)
    WHERE kind IN ('offer', 'offer_answer', 'mail');
CREATE INDEX events_margins ON events(id) WHERE kind = 'margin';
