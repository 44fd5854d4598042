// usage: node receipt-printer-encoder.mjs COLUMNS CODEPAGE: the bytes of a receipt on standard output
import Encoder from "@point-of-sale/receipt-printer-encoder";
const [columns, page] = process.argv.slice(2);
const width = Number(columns);
const bytes = new Encoder({ language: "esc-pos", columns: width, feedBeforeCut: 4, codepageMapping: "epson" })
  .initialize()
  .codepage(page)
  .align("center")
  .bold(true)
  .line("Bäckerei Müller")
  .bold(false)
  .align("left")
  .rule()
  .table([{ width: width - 10, align: "left" }, { width: 10, align: "right" }], [["Brötchen", "12,50 €"]])
  .qrcode("https://example.org/beleg/4711", { model: 2, size: 4, errorlevel: "m" })
  .barcode("400638133393", "ean13", 60)
  .barcode("{BBON4711", "code128", { height: 60, width: 2 })
  .pulse()
  .cut("full")
  .encode();
process.stdout.write(Buffer.from(bytes));
