import { findLeaks, type Needle, spellingsOf } from "../privacy/canaries.ts";

/** What a person may be named by in one event. The telephone is shared by everybody of a world. */
export const NAMINGS = [
  "card",
  "card+email",
  "card+anon",
  "card+phone",
  "email",
  "email+anon",
  "anon",
] as const;
export type Naming = (typeof NAMINGS)[number];
export type Part = "card" | "email" | "anon" | "phone";
/** The identifier that a subject is anchored by: the strongest of the event that first named it. */
export const ANCHORS = ["card", "email", "anon"] as const;
export type Anchor = (typeof ANCHORS)[number];

export const PEOPLE = 3;

/** A value of one person: `0 email`. The telephone is everybody's: `phone`. */
export type Name = string;

export interface Item {
  readonly person: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly names: readonly Name[];
  readonly at: Date;
  /** The subject that has it now; null: none, it was kept out or erased. */
  subject: string | null;
}

export interface Listing {
  /** What only the erased were known by. */
  readonly names: ReadonlySet<Name>;
  readonly subjects: readonly string[];
  rejoinedAt: Date | null;
}

/** What a server must know and say after what has happened, subject by subject. */
export interface Known {
  /** By the subject's id, the values that it names. */
  readonly subjects: Map<
    string,
    { readonly person: number; readonly anchor: Anchor; readonly names: Set<Name> }
  >;
  readonly items: Item[];
  readonly listings: Listing[];
  /** By the hold's id, the subjects under it. */
  readonly holds: Map<string, readonly string[]>;
}

export interface Model {
  now: Known;
  /** What was known when the data were last backed up. */
  backup: Known | null;
  /** Every subject that was ever erased, and the keys that it had. */
  readonly erased: Set<string>;
  readonly erasedKeys: Set<string>;
}

export function freshModel(): Model {
  return {
    now: { subjects: new Map(), items: [], listings: [], holds: new Map() },
    backup: null,
    erased: new Set(),
    erasedKeys: new Set(),
  };
}

export function copyOf(known: Known): Known {
  return {
    subjects: new Map([...known.subjects].map(([id, s]) => [id, { ...s, names: new Set(s.names) }])),
    items: known.items.map((item) => ({ ...item })),
    listings: known.listings.map((listing) => ({ ...listing })),
    holds: new Map(known.holds),
  };
}

/** What must be known once the data are back where they were: the ledger of erasures has not gone back. */
export function afterRestore(model: Model): Known {
  const known = copyOf(model.backup as Known);
  for (const id of model.erased) known.subjects.delete(id);
  for (const item of known.items)
    if (item.subject !== null && model.erased.has(item.subject)) item.subject = null;
  const since = model.now.listings.slice(known.listings.length);
  known.listings.push(...since.map((listing) => ({ ...listing })));
  // What was sent since is lost with the data; what was sent of the erased is remembered, to be sent again.
  for (const item of model.now.items)
    if (!known.items.some((k) => k.body.messageId === item.body.messageId))
      known.items.push({ ...item, subject: null });
  return known;
}

/** Letters that neither numbers nor hexadecimal have: what is looked for cannot stand anywhere by chance. */
const LETTERS = "ghjkmnpqrstvwxyz";

/** The mark of the n-th world of a run, which all its values carry. */
export function worldOf(n: number): string {
  const digits = (n * 2_654_435_761) % 2 ** 32;
  return `qz${[...digits.toString(16).padStart(8, "0")].map((d) => LETTERS[Number.parseInt(d, 16)]).join("")}`;
}

export function phoneOf(world: string): string {
  const digits = [...world.slice(2)].map((letter) => LETTERS.indexOf(letter) % 10).join("");
  return `+8869${digits}`;
}

export function spelled(world: string, person: number, part: Part): string {
  switch (part) {
    case "card":
      return `C-${world}-${person}`;
    case "email":
      return `p${person}.${world}@canary.example`;
    case "anon":
      return `anon-${world}-${person}`;
    case "phone":
      return phoneOf(world);
  }
}

export function partsOf(naming: Naming): Part[] {
  return naming.split("+") as Part[];
}

export function nameOf(person: number, part: Part): Name {
  return part === "phone" ? "phone" : `${person} ${part}`;
}

/** What the rule of docs/erasure.md says of an event: its card is on the list, or a weaker value while no card speaks for it. */
export function isKeptOut(known: Known, names: readonly Name[], at: Date): boolean {
  const isListed = (name: Name) =>
    known.listings.some((l) => l.names.has(name) && (l.rejoinedAt === null || at < l.rejoinedAt));
  const card = names.find((name) => name.endsWith("card"));
  return card === undefined ? names.some(isListed) : isListed(card);
}

/** What is looked for wherever anything is kept: the mark of the world, and its telephone. */
export function needlesOf(world: string): Needle[] {
  return [...spellingsOf("a marked word", world), ...spellingsOf("a telephone number", phoneOf(world))];
}

export function leaksInLines(world: string, lines: readonly string[]): string[] {
  return findLeaks(needlesOf(world), "the log", lines.join("\n"));
}
