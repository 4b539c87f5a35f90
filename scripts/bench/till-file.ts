import { MINUTE } from "../../src/kernel/clock.ts";
import { seeded } from "./statistics.ts";

const HEADER =
  "store_id,till_id,receipt_no,line,time,sku,product_name,category,quantity,amount,member_card\n";
const ROWS_A_PIECE = 500;
const CATEGORIES = ["tea", "coffee", "bakery", "fruit", "kitchen"];
/** One row in so many has an amount that cannot be read. */
export const BAD_ROW_EVERY = 1_000;

/**
 * A till's export, piece by piece: receipts of one to five lines (three on average) of `members` cards, in the order
 * of time, as a back office writes it. `name` keeps the receipts of two files apart.
 */
export function* tillFile(options: {
  readonly name: string;
  readonly rows: number;
  readonly members: number;
  readonly until: Date;
}): Generator<Buffer> {
  const random = seeded(options.rows);
  const whole = (below: number): number => Math.floor(random() * below);
  const start = options.until.getTime() - options.rows * MINUTE;
  let [row, receipt] = [0, 0];
  let text = HEADER;
  let inPiece = 0;
  while (row < options.rows) {
    receipt++;
    const lines = Math.min(1 + whole(5), options.rows - row);
    const head = `S${1 + whole(40)},T${1 + whole(6)},${options.name}-${receipt}`;
    const time = new Date(start + row * MINUTE).toISOString().slice(0, 16).replace("T", " ");
    const card = `C-${whole(options.members)}`;
    for (let line = 1; line <= lines; line++, row++, inPiece++) {
      const product = whole(400);
      const amount = row % BAD_ROW_EVERY === BAD_ROW_EVERY - 1 ? "n/a" : (1 + whole(9_000) / 100).toFixed(2);
      text += `${head},${line},${time},SKU-${product},Product ${product},${CATEGORIES[product % 5]},${1 + whole(3)},${amount},${card}\n`;
    }
    if (inPiece >= ROWS_A_PIECE) {
      yield Buffer.from(text);
      text = "";
      inPiece = 0;
    }
  }
  if (text !== "") yield Buffer.from(text);
}
