import { existsSync } from "node:fs";
import { IMPORT_TABLE } from "../test/architecture/import-rules.ts";

const WHAT: Readonly<Record<string, string>> = {
  kernel: "ids, clock, money, results, problems: pure",
  db: "one face of PGlite and PostgreSQL, migrations",
  vault: "field encryption, subject keys, keystore, blind indexes",
  audit: "the log of acts, staged with the act, numbered by one sequencer",
  events: "the canonical event, its fields and marks",
  jobs: "work in the background",
  outbound: "the only door for calls to foreign addresses",
  mail: "templates, SMTP, outbox",
  i18n: "catalogues",
  consent: "purposes, notices, ledger, decisions",
  members: "identifiers, subjects, evidence, resolution, profiles",
  pipelines: "sources, mapping, ingestion, quarantine",
  recipients: "what downstream systems are given",
  staff: "people and programs that may enter, API keys",
  http: "Express: mounting, authentication, problems, OpenAPI",
  cli: "the candor command",
};

const ROOT_ROOMS = new Set(["consent", "surveys", "pipelines"]);

function stands(room: string): boolean {
  const path = ROOT_ROOMS.has(room) ? `../${room}` : `../src/${room}`;
  return existsSync(new URL(path, import.meta.url));
}

/** Direct arrows only: what is reached through another room anyway would hide the shape. */
function reduced(table: ReadonlyMap<string, readonly string[]>): [string, string][] {
  const arrows: [string, string][] = [];
  for (const [room, may] of table) {
    for (const other of may) {
      const throughAnother = may.some((m) => m !== other && (table.get(m) ?? []).includes(other));
      if (!throughAnother) arrows.push([room, other]);
    }
  }
  return arrows;
}

/** The import table as a picture and a list: the same table that the architecture test holds. */
export async function generateImportTable(): Promise<string> {
  const table = new Map<string, readonly string[]>();
  for (const [room, may] of Object.entries(IMPORT_TABLE)) {
    if (may !== "every room" && WHAT[room] !== undefined && stands(room)) {
      table.set(
        room,
        may.filter((m) => WHAT[m] !== undefined && stands(m)),
      );
    }
  }
  const arrows = reduced(table).map(([from, to]) => `  ${from} --> ${to}`);
  const rows = [...table].map(
    ([room, may]) => `| \`${room}\` | ${WHAT[room]} | ${may.length === 0 ? "nothing" : may.join(", ")} |`,
  );
  return [
    "# Who may import whom",
    "",
    "Made by `npm run generate` from the table that `test/architecture` enforces. An arrow means “may import”; what a room",
    "reaches through another is left out of the picture and stands in the list. `http` and `cli` may import every room's",
    "door, nobody imports them; `src/app` wires everything.",
    "",
    "```mermaid",
    "flowchart TD",
    "  http & cli --> pipelines",
    ...arrows,
    "```",
    "",
    "| Room | Holds | May import |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
