// usage: node node-thermal-printer.cjs COLUMNS: the bytes of a receipt on standard output
const { printer: Printer, types, characterSet } = require("node-thermal-printer");
const printer = new Printer({
  type: types.EPSON,
  interface: "tcp://127.0.0.1:1",
  characterSet: characterSet.PC858_EURO,
  width: Number(process.argv[2]),
});
printer.alignCenter();
printer.bold(true);
printer.println("Bäckerei Müller");
printer.bold(false);
printer.alignLeft();
printer.drawLine();
printer.leftRight("Brötchen", "12,50 €");
printer.alignCenter();
printer.printQR("https://example.org/beleg/4711", { cellSize: 4 });
printer.newLine();
printer.printBarcode("4006381333931", 67, { hriPos: 2, hriFont: 0, width: 3, height: 60 });
printer.newLine();
printer.code128("BON4711", { width: "MEDIUM", height: 60, text: 2 });
printer.openCashDrawer();
printer.beep();
printer.cut();
process.stdout.write(printer.getBuffer());
