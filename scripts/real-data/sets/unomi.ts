import type { Profile } from "../../../src/members/index.ts";
import { listFiles, readBytes, readText } from "../data.ts";
import type { Installation, SentFile, Source } from "../installation.ts";
import type { Findings } from "../report.ts";
import { countMembers, readWholeProfile } from "../stored.ts";

const FOLDER = "web/unomi";
const SCHEMAS = `${FOLDER}/schemas`;
export const UNOMI_FILES = [FOLDER, SCHEMAS];

/** How the surfers' columns are called in the first and third file, and in the second. */
const COLUMNS = {
  first: ["Linkedin ID", "Last Name", "Email", "Facebook ID", "Gender", "Alive", "City", "To Delete"],
  second: ["idnum", "last", "email", "fbid", "gender", "alive", "city", "delete"],
} as const;

function surferMapping(names: keyof typeof COLUMNS): Readonly<Record<string, unknown>> {
  const [linkedin, name, email, facebook, gender, alive, city, toDelete] = COLUMNS[names];
  return {
    separator: ";",
    fields: { name, email, gender, city, "traits.alive": alive },
    identifiers: [
      { kind: "linkedin_id", column: linkedin },
      { kind: "facebook", column: facebook },
    ],
    delete: { when: { column: toDelete, equals: ["TRUE"] } },
  };
}

function surfers(name: string, namespace: string): Readonly<Record<string, unknown>> {
  return {
    name,
    kind: "members",
    identifiers: { email: { namespace }, linkedin_id: { namespace }, facebook: { namespace } },
    mapping: surferMapping("first"),
  };
}

/** Sends one of the surfers' files after telling the source how that file names its columns. */
async function sendSurfers(
  installation: Installation,
  source: Source,
  file: string,
  query: Readonly<Record<string, string>> = {},
  label = file,
): Promise<SentFile> {
  const mapping = surferMapping(file === OVERWRITE ? "second" : "first");
  const changed = await installation.call("PATCH", `/v1/sources/${source.id}`, { mapping });
  if (changed.status !== 200) throw new Error(`PATCH /v1/sources answered ${changed.status}`);
  return installation.send(source, label, readBytes(`${FOLDER}/${file}`), query);
}

const IMPORT = "2-surfers-test.csv";
const OVERWRITE = "3-surfers-overwrite-test.csv";
const DELETE = "4-surfers-delete-test.csv";
const SURFERS = 36;

/** The files that Apache Unomi tests its profile import with, and the events it tests its schemas with. */
export async function runUnomi(installation: Installation, findings: Findings): Promise<void> {
  await importSurfers(installation, findings);
  await importOthers(installation, findings);
  await sendEvents(installation, findings);
}

async function importSurfers(installation: Installation, findings: Findings): Promise<void> {
  const source = await installation.source(surfers("Surfers", ""));
  const send = async (file: string, day: number, label = file) => {
    const writtenAt = `2026-11-0${day}T09:00:00Z`;
    const sent = await sendSurfers(installation, source, file, { writtenAt }, label);
    findings.file(sent);
    return sent;
  };
  const first = await send(IMPORT, 1);
  findings.check("surfers imported", first.counts.accepted, SURFERS);
  findings.check("surfers known", await countMembers(installation.db), SURFERS);
  await countProfiles(
    installation,
    findings,
    "alive after the import",
    (p) => shown(p, "alive") === "TRUE",
    SURFERS,
  );

  await send(OVERWRITE, 2);
  findings.check("surfers known after the overwrite", await countMembers(installation.db), SURFERS);
  await countProfiles(
    installation,
    findings,
    "not alive after it",
    (p) => shown(p, "alive") === "FALSE",
    SURFERS,
  );
  await countProfiles(
    installation,
    findings,
    "who keep what was said before beside it",
    (p) => p.attributes.alive?.candidates.length === 2,
    SURFERS,
  );

  await send(DELETE, 3);
  findings.check("surfers known after the deletion", await countMembers(installation.db), SURFERS);
  await countProfiles(
    installation,
    findings,
    "who left the list",
    (p) => (p.facts?.eventCounts["member.deleted"] ?? 0) > 0,
    SURFERS,
  );
  const again = await send(IMPORT, 1, `${IMPORT} again`);
  findings.check("accepted when the first is sent again", again.counts.accepted, 0);
  const given = await installation.lookup({ kind: "linkedin_id", value: "1", issuer: "" });
  findings.check(
    "the door under `service` gives a field that nobody classified",
    String("alive" in (given?.attributes ?? {})),
    "false",
  );
  findings.decide(
    "Rows of a list without times are dated by their file, so each file is sent with writtenAt, a day apart: the newer " +
      "value wins, the older stays with its lineage. A delete flag is stored as member.deleted and empties nothing: " +
      "taking somebody off a list is not a request for erasure. What else such a row says is kept like any other.",
  );
  await overwriteOnOneDay(installation, findings);
}

function shown(profile: Profile, field: string): unknown {
  return profile.attributes[field]?.value;
}

async function countProfiles(
  installation: Installation,
  findings: Findings,
  what: string,
  holds: (profile: Profile) => boolean,
  expected: number,
  issuer = "",
): Promise<void> {
  findings.check(`surfers ${what}`, (await filterProfiles(installation, holds, issuer)).length, expected);
}

async function filterProfiles(
  installation: Installation,
  holds: (profile: Profile) => boolean,
  issuer: string,
): Promise<Profile[]> {
  const found: Profile[] = [];
  for (let i = 1; i <= SURFERS; i++) {
    const profile = await readWholeProfile(installation, { kind: "linkedin_id", issuer, value: String(i) });
    if (profile !== null && holds(profile)) found.push(profile);
  }
  return found;
}

/** Both files on one day: as they are, and with the time at which each was written. */
async function overwriteOnOneDay(installation: Installation, findings: Findings): Promise<void> {
  const isNewer = (p: Profile) => shown(p, "alive") === "FALSE";
  const because = (profiles: readonly Profile[]) =>
    [...new Set(profiles.map((p) => p.attributes.alive?.because))].join(", ");

  const source = await installation.source(surfers("Surfers, both files on one day", "undated"));
  for (const file of [IMPORT, OVERWRITE]) await sendSurfers(installation, source, file);
  const undated = await filterProfiles(installation, () => true, "undated");
  const later = await installation.source(surfers("Surfers, both files on one day, dated", "dated"));
  await sendSurfers(installation, later, IMPORT, { writtenAt: "2026-11-01T09:00:00Z" });
  await sendSurfers(installation, later, OVERWRITE, { writtenAt: "2026-11-01T09:05:00Z" });
  const dated = await filterProfiles(installation, () => true, "dated");

  findings.table(
    "An overwrite on the day of the import",
    ["both files", "surfers", "show the newer value", "because"],
    [
      ["undated", undated.length, undated.filter(isNewer).length, because(undated)],
      ["with writtenAt five minutes apart", dated.length, dated.filter(isNewer).length, because(dated)],
    ],
  );
  findings.check("surfers overwritten on the same day, dated", dated.filter(isNewer).length, SURFERS);
  findings.decide(
    "Two undated lists of one day say two things at one time. Order of arrival never decides, so the value's hash does: " +
      "whoever sends several a day states writtenAt.",
  );
}

async function importOthers(installation: Installation, findings: Findings): Promise<void> {
  const send = async (file: string, input: Readonly<Record<string, unknown>>, expected: number) => {
    const source: Source = await installation.source({ name: file, kind: "members", ...input });
    const sent = await installation.send(source, file, readBytes(`${FOLDER}/${file}`));
    findings.file(sent);
    findings.check(`${file}: rows accepted`, sent.counts.accepted, expected);
  };
  const before = await countMembers(installation.db);
  await send(
    "1-basic-test.csv",
    {
      mapping: {
        separator: ",",
        header: false,
        columns: ["email", "first", "last", "city"],
        fields: { email: "email", firstName: "first", lastName: "last", city: "city" },
      },
    },
    3,
  );
  await send(
    "5-ranking-test.csv",
    {
      mapping: {
        separator: ";",
        fields: {
          name: "Name",
          "traits.nationality": "Nationality",
          "traits.age": "Age",
          city: "City",
          "traits.rank": "Rank",
        },
        identifiers: [{ kind: "uci_id", column: "UCI ID" }],
      },
    },
    25,
  );
  await send(
    "6-actors-test.csv",
    {
      mapping: {
        separator: ";",
        fields: { name: "Last name", email: "email", "traits.genres": "Movie genres", city: "City" },
        identifiers: [{ kind: "twitter_id", column: "Twitter Id" }],
      },
    },
    6,
  );
  findings.check("members these three add", (await countMembers(installation.db)) - before, 3 + 25 + 6);
  const actor = await installation.lookup({ kind: "email", value: "jean@darc.com" });
  findings.check(
    "a quoted separator stays in its cell",
    String(actor?.attributes.name?.value),
    "Jeanne; D'arc",
  );
}

/** Unomi's events, sent as lines of JSON: Candor takes foreign properties and seals what no mapping names. */
async function sendEvents(installation: Installation, findings: Findings): Promise<void> {
  const files = listFiles(SCHEMAS).filter((f) => /^event-(dummy|flattened|view)/.test(f));
  const source = await installation.source({
    name: "Unomi events",
    kind: "web",
    mapping: {
      format: "ndjson",
      event: "track",
      fields: {
        eventName: "eventType",
        occurredAt: { const: "2026-11-01T09:00:00Z" },
        anonymousId: { const: "dummy-session-id" },
      },
    },
  });
  const lines = files.map((file) => readText(`${SCHEMAS}/${file}`).replace(/\s*\n\s*/g, " "));
  const sent = await installation.send(source, `${files.length} events`, lines.join("\n"));
  findings.file(sent);
  const codeOf = (line: number) => sent.rejected.find((r) => r.line === line)?.code;
  findings.table(
    "Unomi's events through the file door",
    ["event", "for Unomi", "in Candor"],
    files.map((file, i) => [
      file,
      file.includes("invalid") ? "invalid" : !isJson(lines[i] ?? "") ? "a template, no JSON" : "valid",
      codeOf(i + 1) ?? "accepted",
    ]),
  );
  const noJson = lines.filter((line) => !isJson(line)).length;
  const codes = sent.rejected.map((r) => r.code);
  findings.check("events that are no JSON", codes.filter((c) => c === "invalid-json").length, noJson);
  findings.check("events accepted", sent.counts.accepted + sent.counts.duplicate, files.length - noJson);
  findings.decide(
    "The events that Unomi's own schemas call invalid carry properties that these do not name, or of another type. " +
      "Candor has no schemas of the sender's: what no mapping names is sealed as unclassified and given to nobody, so " +
      "they are accepted. The schema documents themselves are not data about people and are not sent.",
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
