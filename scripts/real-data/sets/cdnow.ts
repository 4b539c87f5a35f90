import { isDeepStrictEqual } from "node:util";
import { readBytes, readText } from "../data.ts";
import type { Installation, SentFile, Source } from "../installation.ts";
import { type Findings, money } from "../report.ts";
import { anchorOf, countMembers, fingerprint, readSubjectsByAnchor } from "../stored.ts";

const MASTER = "pos/cdnow/CDNOW_master.txt";
const SAMPLE = "pos/cdnow/CDNOW_sample.txt";
export const CDNOW_FILES = [MASTER, SAMPLE];

const MAPPING = {
  separator: " ",
  dateFormats: ["yyyyMMdd"],
  fields: {
    memberCard: "customer_id",
    occurredAt: "date",
    quantity: "number_of_cds",
    amount: "dollar_value",
  },
};
const SOURCE = { name: "CDNOW", kind: "pos", currency: "USD", mapping: MAPPING };
const SAMPLE_COLUMNS = ["master_id", "customer_id", "date", "number_of_cds", "dollar_value"];

interface Line {
  readonly text: string;
  readonly customer: string;
  /** 2026-11-21 */
  readonly day: string;
  readonly cents: number;
}

/** What one customer's purchases add up to, in the form in which Candor keeps it. */
interface Sums {
  orders: number;
  returns: number;
  spend: Record<string, number>;
  firstSeen: string;
  lastSeen: string;
  stores: Record<string, never>;
  categories: Record<string, never>;
  channels: { store: number };
  eventCounts: { "order.completed": number };
  purchaseDays: Record<string, number>;
}

/** Reads the raw file anew, with nothing of the product's. */
function readLines(text: string): Line[] {
  return text.split(/\r?\n/).flatMap((line): Line[] => {
    const cells = line.trim().split(/\s+/);
    const [customer = "", date = "", , dollars = ""] = cells.slice(-4);
    if (!/^\d+$/.test(customer)) return [];
    const [whole = "0", fraction = ""] = dollars.split(".");
    return [
      {
        text: cells.slice(-4).join(" "),
        customer,
        day: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`,
        cents: Number(whole) * 100 + Number(fraction.padEnd(2, "0")),
      },
    ];
  });
}

/** Counted anew from the raw lines: each line is one purchase. */
function sumByCustomer(lines: readonly Line[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const { customer, day, cents } of lines) {
    const at = `${day}T00:00:00.000Z`;
    let sum = sums.get(customer);
    if (sum === undefined) {
      sum = {
        orders: 0,
        returns: 0,
        spend: {},
        firstSeen: at,
        lastSeen: at,
        stores: {},
        categories: {},
        channels: { store: 0 },
        eventCounts: { "order.completed": 0 },
        purchaseDays: {},
      };
      sums.set(customer, sum);
    }
    sum.orders++;
    sum.channels.store++;
    sum.eventCounts["order.completed"]++;
    if (at < sum.firstSeen) sum.firstSeen = at;
    if (at > sum.lastSeen) sum.lastSeen = at;
    // Candor leaves zeros out: a purchase of nothing adds no spend and makes no day of purchase.
    if (cents === 0) continue;
    sum.spend.USD = (sum.spend.USD ?? 0) + cents;
    sum.purchaseDays[day] = (sum.purchaseDays[day] ?? 0) + 1;
  }
  return sums;
}

async function compareMembers(
  installation: Installation,
  findings: Findings,
  issuer: string,
  lines: readonly Line[],
  label: string,
): Promise<void> {
  const subjects = await readSubjectsByAnchor(installation.db);
  const expected = sumByCustomer(lines);
  let equal = 0;
  let total = 0;
  let firstBad: string | undefined;
  for (const [customer, sum] of expected) {
    const stored = subjects.get(anchorOf(installation, "member", issuer, customer));
    total += stored?.aggregate?.spend.USD ?? 0;
    if (stored !== undefined && isDeepStrictEqual({ ...stored.aggregate }, { ...sum })) equal++;
    else firstBad ??= `customer ${customer}`;
  }
  const spent = lines.reduce((n, l) => n + l.cents, 0);
  findings.checkAll(
    `${label}: members whose aggregate equals the raw file's`,
    equal,
    expected.size,
    firstBad,
  );
  findings.check(`${label}: total`, money(total, "USD"), money(spent, "USD"));
}

/** CDNOW: lines without receipt numbers, 255 of them exact repetitions of another. */
export async function runCdnow(installation: Installation, findings: Findings): Promise<void> {
  const lines = readLines(readText(MASTER));
  const source = await installation.source(SOURCE);
  const sent = await installation.send(source, "CDNOW_master.txt", readBytes(MASTER));
  findings.file(sent);
  const before = await fingerprint(installation.db);
  const distinct = new Set(lines.map((l) => l.text)).size;
  findings.check("lines", sent.rows, 69_659);
  findings.check("lines accepted", sent.counts.accepted, lines.length);
  findings.check("exact repetitions among them", lines.length - distinct, 255);
  findings.check("members", await countMembers(installation.db), 23_570);
  await compareMembers(installation, findings, "", lines, "all");
  findings.check(
    "total of the raw file",
    money(
      lines.reduce((n, l) => n + l.cents, 0),
      "USD",
    ),
    "2,500,315.63 USD",
  );
  await readThroughDoor(installation, findings, lines);

  const again = await installation.send(source, "the same again", readBytes(MASTER));
  findings.file(again);
  findings.check("accepted when sent again", again.counts.accepted, 0);
  findings.check("recognised when sent again", again.counts.duplicate, lines.length);
  findings.check(
    "stored facts after sending again",
    (await fingerprint(installation.db)) === before ? "unchanged" : "changed",
    "unchanged",
  );

  await judgeRepetitions(installation, findings, lines);
  await sendSample(installation, findings);
}

/** What the profile door answers for some customers, against the raw file. */
async function readThroughDoor(
  installation: Installation,
  findings: Findings,
  lines: readonly Line[],
): Promise<void> {
  const expected = [...sumByCustomer(lines)].filter((_, i) => i % 500 === 0);
  let good = 0;
  for (const [customer, sum] of expected) {
    const facts = (await installation.lookup({ kind: "member_id", value: customer }))?.facts;
    const spent = facts?.spend.find((s) => s.currency === "USD")?.amount ?? 0;
    if (facts?.orders === sum.orders && spent === (sum.spend.USD ?? 0)) good++;
  }
  findings.checkAll("profiles read through the door that agree", good, expected.length);
}

/** The same few customers under four mappings, each in a namespace of its own. */
async function judgeRepetitions(
  installation: Installation,
  findings: Findings,
  lines: readonly Line[],
): Promise<void> {
  const seen = new Map<string, number>();
  for (const { text } of lines) seen.set(text, (seen.get(text) ?? 0) + 1);
  const concerned = new Set(lines.filter((l) => (seen.get(l.text) ?? 0) > 1).map((l) => l.customer));
  const subset = lines.filter((l) => concerned.has(l.customer));
  const header = "customer_id date number_of_cds dollar_value\n";
  const file = header + subset.map((l) => l.text).join("\n");
  const repeated = subset.length - new Set(subset.map((l) => l.text)).size;

  // The same export after the shop has corrected one amount by a cent.
  const [first = ""] = subset.map((l) => l.text);
  const corrected = file.replace(
    first,
    first.replace(/\d$/, (d) => (d === "9" ? "8" : String(Number(d) + 1))),
  );

  const ways: [label: string, ids: Record<string, unknown> | undefined][] = [
    ["as it is: every line a purchase", undefined],
    ["ids.content: customer and date", { content: ["customer_id", "date"] }],
    [
      "ids.messageId: all four columns",
      { messageId: ["customer_id", "date", "number_of_cds", "dollar_value"] },
    ],
    ["ids.messageId: customer and date", { messageId: ["customer_id", "date"] }],
  ];
  const rows: (string | number)[][] = [];
  const runs: SentFile[] = [];
  for (const [i, [label, ids]] of ways.entries()) {
    const issuer = `way-${i}`;
    const way = await installation.source({
      ...SOURCE,
      name: `CDNOW ${issuer}`,
      identifiers: { member_id: { namespace: issuer } },
      mapping: ids === undefined ? MAPPING : { ...MAPPING, ids },
    });
    const sent = await installation.send(way, label, file);
    runs.push(sent);
    const total = await spentIn(installation, issuer, concerned);
    const later = await sendCorrected(installation, way, corrected);
    const { accepted, duplicate, quarantined } = sent.counts;
    rows.push([label, accepted, duplicate, quarantined, money(total, "USD"), later]);
  }
  findings.table(
    `What a mapping makes of repetitions: the ${concerned.size} customers who have any, ${subset.length} lines`,
    ["mapping", "accepted", "duplicate", "quarantined", "total", "then sent with one amount corrected"],
    rows,
  );
  findings.check("by default repetitions stay purchases", runs[0]?.counts.accepted ?? -1, subset.length);
  findings.check("with ids.content they stay purchases too", runs[1]?.counts.accepted ?? -1, subset.length);
  findings.check("with an id of all columns they are one", runs[2]?.counts.duplicate ?? -1, repeated);
  findings.decide(
    "The 255 repetitions are kept as purchases: the file numbers neither receipts nor lines, the published total " +
      "counts them, and one customer repeats a line nine times in a day, which is how somebody buys the same CD for " +
      "others. Equal lines are numbered within their file, so the file may be sent any number of times.",
  );
  findings.decide(
    "A shop that knows its repetitions to be slips maps ids.messageId to all columns: then they are one purchase. " +
      "ids.content does not join them (they are numbered still); it says which columns make a line what it is, so that " +
      "a line whose amount was corrected later meets itself as message-id-conflict instead of counting twice.",
  );
  findings.decide(
    "A line is an order: two lines of one customer and day stay two orders, since nothing says that they are one. " +
      "A purchase of 0.00 counts as an order but neither as spend nor as a day of purchase.",
  );
}

async function spentIn(
  installation: Installation,
  issuer: string,
  customers: ReadonlySet<string>,
): Promise<number> {
  const subjects = await readSubjectsByAnchor(installation.db);
  let total = 0;
  for (const customer of customers)
    total += subjects.get(anchorOf(installation, "member", issuer, customer))?.aggregate?.spend.USD ?? 0;
  return total;
}

async function sendCorrected(installation: Installation, way: Source, corrected: string): Promise<string> {
  const { counts, reasons } = await installation.send(way, "corrected", corrected);
  const codes = reasons.map((r) => `${r.count} ${r.code}`);
  return [`${counts.accepted} accepted`, ...codes].join(", ");
}

/** The usual sample, with a second numbering of customers in front and no header; apart from the rest. */
async function sendSample(installation: Installation, findings: Findings): Promise<void> {
  const lines = readLines(readText(SAMPLE));
  const source = await installation.source({
    ...SOURCE,
    name: "CDNOW sample",
    identifiers: { member_id: { namespace: "sample" } },
    mapping: {
      ...MAPPING,
      columns: SAMPLE_COLUMNS,
      header: false,
    },
  });
  const sent = await installation.send(source, "CDNOW_sample.txt", readBytes(SAMPLE));
  findings.file(sent);
  findings.check("sample: lines accepted", sent.counts.accepted, lines.length);
  await compareMembers(installation, findings, "sample", lines, "sample");
}
