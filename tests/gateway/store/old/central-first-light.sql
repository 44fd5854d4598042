BEGIN TRANSACTION;
CREATE TABLE article_paths (
	article_number TEXT NOT NULL, 
	paths JSON NOT NULL, 
	PRIMARY KEY (article_number)
);
CREATE TABLE branches (
	branch_id TEXT NOT NULL, 
	settings BLOB NOT NULL, 
	position BIGINT NOT NULL, 
	assortment JSON NOT NULL, 
	added_at BIGINT NOT NULL, 
	PRIMARY KEY (branch_id)
);
INSERT INTO "branches" VALUES('mitte',X'0A056D6974746512054D697474653A034445554A0D4575726F70652F4265726C696E62026465',1,'{"everything": true, "include_categories": [], "exclude_categories": [], "include_articles": [], "exclude_articles": []}',1795337185746);
CREATE TABLE catalogue (
	type INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	value BLOB NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (type, "key")
);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('feed',1);
CREATE TABLE enrolment_tokens (
	secret_sha256 BLOB NOT NULL, 
	branch_id TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	used_at BIGINT, 
	PRIMARY KEY (secret_sha256), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
CREATE TABLE events (
	event_id BLOB NOT NULL, 
	branch_id TEXT NOT NULL, 
	journal_id BLOB NOT NULL, 
	journal_sequence BIGINT NOT NULL, 
	register_id TEXT NOT NULL, 
	register_sequence BIGINT NOT NULL, 
	kind INTEGER NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	chain_hash BLOB NOT NULL, 
	PRIMARY KEY (event_id), 
	UNIQUE (branch_id, journal_id, journal_sequence), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
INSERT INTO "events" VALUES(X'00000000000000000000000000000001','mitte',X'6A6F75726E616C2D6F6E652D2D2D2D2D',1,'kasse-2',1,1,1700000000001,X'726563656970742031',X'8BDFF36D7D3374BBBD748CB0BEAB66291E318F92E827F0D9B3179FEB3EA67046');
INSERT INTO "events" VALUES(X'00000000000000000000000000000002','mitte',X'6A6F75726E616C2D6F6E652D2D2D2D2D',2,'kasse-1',1,1,1700000000002,X'726563656970742032',X'1257871DD171DB5CD61493BA44217AFBB65D1984A4D513346271429C50955348');
INSERT INTO "events" VALUES(X'00000000000000000000000000000003','mitte',X'6A6F75726E616C2D6F6E652D2D2D2D2D',3,'kasse-2',2,1,1700000000003,X'726563656970742033',X'B99BF3460E23CCA80B7AF8E29A9889B254208E397517593BBA4D5EC572928E8B');
INSERT INTO "events" VALUES(X'00000000000000000000000000000004','mitte',X'6A6F75726E616C2D6F6E652D2D2D2D2D',4,'kasse-1',2,1,1700000000004,X'726563656970742034',X'26A097B39AE074501933C6E9404089C8F5A7DAFBE5BA24F570656AA346680BD5');
CREATE TABLE gateways (
	branch_id TEXT NOT NULL, 
	key_sha256 BLOB NOT NULL, 
	enrolled_at BIGINT NOT NULL, 
	PRIMARY KEY (branch_id), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
CREATE TABLE intake_faults (
	branch_id TEXT NOT NULL, 
	journal_id BLOB NOT NULL, 
	journal_sequence BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	event_id BLOB NOT NULL, 
	body BLOB NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (branch_id, journal_id, journal_sequence), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
CREATE TABLE journal_registers (
	branch_id TEXT NOT NULL, 
	register_id TEXT NOT NULL, 
	register_sequence BIGINT NOT NULL, 
	PRIMARY KEY (branch_id, register_id), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
INSERT INTO "journal_registers" VALUES('mitte','kasse-2',2);
INSERT INTO "journal_registers" VALUES('mitte','kasse-1',2);
CREATE TABLE journals (
	branch_id TEXT NOT NULL, 
	journal_id BLOB NOT NULL, 
	sequence BIGINT NOT NULL, 
	chain_hash BLOB NOT NULL, 
	first_received_at BIGINT NOT NULL, 
	last_received_at BIGINT NOT NULL, 
	PRIMARY KEY (branch_id, journal_id), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
INSERT INTO "journals" VALUES('mitte',X'6A6F75726E616C2D6F6E652D2D2D2D2D',4,X'26A097B39AE074501933C6E9404089C8F5A7DAFBE5BA24F570656AA346680BD5',1795337185765,1795337185765);
CREATE TABLE members (
	branch_id TEXT NOT NULL, 
	type INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	present BOOLEAN NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (branch_id, type, "key")
);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema_version','1');
INSERT INTO "meta" VALUES('feed_epoch','23d9672abd653a306a469227e882c856');
CREATE TABLE registers (
	register_id TEXT NOT NULL, 
	branch_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	digits INTEGER NOT NULL, 
	suffix TEXT NOT NULL, 
	added_at BIGINT NOT NULL, 
	paired_at BIGINT, 
	PRIMARY KEY (register_id), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
CREATE TABLE summaries (
	branch_id TEXT NOT NULL, 
	register_id TEXT NOT NULL, 
	business_day TEXT NOT NULL, 
	z_number BIGINT NOT NULL, 
	journal_id BLOB NOT NULL, 
	through_sequence BIGINT NOT NULL, 
	figures BLOB NOT NULL, 
	columns JSON NOT NULL, 
	stored_at BIGINT NOT NULL, 
	PRIMARY KEY (branch_id, register_id, business_day, z_number), 
	FOREIGN KEY(branch_id) REFERENCES branches (branch_id)
);
CREATE INDEX ix_catalogue_position ON catalogue (position);
CREATE INDEX members_by_position ON members (branch_id, position);
CREATE INDEX ix_registers_branch_id ON registers (branch_id);
CREATE INDEX ix_enrolment_tokens_branch_id ON enrolment_tokens (branch_id);
CREATE INDEX events_by_kind ON events (kind);
CREATE INDEX summaries_by_day ON summaries (business_day);
COMMIT;
