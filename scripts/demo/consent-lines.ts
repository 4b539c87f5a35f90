import type { ConsentSummary } from "./show-consents.ts";
import { columns } from "./table.ts";
import type { Json } from "./talk.ts";

const indent = (lines: readonly string[], by = "  "): string[] => lines.map((line) => `${by}${line}`);

/** What the demo shows of consents and recipients, as people read it. */
export function consentLines(consents: ConsentSummary): string[] {
  const { notices, sent, states, recipients, sameMember, leaver } = consents;
  const said = Object.entries(sent);
  return [
    "Consents",
    ...indent([
      `published notices: ${notices.map((n) => `${n.id}/${n.version}`).join(", ")}; in ${[...new Set(notices.flatMap((n) => n.locales))].join(", ")}`,
      said.length === 0
        ? "recorded by an earlier run"
        : `recorded through: ${said.map(([door, n]) => `${door} ${n.toLocaleString("en")}`).join(", ")}`,
    ]),
    ...indent(
      columns(
        states.map(({ state, count, example }) => [state, String(count), example?.because ?? ""]),
        1,
        [2],
      ),
    ),
    "",
    "Two recipients",
    ...indent(
      columns(
        recipients.map((r) => [r.name, `for ${r.purpose}`, `${r.members.toLocaleString("en")} members`]),
        2,
      ),
    ),
    ...(sameMember === null
      ? []
      : [
          `  member ${sameMember.memberId} as each is given it:`,
          ...sameMember.views.flatMap((view) => [
            `    ${view.recipient} knows it as ${view.member}`,
            `      given:    ${brief(view.given)}`,
            ...(Object.keys(view.withheld).length === 0 ? [] : [`      withheld: ${pairs(view.withheld)}`]),
          ]),
        ]),
    ...(leaver === null
      ? []
      : [
          `  member ${leaver.memberId} turned marketing off on the preference page:`,
          ...indent(
            columns(
              leaver.told.map((t) => [t.recipient, t.reason === null ? t.kind : `${t.kind} (${t.reason})`]),
              2,
            ),
            "    ",
          ),
          ...(leaver.secondsToTombstone === null
            ? []
            : [`    the tombstone was in the feed after ${leaver.secondsToTombstone.toFixed(2)} s`]),
        ]),
  ];
}

function pairs(of: Json): string {
  return Object.entries(of)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(", ");
}

/** Names with short values; what is long is only named. */
function brief(given: Json): string {
  const parts = Object.entries(given).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length <= 40 ? `${name} ${text}` : name;
  });
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
