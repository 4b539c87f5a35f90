import { isDeepStrictEqual } from "node:util";
import { parse } from "csv-parse/sync";
import { listFiles, readBytes, readText } from "../data.ts";
import type { Installation, SentFile } from "../installation.ts";
import { type Findings, mergeRuns, money } from "../report.ts";
import { anchorOf, countMembers, countQuarantined, fingerprint, readSubjectsByAnchor } from "../stored.ts";

const FOLDER = "pos/online-retail";
export const ONLINE_RETAIL_FILES = [FOLDER];

const SOURCE = {
  name: "Online Retail",
  kind: "pos",
  region: "GB",
  currency: "GBP",
  timeZone: "Europe/London",
  mapping: {
    separator: ",",
    dateFormats: ["yyyy-MM-dd HH:mm:ss"],
    fields: {
      receiptNo: "InvoiceNo",
      productId: "StockCode",
      productName: "Description",
      quantity: "Quantity",
      occurredAt: "InvoiceDate",
      unitPrice: "UnitPrice",
      memberCard: "CustomerID",
      country: "Country",
    },
    return: { when: { column: "InvoiceNo", matches: "^C" } },
  },
};

interface Line {
  readonly file: string;
  readonly text: string;
  readonly invoice: string;
  readonly quantity: number;
  /** Minor units, signed as the file signs its quantities. */
  readonly pence: number;
  readonly at: string;
  readonly customer: string | null;
}

interface Sums {
  orders: number;
  returns: number;
  spend: Record<string, number>;
  firstSeen: string;
  lastSeen: string;
  stores: Record<string, never>;
  categories: Record<string, never>;
  channels: { store: number };
  eventCounts: Record<string, number>;
  purchaseDays: Record<string, number>;
}

function pence(price: string): number {
  const [whole = "0", fraction = ""] = price.split(".");
  if (fraction.length > 2) throw new Error("a price of the set has more than two decimals");
  return Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
}

/** Reads the raw files anew with another CSV reader than the product's. */
function readLines(files: readonly string[]): Line[] {
  return files.flatMap((file) => {
    const rows = parse(readText(`${FOLDER}/${file}`), { columns: true }) as Record<string, string>[];
    return rows.map((row): Line => {
      const quantity = Number(row.Quantity);
      return {
        file,
        text: JSON.stringify(row),
        invoice: row.InvoiceNo ?? "",
        quantity,
        pence: quantity * pence(row.UnitPrice ?? ""),
        // December: London's clocks show UTC.
        at: `${(row.InvoiceDate ?? "").replace(" ", "T")}.000Z`,
        customer: row.CustomerID ? row.CustomerID.replace(/\.0$/, "") : null,
      };
    });
  });
}

/** Counted anew: sales and returns are documents; a day of purchase is one with an invoice of more than nothing. */
function sumByCustomer(lines: readonly Line[]): Map<string, Sums> {
  const byCustomer = new Map<string, Line[]>();
  for (const line of lines) {
    if (line.customer === null) continue;
    byCustomer.set(line.customer, [...(byCustomer.get(line.customer) ?? []), line]);
  }
  return new Map([...byCustomer].map(([customer, own]) => [customer, sumsOf(own)]));
}

function sumsOf(lines: readonly Line[]): Sums {
  const invoices = new Map<string, Line[]>();
  for (const line of lines) invoices.set(line.invoice, [...(invoices.get(line.invoice) ?? []), line]);
  const times = lines.map((l) => l.at).sort();
  const isReturn = (l: Line) => l.quantity < 0;
  const total = lines.reduce((n, l) => n + l.pence, 0);
  const purchaseDays: Record<string, number> = {};
  let returns = 0;
  for (const own of invoices.values()) {
    if (own.some(isReturn)) returns++;
    const day = own
      .map((l) => l.at)
      .sort()[0]
      ?.slice(0, 10);
    if (day !== undefined && own.reduce((n, l) => n + l.pence, 0) > 0)
      purchaseDays[day] = (purchaseDays[day] ?? 0) + 1;
  }
  const returned = lines.filter(isReturn).length;
  return {
    orders: invoices.size - [...invoices.values()].filter((own) => own.every(isReturn)).length,
    returns,
    spend: total === 0 ? {} : { GBP: total },
    firstSeen: times[0] ?? "",
    lastSeen: times.at(-1) ?? "",
    stores: {},
    categories: {},
    channels: { store: lines.length },
    eventCounts: {
      ...(lines.length > returned ? { "order.completed": lines.length - returned } : {}),
      ...(returned > 0 ? { "order.refunded": returned } : {}),
    },
    purchaseDays,
  };
}

/** Online Retail: a month of invoice lines, one file a day. */
export async function runOnlineRetail(installation: Installation, findings: Findings): Promise<void> {
  const files = listFiles(FOLDER).filter((name) => name.endsWith(".csv"));
  const lines = readLines(files);
  const named = lines.filter((l) => l.customer !== null);
  const source = await installation.source(SOURCE);
  const sendAll = async (label: string): Promise<SentFile[]> => {
    const runs: SentFile[] = [];
    for (const file of files)
      runs.push(await installation.send(source, `${label}${file}`, readBytes(`${FOLDER}/${file}`)));
    return runs;
  };

  const runs = await sendAll("");
  const sent = mergeRuns(`${files.length} days`, runs);
  findings.file(sent);
  const before = await fingerprint(installation.db);
  findings.check("files", files.length, 20);
  findings.check("lines", sent.rows, 42_481);
  findings.check("lines accepted: those with a customer", sent.counts.accepted, named.length);
  findings.check(
    "lines without a customer, quarantined",
    sent.counts.quarantined,
    lines.length - named.length,
  );
  const codes = new Set(runs.flatMap((r) => r.rejected.map((row) => row.code)));
  findings.check("the only reason", [...codes].join(", "), "missing-identifier");
  findings.check("kept for correction", await countQuarantined(installation.db), sent.counts.quarantined);
  findings.check("members", await countMembers(installation.db), new Set(named.map((l) => l.customer)).size);
  await compare(installation, findings, lines);
  showShape(findings, lines, named);

  const again = mergeRuns("the same days again", await sendAll(""));
  findings.file(again);
  findings.check("accepted when sent again", again.counts.accepted, 0);
  findings.check("recognised when sent again", again.counts.duplicate, named.length);
  const after = await fingerprint(installation.db);
  findings.check("stored facts after sending again", after === before ? "unchanged" : "changed", "unchanged");

  await lookUpIds(installation, findings);
  await skipInstead(installation, findings, lines);
}

async function compare(
  installation: Installation,
  findings: Findings,
  lines: readonly Line[],
): Promise<void> {
  const subjects = await readSubjectsByAnchor(installation.db);
  const expected = sumByCustomer(lines);
  let equal = 0;
  let stored = 0;
  let firstBad: string | undefined;
  for (const [customer, sums] of expected) {
    const aggregate = subjects.get(anchorOf(installation, "member", "", customer))?.aggregate;
    stored += aggregate?.spend.GBP ?? 0;
    if (isDeepStrictEqual({ ...aggregate }, { ...sums })) equal++;
    else firstBad ??= `customer ${customer}`;
  }
  const counted = lines.reduce((n, l) => n + (l.customer === null ? 0 : l.pence), 0);
  findings.checkAll("members whose aggregate equals the raw files'", equal, expected.size, firstBad);
  findings.check("net total of all members", money(stored, "GBP"), money(counted, "GBP"));
}

function showShape(findings: Findings, lines: readonly Line[], named: readonly Line[]): void {
  const repeated = (some: readonly Line[]) => some.length - new Set(some.map((l) => l.file + l.text)).size;
  const row = (label: string, holds: (l: Line) => boolean): (string | number)[] => [
    label,
    lines.filter(holds).length,
    named.filter(holds).length,
    money(
      named.filter(holds).reduce((n, l) => n + l.pence, 0),
      "GBP",
    ),
  ];
  findings.table(
    "What the lines are",
    ["lines", "all", "with customer: stored", "their amount"],
    [
      row("all", () => true),
      row("of invoices beginning with C (cancellations)", (l) => l.invoice.startsWith("C")),
      row("of other invoices with negative quantity", (l) => l.quantity < 0 && !l.invoice.startsWith("C")),
      row("of no value", (l) => l.pence === 0),
      ["exact repetitions within an invoice", repeated(lines), repeated(named), ""],
    ],
  );
  findings.decide(
    "A line without a customer names nobody, and Candor keeps profiles of people: such lines are quarantined as " +
      "missing-identifier, explained by the empty column, and can be replayed for 90 days once somebody fills it. A " +
      "shop that knows that cash sales have no customer maps a skip; then they are refused and only counted.",
  );
  findings.decide(
    "A C invoice is a document of its own that takes back; the set does not say which invoice it takes back, so nothing " +
      "is guessed: it counts as a return and lowers the spend. Negative quantities on other invoices are stock " +
      "corrections without price and customer.",
  );
  findings.decide("Repeated lines of one invoice are two of the article scanned twice: both stay.");
}

async function lookUpIds(installation: Installation, findings: Findings): Promise<void> {
  const asInteger = await installation.lookup({ kind: "member_id", value: "17850" });
  const asWritten = await installation.lookup({ kind: "member_id", value: "17850.0" });
  findings.check(
    "17850.0 is stored as",
    asInteger?.identifiers.map((i) => i.value).join(", ") ?? "nothing",
    "17850",
  );
  findings.check(
    "17850.0 and 17850 find",
    asInteger !== null && asInteger.memberId === asWritten?.memberId ? "one member" : "not the same member",
    "one member",
  );
}

/** One day under a mapping that leaves cash sales out on purpose. */
async function skipInstead(
  installation: Installation,
  findings: Findings,
  lines: readonly Line[],
): Promise<void> {
  const file = "2010-12-09.csv";
  const cash = { column: "CustomerID", empty: true };
  const source = await installation.source({
    ...SOURCE,
    name: "Online Retail, cash sales left out",
    identifiers: { member_id: { namespace: "skip" } },
    mapping: { ...SOURCE.mapping, skip: [{ when: cash, reason: "cash sales have no customer" }] },
  });
  const sent = await installation.send(
    source,
    `${file} with cash sales skipped`,
    readBytes(`${FOLDER}/${file}`),
  );
  findings.file(sent);
  const own = lines.filter((l) => l.file === file);
  findings.check(
    "skipped lines are refused",
    sent.counts.refused,
    own.filter((l) => l.customer === null).length,
  );
  findings.check("nothing is quarantined then", sent.counts.quarantined, 0);
}
