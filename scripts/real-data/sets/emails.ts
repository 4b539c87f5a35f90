import { XMLParser } from "fast-xml-parser";
import { readText } from "../data.ts";
import type { Installation } from "../installation.ts";
import type { Findings } from "../report.ts";

const FILE = "normalise/email/tests.xml";
export const EMAIL_FILES = [FILE];

interface Vector {
  readonly address: string;
  readonly category: string;
  readonly diagnosis: string;
}

/** The vectors, with the pictures of control characters (U+2400 and on) turned back into what they picture. */
function readVectors(): Vector[] {
  const parser = new XMLParser({ trimValues: false, htmlEntities: true, isArray: (name) => name === "test" });
  const document = parser.parse(readText(FILE)) as {
    tests: { test: { address: unknown; category: unknown; diagnosis: unknown }[] };
  };
  return document.tests.test.map(({ address, category, diagnosis }) => ({
    address: String(address ?? "").replace(/[\u2400-\u247f]/g, (c) =>
      String.fromCharCode(c.charCodeAt(0) - 0x2400),
    ),
    category: String(category).replace(/^ISEMAIL_/, ""),
    diagnosis: String(diagnosis).replace(/^ISEMAIL_/, ""),
  }));
}

/** The isemail vectors: 164 addresses, each with what the RFCs say of it. */
export async function runEmails(installation: Installation, findings: Findings): Promise<void> {
  const vectors = readVectors();
  const source = await installation.source({
    name: "isemail",
    kind: "members",
    mapping: { format: "ndjson", fields: { email: "email", "traits.vector": "id" } },
  });
  const lines = vectors.map((v, i) => JSON.stringify({ id: `v${i + 1}`, email: v.address }));
  const sent = await installation.send(source, "tests.xml", lines.join("\n"));
  findings.file(sent);
  const rejected = new Map(sent.rejected.map((r) => [r.line, r]));
  const rows = new Map<string, { all: number; accepted: number; codes: Set<string> }>();
  const valid = new Set(vectors.filter((v) => v.category === "VALID_CATEGORY").map((v) => v.address));
  const strayed: string[] = [];
  let trimmed = 0;
  let wrong = 0;
  vectors.forEach(({ address, category, diagnosis }, i) => {
    const row = rows.get(category) ?? { all: 0, accepted: 0, codes: new Set<string>() };
    const why = rejected.get(i + 1);
    row.all++;
    if (why === undefined) row.accepted++;
    else row.codes.add(why.code);
    rows.set(category, row);
    const isGood = category === "VALID_CATEGORY" || category === "DNSWARN";
    const isBad = category === "ERR";
    if (isBad && why === undefined) {
      // A cell loses the white space around it, line breaks too, before it is an address.
      if (address !== address.trim() && valid.has(address.trim())) trimmed++;
      else wrong++;
    }
    if ((isGood && why !== undefined) || (isBad && why === undefined))
      strayed.push(`#${i + 1} ${diagnosis} ${why === undefined ? "accepted" : why.code}`);
  });
  findings.table(
    "By what the RFCs say",
    ["category", "addresses", "accepted", "rejected as"],
    [...rows].map(([category, r]) => [category, r.all, r.accepted, [...r.codes].join(", ")]),
  );
  const right = vectors.length - strayed.length;
  findings.check("vectors", vectors.length, 164);
  findings.check(
    "rows with a verdict",
    sent.counts.accepted + sent.counts.duplicate + sent.counts.quarantined,
    164,
  );
  findings.check("errors accepted that are errors without outer white space too", wrong, 0);
  findings.check(
    "VALID and DNSWARN rejected: placeholders such as test@test.com",
    strayed.length - trimmed - wrong,
    1,
  );
  findings.table(
    `Where Candor differs from the vectors' VALID, DNSWARN and ERR (it agrees on ${right})`,
    ["vector"],
    strayed.map((s) => [s]),
  );
  findings.decide(
    `${trimmed} vectors are good addresses with a line break before or behind: a cell is trimmed first, so they are read.`,
  );
  findings.decide(
    "What RFC 5322 permits besides (quoted names, comments, folded lines, address literals) is a slip in customer data " +
      "and is rejected with a reason. Whether a domain answers is not asked, so DNS warnings are accepted.",
  );
}
