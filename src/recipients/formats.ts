import { traitsOf } from "../members/index.ts";
import type { ProfileLine } from "./page.ts";
import type { PullFormat } from "./pull.ts";
import { type Feed, isListed } from "./view.ts";

/** Names of fields and categories are few and come in every line: each is quoted once. */
const QUOTED = new Map<string, string>();
const MOST_QUOTED = 10_000;

function quoted(name: string): string {
  let text = QUOTED.get(name);
  if (text === undefined) {
    if (QUOTED.size >= MOST_QUOTED) QUOTED.clear();
    text = JSON.stringify(name);
    QUOTED.set(name, text);
  }
  return text;
}

/**
 * The same text as `JSON.stringify({ type: "profile", ...line })`, at half of its cost: bulk pulls write tens of
 * thousands a second, and most categories of a member share one basis.
 */
export function profileLine(line: ProfileLine): string {
  const { member, channels, fields, basis, withheld } = line;
  let text = `{"type":"profile","member":${JSON.stringify(member)}`;
  if (channels !== undefined) text += `,"channels":${JSON.stringify(channels)}`;
  let before = ',"fields":{';
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    text += `${before}${quoted(name)}:${JSON.stringify(value)}`;
    before = ",";
  }
  text += before === "," ? "}" : `${before}}`;
  if (line.facts !== undefined) text += `,"facts":${JSON.stringify(line.facts)}`;
  if (line.derived !== undefined) text += `,"derived":${JSON.stringify(line.derived)}`;
  if (line.identifiers !== undefined) text += `,"identifiers":${JSON.stringify(line.identifiers)}`;
  return `${text}${reasonsOf(basis, withheld)}\n`;
}

/** What was decided of a member is the same object for as long as it holds, and so is what a line ends with. */
const REASONS = new WeakMap<ProfileLine["basis"], string>();

function reasonsOf(basis: ProfileLine["basis"], withheld: ProfileLine["withheld"]): string {
  let text = REASONS.get(basis);
  if (text === undefined) {
    // In one piece: the engine would keep the parts that it was put together from and join them in every line anew.
    text = Buffer.from(writeReasons(basis, withheld)).toString();
    REASONS.set(basis, text);
  }
  return text;
}

function writeReasons(basis: ProfileLine["basis"], withheld: ProfileLine["withheld"]): string {
  let text = "";
  let before = ',"basis":{';
  let last: unknown;
  let lastText = "";
  for (const category in basis) {
    const one = basis[category];
    if (one !== last) {
      last = one;
      lastText = JSON.stringify(one);
    }
    text += `${before}${quoted(category)}:${lastText}`;
    before = ",";
  }
  text += before === "," ? "}" : `${before}}`;
  before = ',"withheld":{';
  for (const category in withheld) {
    text += `${before}${quoted(category)}:${quoted(withheld[category] as string)}`;
    before = ",";
  }
  return `${text}${before === "," ? "}" : `${before}}`}}`;
}

/** One JSON object a line: `begin`, `profile`, after every page a `cursor`, and `end` when nothing is missing. */
export const NDJSON: PullFormat = {
  begin: (about) => `${JSON.stringify({ type: "begin", ...about })}\n`,
  line: profileLine,
  cursor: (cursor) => `${JSON.stringify({ type: "cursor", cursor })}\n`,
  end: (about) => `${JSON.stringify({ type: "end", ...about })}\n`,
};

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A cell as RFC 4180 writes it. Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP,
 * CSV injection); plain numbers stay numbers.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const FACTS = [
  "orders",
  "returns",
  "spend",
  "firstSeen",
  "lastSeen",
  "firstOrderDay",
  "lastOrderDay",
  "favouriteStore",
  "favouriteCategory",
] as const;

/**
 * A table with a fixed header: what the registration and the purpose could give, empty where the member does not
 * allow it. The last column holds the cursor on the row after which a page ended; a row of it alone ends a page in
 * which nobody could be read.
 */
export function csvFormat(feed: Feed): PullFormat {
  const categories = feed.recipient.categories.filter((c) => feed.purpose?.categories.includes(c) ?? false);
  const traits = traitsOf(categories).filter((field) => isListed(feed.recipient, field));
  const facts: readonly (typeof FACTS)[number][] =
    categories.includes("transaction") && isListed(feed.recipient, "facts") ? FACTS : [];
  const derived =
    categories.includes("derived") && isListed(feed.recipient, "derived")
      ? (["loyalty", "segments"] as const)
      : [];
  const identifiers = isListed(feed.recipient, "identifiers") ? ["identifiers"] : [];
  const header = [
    "member",
    "channels",
    ...traits,
    ...facts.map((f) => `facts.${f}`),
    ...derived.map((d) => `derived.${d}`),
    ...identifiers,
    "cursor",
  ];
  const write = (cells: readonly unknown[]) => `${cells.map(csvCell).join(",")}\r\n`;
  const row = (line: ProfileLine): unknown[] => [
    line.member,
    line.channels?.join(" "),
    ...traits.map((field) => line.fields[field]),
    ...facts.map((fact) => line.facts?.[fact]),
    ...derived.map((part) => line.derived?.[part]),
    ...identifiers.map(() => line.identifiers),
  ];
  return {
    begin: () => write(header),
    line: (line) => write([...row(line), ""]),
    cursor: (cursor) => write([...header.slice(1).map(() => ""), cursor]),
    end: () => "",
  };
}
