// usage: node receiptline.cjs COLUMNS LANGUAGE MARKUP: the bytes of a receipt on standard output
const receiptline = require("receiptline");
const [columns, command, markup] = process.argv.slice(2);
const bytes = receiptline.transform(markup, { cpl: Number(columns), encoding: "multilingual", command, spacing: false });
process.stdout.write(Buffer.from(bytes, "binary"));
