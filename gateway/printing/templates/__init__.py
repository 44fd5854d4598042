"""What a receipt and a report look like on paper. Pure: recorded values in, a document out; printed figures are never recomputed."""
