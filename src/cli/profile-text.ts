import type { Profile, ProfileField } from "../members/index.ts";
import { count, money, plural, printable, printableValue, shortTime, table } from "./text.ts";

/** A profile as it is read, with the sources that its lineage names. */
export interface ShownProfile extends Profile {
  readonly purpose: string;
  readonly sources: Readonly<Record<string, { readonly name: string; readonly kind: string } | null>>;
  /** Data category to why nothing of it is shown. */
  readonly withheld: Readonly<Record<string, { readonly because: string }>>;
}

type Candidate = ProfileField["candidates"][number];

const BECAUSE: Readonly<Record<ProfileField["because"], string>> = {
  correction: "the person had it put right, which outranks every source",
  "only-candidate": "nobody stated another value",
  "source-priority": "its source is trusted before the others",
  verified: "it is verified and the others are not",
  latest: "it was observed last",
  hash: "stated at the same moment as another; the order of their hashes decides",
  unset: "a source emptied the field",
};

/** What the class of an identifier means. */
const CLASSES: Readonly<Record<number, string>> = {
  1: "names one member",
  2: "platform account",
  3: "verified contact",
  4: "unverified",
  5: "session trace",
};

/** The readable profile: each value, why it won, who stated it and when; then what does not go by fields. */
export function describeProfile(profile: ShownProfile): string[] {
  const sourceName = (id: string) => {
    const source = profile.sources[id];
    return source == null ? id : `${source.name} (${source.kind})`;
  };
  // Ids of subjects are long; within one profile a number is enough to tell them apart.
  const subjectNumber = new Map(profile.subjects.map((s, i) => [s.id, `#${i + 1}`]));
  const subject = (id: string) => subjectNumber.get(id) ?? id;
  return [
    `Member ${profile.memberId}`,
    `Read for the purpose "${printable(profile.purpose)}"; the read is in the audit log.`,
    "",
    ...describeAttributes(profile, sourceName, subject),
    ...describeWithheld(profile.withheld),
    "",
    ...describeIdentifiers(profile, sourceName, subject),
    "",
    ...(profile.facts === null ? [] : describeFacts(profile.facts)),
    "",
    `Made of ${plural(profile.subjects.length, "subject")}`,
    ...table(
      profile.subjects.map((s) => [
        subject(s.id),
        s.id,
        `known by ${s.anchorKind}${s.anchorIssuer === "" ? "" : ` of ${s.anchorIssuer}`}`,
      ]),
      { indent: "  " },
    ),
  ];
}

function describeAttributes(
  { attributes, withheld }: ShownProfile,
  sourceName: (id: string) => string,
  subject: (id: string) => string,
): string[] {
  const fields = Object.entries(attributes);
  if (fields.length === 0)
    return [
      Object.keys(withheld).length === 0
        ? "No attribute is known."
        : "No attribute may be shown, or none is known.",
    ];
  const lines = ["Attributes"];
  for (const [name, field] of fields) {
    const value = field.value === null ? "(empty)" : printableValue(field.value);
    lines.push(`  ${printable(name)}: ${value}`);
    lines.push(
      `    why: ${BECAUSE[field.because]}${field.verified ? "; verified" : ""}; category ${printable(field.category)}`,
    );
    for (const candidate of field.candidates)
      lines.push(
        ...describeCandidate(candidate, candidate.valueHash !== winnerHash(field), sourceName, subject),
      );
    for (const unset of field.unsets)
      lines.push(
        `    emptied by ${printable(sourceName(unset.source))}, ${shortTime(unset.lastObserved)}, subject ${subject(unset.subject)}`,
      );
  }
  return lines;
}

/** What the purpose does not allow, each reason once. */
function describeWithheld(withheld: ShownProfile["withheld"]): string[] {
  const byReason = new Map<string, string[]>();
  for (const [category, { because }] of Object.entries(withheld))
    byReason.set(because, [...(byReason.get(because) ?? []), category]);
  if (byReason.size === 0) return [];
  return [
    "Withheld",
    ...[...byReason].map(([because, of]) => `  ${of.map(printable).join(", ")}: ${printable(because)}`),
  ];
}

function winnerHash(field: ProfileField): string | null {
  return field.value === null ? null : (field.candidates[0]?.valueHash ?? null);
}

function describeCandidate(
  candidate: Candidate,
  isOther: boolean,
  sourceName: (id: string) => string,
  subject: (id: string) => string,
): string[] {
  const said = isOther
    ? [`    other: ${printableValue(candidate.value)}${candidate.ended ? " (ended: emptied since)" : ""}`]
    : [];
  return [
    ...said,
    ...candidate.lineage.map((l) => {
      const span =
        l.firstObserved === l.lastObserved
          ? shortTime(l.lastObserved)
          : `${shortTime(l.firstObserved)} to ${shortTime(l.lastObserved)}`;
      return `    ${isOther ? "  " : ""}from ${printable(sourceName(l.source))}, ${span}, subject ${subject(l.subject)}, event ${printable(l.eventId)}`;
    }),
  ];
}

function describeIdentifiers(
  profile: ShownProfile,
  sourceName: (id: string) => string,
  subject: (id: string) => string,
): string[] {
  if (profile.identifiers.length === 0) return ["No identifier may be shown."];
  const lines = ["Identifiers"];
  for (const i of profile.identifiers) {
    const kind = i.issuer === "" ? i.kind : `${i.kind} of ${i.issuer}`;
    lines.push(`  ${printable(kind)}: ${printable(i.value)} (${CLASSES[i.class] ?? `class ${i.class}`})`);
    if (i.contested !== null)
      lines.push(`    links nobody, ${printable(i.contested.rule)}: ${printable(i.contested.because)}`);
    for (const e of i.evidence)
      lines.push(
        `    from ${printable(sourceName(e.source))}, first ${shortTime(e.firstObserved)}, last in ` +
          `${printable(e.lastObservedMonth)}, subject ${subject(e.subject)}, event ${printable(e.eventId)}`,
      );
  }
  return lines;
}

function describeFacts(facts: NonNullable<Profile["facts"]>): string[] {
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, n]) => `${name} ${count(n)}`)
      .join(", ");
  const rows: [string, string][] = [
    ["orders", `${count(facts.orders)}, ${plural(facts.returns, "return")}`],
    ["spend", facts.spend.map((m) => money(m.amount, m.currency)).join(", ")],
    ["orders between", [facts.firstOrderDay, facts.lastOrderDay].filter((d) => d !== null).join(" and ")],
    [
      "seen between",
      [facts.firstSeen, facts.lastSeen].flatMap((t) => (t === null ? [] : [shortTime(t)])).join(" and "),
    ],
    ["favourite store", facts.favouriteStore ?? ""],
    ["favourite category", facts.favouriteCategory ?? ""],
    ["channels", counts(facts.channels)],
    ["events", counts(facts.eventCounts)],
  ];
  return [
    "Facts",
    ...table(
      rows.filter(([, value]) => value !== ""),
      { indent: "  " },
    ),
  ];
}
