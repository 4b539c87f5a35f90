import { parse } from "csv-parse/sync";
import iconv from "iconv-lite";
import { readText } from "../data.ts";
import { each, type Installation, type Problem } from "../installation.ts";
import type { Findings } from "../report.ts";
import { countMembers, readWholeProfile } from "../stored.ts";

const ADCODES = "chinese/adcodes.csv";
const ADDRESSES = "chinese/addr_give_2000.csv";
export const CHINESE_FILES = [ADCODES, ADDRESSES];

interface Person {
  readonly card: string;
  readonly address: string;
  readonly size: string;
  readonly adcode: string;
  readonly place: string;
}

const MAPPING = {
  separator: ",",
  fields: {
    memberCard: "会员卡号",
    address: "地址",
    "traits.employees": "规模",
    "traits.adcode": "行政区划",
    city: "地区",
  },
};

/** A member list as a company would have it: every division once, each with one of the addresses. */
function listMembers(): Person[] {
  const places = parse(readText(ADCODES), { columns: true }) as Record<string, string>[];
  const addresses = parse(readText(ADDRESSES), { columns: true }) as Record<string, string>[];
  return places.map(({ adcode = "", name = "" }, i) => {
    const found = addresses[i % addresses.length];
    return {
      card: `CN-${String(i + 1).padStart(5, "0")}`,
      address: found?.原始地址 ?? "",
      size: found?.规模 ?? "",
      adcode,
      place: name,
    };
  });
}

/** The list as text; headers in traditional characters where Big5 cannot write the others. */
function asText(people: readonly Person[], headers: readonly string[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = people.map((p) => [p.card, p.address, p.size, p.adcode, p.place].map(cell).join(","));
  return [headers.join(","), ...rows].join("\r\n");
}

const HEADERS = ["会员卡号", "地址", "规模", "行政区划", "地区"];
const BIG5_HEADERS = ["會員卡號", "地址", "規模", "行政區劃", "地區"];

/** Division codes and company addresses, in the encodings that Chinese systems write. */
export async function runChinese(installation: Installation, findings: Findings): Promise<void> {
  const people = listMembers();
  const survivesBig5 = (text: string) => iconv.decode(iconv.encode(text, "big5"), "big5") === text;
  const inBig5 = people.filter((p) => survivesBig5(p.place) && survivesBig5(p.address));

  await askWhenInDoubt(installation, findings, iconv.encode(asText(people.slice(0, 50), HEADERS), "gb18030"));
  const ways: readonly Way[] = [
    { name: "GB18030, stated", encoding: "gb18030", stated: true, people, headers: HEADERS },
    { name: "UTF-8", encoding: "utf8", stated: false, people, headers: HEADERS },
    { name: "UTF-16 with byte order mark", encoding: "utf-16le", stated: false, people, headers: HEADERS },
    { name: "Big5, stated", encoding: "big5", stated: true, people: inBig5, headers: BIG5_HEADERS },
  ];
  for (const way of ways) await tryEncoding(installation, findings, way);
  findings.decide(
    `Big5 has traditional characters only: of ${people.length} rows ${inBig5.length} can be written in it, and those are sent. ` +
      "Both encodings are read because the source states them; a file in neither UTF-8 nor the stated one is refused whole.",
  );
  findings.decide(
    "The sets hold places and addresses but no people, so the script gives each division a card number and an address.",
  );
}

interface Way {
  readonly name: string;
  readonly encoding: string;
  readonly stated: boolean;
  readonly people: readonly Person[];
  readonly headers: readonly string[];
}

async function askWhenInDoubt(installation: Installation, findings: Findings, file: Buffer): Promise<void> {
  const source = await installation.source({ name: "Nothing stated", kind: "members", mapping: MAPPING });
  const answer = await installation.call<Problem>("POST", `/v1/sources/${source.id}/files`, file);
  findings.check(
    "GB18030 without a statement",
    `${answer.status} ${answer.body.code}`,
    "400 unknown-encoding",
  );
  findings.table("What the refusal says", ["detail"], [[answer.body.detail ?? ""]]);
}

async function tryEncoding(installation: Installation, findings: Findings, way: Way): Promise<void> {
  const { name, encoding, people, headers } = way;
  const columns = Object.fromEntries(
    Object.entries(MAPPING.fields).map(([target, column]) => [target, headers[HEADERS.indexOf(column)]]),
  );
  const before = await countMembers(installation.db);
  const source = await installation.source({
    name,
    kind: "members",
    identifiers: { member_id: { namespace: name } },
    mapping: { ...MAPPING, fields: columns, ...(way.stated ? { encoding } : {}) },
  });
  const file = iconv.encode(asText(people, headers), encoding, { addBOM: encoding === "utf-16le" });
  const sent = await installation.send(source, name, file);
  findings.file(sent);
  findings.check(`${name}: members`, (await countMembers(installation.db)) - before, people.length);
  // Every row of the smaller lists, every seventh of the large ones: each is a look-up that leaves an audit entry.
  const asked = people.filter((_, i) => people.length < 1_000 || i % 7 === 0);
  let same = 0;
  let firstBad: string | undefined;
  await each(asked, async (person) => {
    const profile = await installation.lookup({ kind: "member_id", value: person.card, issuer: name });
    const whole = await readWholeProfile(installation, {
      kind: "member_id",
      issuer: name,
      value: person.card,
    });
    const told = (field: string) => String(profile?.attributes[field]?.value ?? "");
    const isSame =
      // The white space around a cell is not part of it.
      told("address") === person.address.trim() &&
      told("employees") === person.size &&
      // The door gives out what a schema classifies; the code is sealed as unclassified.
      String(whole?.attributes.adcode?.value) === person.adcode &&
      told("city") === person.place;
    if (isSame) same++;
    else firstBad ??= person.card;
  });
  findings.checkAll(`${name}: profiles whose text came through`, same, asked.length, firstBad);
}
