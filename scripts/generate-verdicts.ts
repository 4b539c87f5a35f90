import { PROBLEMS } from "../src/kernel/problems.ts";
import { REASONS, type ReasonCode } from "../src/kernel/verdicts.ts";

/** What came of an item with that reason, where it is not `quarantined`. */
const OTHER_VERDICTS: Partial<Record<ReasonCode, string>> = {
  "already-accepted": "duplicate",
  "skipped-by-mapping": "refused",
  "purpose-not-permitted": "refused",
  "counted-without-identity": "refused",
  suppressed: "refused",
};

/** What to do about it. A test asks for one of each. */
export const ADVICE: Partial<Record<ReasonCode, string>> = {
  "not-an-object": "Send objects in `batch`.",
  "invalid-json": "Correct the line in the file; one object a line.",
  "too-deep": "Nest at most 20 levels.",
  "too-large": "One item holds at most 64 KiB and 10,000 list elements; split it.",
  "too-many-keys": "One item holds at most 2,000 keys.",
  "bad-text": "Write the file in one encoding, and state it in the mapping.",
  "unknown-type": "Use `identify`, `track`, `page`, `screen`, `group` or `alias`.",
  "missing-event-name": "Give the `track` its `event`.",
  "invalid-field": "The detail names the field. Correct the sender, or replay with a corrected payload.",
  "missing-field": "The detail names the field; for a file, check its mapping.",
  "invalid-time": "State the date format in the mapping, or send RFC 3339.",
  "time-in-future": "Set the sender's clock, or send `sentAt` so that it is corrected.",
  "invalid-amount": "State `decimal`, `thousands` and the currency; amounts are read exactly or not at all.",
  "missing-currency": "Give the source a `currency`, then replay.",
  "invalid-score": "Correct the score or state `scaleMin` and `scaleMax`.",
  "column-missing":
    "Correct the mapping (`PATCH /v1/sources/{id}`), or say `required: false` there, then replay.",
  "wrong-column-count": "Quote cells that hold the separator.",
  "unclosed-quote": "Double the quotes within a quoted cell, or state `quote` in the mapping.",
  "cell-too-large": "A cell holds at most 64 KiB, a line 1 MiB.",
  "skipped-by-mapping": "Nothing: the mapping's `skip` asks for it. The row is counted and not kept.",
  "missing-identifier": "Send `userId` or `anonymousId`, or map a column that names the person.",
  "blocked-identifier": "Leave the field empty where nobody is known.",
  "invalid-identifier":
    "Check the number's form; give the source a `region` for phone numbers without country code.",
  "conflicting-identifiers": "One item names one person; send two.",
  "already-accepted": "Nothing: it is stored, and was before.",
  "message-id-conflict":
    "Never use a message id twice. Replay with a corrected payload that has an id of its own.",
  "purpose-not-permitted":
    "Give the source a purpose that covers it, or obtain consent first. It is not kept.",
  "counted-without-identity": "Nothing: the person is counted and not known.",
  suppressed: "Nothing: the person was erased. They may join again.",
  "storage-rejected": "Tell whoever runs Candor: the log names the SQLSTATE.",
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] as string).length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c, i) => c.padEnd(widths[i] as number)).join(" | ")} |`;
  return [line(head), `| ${widths.map((w) => "-".repeat(w)).join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** docs/verdicts.md, from the tables of reasons and problems. */
export async function generateVerdicts(): Promise<string> {
  const reasons = (Object.keys(REASONS) as ReasonCode[]).map((code) => [
    `\`${code}\``,
    OTHER_VERDICTS[code] ?? "quarantined",
    REASONS[code],
    ADVICE[code] ?? "",
  ]);
  const problems = Object.entries(PROBLEMS).map(([code, { status, title }]) => [
    `\`${code}\``,
    String(status),
    title,
  ]);
  return `<!-- Generated from src/kernel/verdicts.ts and src/kernel/problems.ts by \`npm run generate\`. -->

# Verdicts and problems

Every item that a source sends gets one verdict. One bad item never harms its neighbours, and nothing is dropped without a
reason that a person can read and a program can match.

| Verdict       | Meaning                                                                                              |
| ------------- | ---------------------------------------------------------------------------------------------------- |
| \`accepted\`    | Stored; it was committed before the answer was sent                                                  |
| \`duplicate\`   | The same message with the same content was stored before. Sending it again changes nothing           |
| \`quarantined\` | Kept sealed, with its reason, for 90 days. Correct what is wrong and replay it; see below            |
| \`refused\`     | Not kept at all, only counted: consent, an erasure or the mapping says that it must not be           |

The verdict stands in the answer to a batch, in the report on a file, in \`candor ingest\`'s report of rejected lines, and under
\`GET /v1/sources/{id}/events/{messageId}\`. Beside its code it has a \`detail\` that says where the fault lies. Neither ever
repeats what was sent.

## Reasons

${table(["Code", "Verdict", "Meaning", "What to do"], reasons)}

Codes are part of the interface: they keep their meaning, and a change gets a line in the changelog.

## Correcting what was quarantined

\`GET /v1/quarantine?code=column-missing\` lists items without their content; \`GET /v1/quarantine/{id}\` opens one, and leaves an
entry in the audit log; a replay leaves one (\`quarantine.replayed\`) in each transaction that stores some of its items. Then
either correct the source and replay all of a reason, or correct one item:

\`\`\`sh
curl -X POST "$CANDOR/v1/quarantine/replay" -H "Authorization: Bearer $KEY" -d '{"reason": "column-missing", "source": "<id>"}'
curl -X POST "$CANDOR/v1/quarantine/replay" -H "Authorization: Bearer $KEY" -d '{"id": "<id>", "payload": {"type": "page", "userId": "M-1"}}'
\`\`\`

What is stored leaves the quarantine; the rest stays with the reason of now. Replaying twice changes nothing.
\`POST /v1/quarantine/discard\` gives items up: their key is destroyed and their content cannot be read any more.

## Problems

When a request fails as a whole it is answered with \`application/problem+json\` (RFC 9457): \`{type, title, status, code, detail?,
errors?, requestId}\`. The title is always the same for a code; \`detail\` and \`errors\` say what is wrong with this request.

${table(["Code", "Status", "Title"], problems)}

\`queue-full\`, \`store-unavailable\` and \`keystore-unavailable\` come with \`Retry-After\` in seconds: nothing of the request was stored,
and sending it again later is right. After any other 4xx sending the same bytes again gives the same answer.
`;
}
