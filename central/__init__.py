"""central: head office, beside the ERP. Branches, registers, the feed of articles, the intake of sales, reports over all branches."""
