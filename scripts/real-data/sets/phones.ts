import { type CountryCode, getCountryCallingCode } from "libphonenumber-js";
import { readText } from "../data.ts";
import type { Installation } from "../installation.ts";
import { type Findings, mergeRuns } from "../report.ts";
import { countMembers } from "../stored.ts";

const FILE = "normalise/phone/examples.mobile.json";
export const PHONE_FILES = [FILE];

/** One mobile number of every region, written as at home, through a source of that region. */
export async function runPhones(installation: Installation, findings: Findings): Promise<void> {
  const examples = Object.entries(JSON.parse(readText(FILE)) as Record<string, string>);
  const runs = [];
  const unread: string[] = [];
  const e164 = new Set<string>();
  let found = 0;
  for (const [region, national] of examples) {
    const source = await installation.source({
      name: `Members in ${region}`,
      kind: "members",
      region,
      mapping: { separator: ",", fields: { phone: "phone" } },
    });
    const sent = await installation.send(source, region, `phone\n${national}\n`);
    runs.push(sent);
    if (sent.counts.accepted !== 1) unread.push(region);
    const international = `+${getCountryCallingCode(region as CountryCode)}${national}`;
    e164.add(international);
    const profile = await installation.lookup({ kind: "phone", value: international });
    if (profile?.identifiers.some((i) => i.kind === "phone" && i.value === international)) found++;
  }
  findings.file(mergeRuns(`${examples.length} regions`, runs));
  findings.checkAll(
    "regions whose number is read as written at home",
    examples.length - unread.length,
    examples.length,
  );
  findings.checkAll("found again by +, country code and number", found, examples.length);
  findings.check("people: one for each number", await countMembers(installation.db), e164.size);
  findings.decide(
    `${examples.length} regions have ${e164.size} different numbers: regions that share a country code and a plan (+61 in Australia ` +
      "and on its islands, +44, +47, +358 …) share examples, and one number is one person wherever it is written.",
  );
  if (unread.length > 0) findings.decide(`Not read: ${unread.join(", ")}.`);
}
