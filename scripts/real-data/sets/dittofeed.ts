import { readBytes } from "../data.ts";
import type { Installation, SentFile } from "../installation.ts";
import type { Findings } from "../report.ts";
import { countMembers } from "../stored.ts";

const FOLDER = "web/dittofeed";
const NAMES = [
  "users.csv",
  "missing-email-users.csv",
  "missing-headers-users.csv",
  "missing-identifiers.csv",
  "missing-some-identifiers.csv",
  "subscription-group-actions.csv",
];
export const DITTOFEED_FILES = NAMES.map((name) => `${FOLDER}/${name}`);

const FIELDS = { userId: "id", email: "email", firstName: "firstName", lastName: "lastName" };
const USERS = { separator: ",", fields: { ...FIELDS, phone: "phone" } };

/** Lists of users with missing headers, e-mails and identifiers. */
export async function runDittofeed(installation: Installation, findings: Findings): Promise<void> {
  const bad: (string | number)[][] = [];
  const send = async (
    file: string,
    mapping: Readonly<Record<string, unknown>>,
    expected: { accepted: number; quarantined: number },
    label = file,
  ): Promise<SentFile> => {
    const source = await installation.source({ name: label, kind: "members", region: "US", mapping });
    const sent = await installation.send(source, label, readBytes(`${FOLDER}/${file}`));
    findings.file(sent);
    for (const row of sent.rejected) bad.push([label, row.line, row.code, row.detail]);
    findings.check(`${label}: rows accepted`, sent.counts.accepted, expected.accepted);
    findings.check(`${label}: rows quarantined`, sent.counts.quarantined, expected.quarantined);
    return sent;
  };

  await send("users.csv", USERS, { accepted: 5, quarantined: 0 });
  await send("missing-email-users.csv", { ...USERS, fields: FIELDS }, { accepted: 5, quarantined: 0 });
  await send("missing-headers-users.csv", { ...USERS, fields: FIELDS }, { accepted: 0, quarantined: 4 });
  await send(
    "missing-headers-users.csv",
    { ...USERS, fields: FIELDS, header: false, columns: ["id", "email", "firstName", "lastName"] },
    { accepted: 5, quarantined: 0 },
    "missing-headers-users.csv, columns named",
  );
  await send("missing-identifiers.csv", { ...USERS, fields: FIELDS }, { accepted: 0, quarantined: 5 });
  await send("missing-some-identifiers.csv", { ...USERS, fields: FIELDS }, { accepted: 4, quarantined: 1 });
  await send(
    "subscription-group-actions.csv",
    { ...USERS, fields: { ...USERS.fields, "properties.action": { column: "action", required: true } } },
    // One row has no action, and one has a cell less than the header.
    { accepted: 3, quarantined: 2 },
  );
  findings.table("Every row that was not stored", ["file", "line", "code", "because"], bad);
  findings.check("rows explained one by one", bad.length, 4 + 5 + 1 + 2);
  findings.check("people", await countMembers(installation.db), 5);
  await showPhones(installation, findings);
  findings.decide(
    "Of a file without a header the first row is taken for one, which no reader can tell; the other rows say which " +
      "columns are missing, nothing is stored, and the file is sent again once the mapping names the columns.",
  );
  findings.decide(
    "A row with an e-mail but no id is stored under the e-mail, and joins the user who has it: unverified, it attaches " +
      "to the one known member.",
  );
}

/** 1234567890 and its like: numbers of which the plan of the region can assign some. */
async function showPhones(installation: Installation, findings: Findings): Promise<void> {
  const ids = readBytes(`${FOLDER}/users.csv`).toString("utf8").trim().split("\n").slice(1);
  const rows: (string | number)[][] = [];
  for (const line of ids) {
    const [value = "", , , , phone = ""] = line.split(",");
    const profile = await installation.lookup({ kind: "user_id", value });
    const known = profile?.identifiers.find((i) => i.kind === "phone")?.value;
    rows.push([phone, known ?? "no number of the US plan: kept sealed, names nobody"]);
  }
  findings.table("The phone numbers of users.csv, region US", ["written", "identifier"], rows);
}
