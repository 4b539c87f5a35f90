import type { Installation } from "../installation.ts";
import type { Findings } from "../report.ts";
import { readLinkageSet, tryWays, type Way } from "./linkage.ts";

const FEBRL = ["identity/febrl/febrl1.csv", "identity/febrl/febrl2.csv"];
const FAKE = "identity/fake1000/fake_1000.csv";
export const FEBRL_FILES = FEBRL;
export const FAKE_FILES = [FAKE];

const [GIVEN, SURNAME, BORN, POSTCODE, SUBURB, STREET, NUMBER] = [
  "given_name",
  "surname",
  "date_of_birth",
  "postcode",
  "suburb",
  "address_1",
  "street_number",
] as const;

/** Keys of three parts of which no two people of either set share one. */
const SAFE_KEYS = [
  [BORN, SURNAME, POSTCODE],
  [BORN, GIVEN, SURNAME],
  [BORN, GIVEN, POSTCODE],
  [BORN, SURNAME, SUBURB],
  [BORN, GIVEN, STREET],
  [GIVEN, SURNAME, POSTCODE],
] as const;

const FEBRL_WAYS: readonly Way[] = [
  { label: "birth date + surname + postcode", keys: [[BORN, SURNAME, POSTCODE]], isExact: true },
  { label: "birth date + given name + surname", keys: [[BORN, GIVEN, SURNAME]], isExact: true },
  { label: "birth date + given name + postcode", keys: [[BORN, GIVEN, POSTCODE]], isExact: true },
  { label: "given name + surname + postcode", keys: [[GIVEN, SURNAME, POSTCODE]], isExact: true },
  { label: "birth date + postcode", keys: [[BORN, POSTCODE]], isExact: false },
  { label: "birth date + surname", keys: [[BORN, SURNAME]], isExact: false },
  { label: "birth date + house number", keys: [[BORN, NUMBER]], isExact: false },
  { label: "surname + postcode", keys: [[SURNAME, POSTCODE]], isExact: false },
  { label: "given name + surname", keys: [[GIVEN, SURNAME]], isExact: false },
  { label: "any of six keys of three parts", keys: SAFE_KEYS, isExact: true },
];

/** febrl: people with typing slips and gaps, and no identifier at all. */
export async function runFebrl(installation: Installation, findings: Findings): Promise<void> {
  for (const path of FEBRL) {
    const truthOf = (row: Readonly<Record<string, string>>) => /^rec-(\d+)/.exec(row.rec_id ?? "")?.[1] ?? "";
    const set = readLinkageSet(path, ["rec_id"], truthOf, {
      firstName: GIVEN,
      lastName: SURNAME,
      address: { columns: [NUMBER, STREET, "address_2"] },
      "traits.district": SUBURB,
      postcode: POSTCODE,
      "traits.state": "state",
      birthday: BORN,
    });
    await tryWays(installation, findings, set, FEBRL_WAYS);
  }
  findings.decide(
    "Deterministic rules only: a key joins records whose parts are equal after folding case, width and spaces, and a " +
      "record with a gap in a part has no such key. What is missed is what was misspelt; what is joined is right.",
  );
  findings.decide(
    "Keys of two parts that look as good on 1,000 records make wrong pairs among 5,000 (birth date + surname, given " +
      "name + surname). Birth date + postcode makes none here and has the best recall of a single key, but twins and " +
      "neighbours share one: it is printed, not recommended.",
  );
  findings.decide("rec_id holds the truth and is not sent: each record goes under a number of its own.");
}

const FAKE_WAYS: readonly Way[] = [
  { label: "e-mail, not vouched for", keys: [], email: "unverified", isExact: true },
  { label: "e-mail, vouched for", keys: [], email: "verified", isExact: true },
  { label: "first name + surname + birth date", keys: [["first_name", "surname", "dob"]], isExact: true },
  { label: "surname + birth date", keys: [["surname", "dob"]], isExact: true },
  { label: "birth date + city", keys: [["dob", "city"]], isExact: false },
  {
    label: "e-mail, or name + birth date",
    keys: [["first_name", "surname", "dob"]],
    email: "unverified",
    isExact: true,
  },
  {
    label: "e-mail, or either name + birth date",
    keys: [
      ["surname", "dob"],
      ["first_name", "dob"],
    ],
    email: "unverified",
    isExact: true,
  },
  {
    label: "e-mail, vouched for, or either name + birth date",
    keys: [
      ["surname", "dob"],
      ["first_name", "dob"],
    ],
    email: "verified",
    isExact: true,
  },
];

/** fake_1000: people with noisy names and e-mails. */
export async function runFake1000(installation: Installation, findings: Findings): Promise<void> {
  const set = readLinkageSet(FAKE, ["unique_id", "cluster"], (row) => row.cluster ?? "", {
    firstName: "first_name",
    lastName: "surname",
    city: "city",
    birthday: "dob",
  });
  await tryWays(installation, findings, set, FAKE_WAYS);
  findings.decide(
    "An e-mail that the source vouches for makes a known member, and an unverified key never joins two known members: " +
      "such pairs wait in the review list instead. So vouching for e-mails lowers what composite keys may add.",
  );
  findings.decide(
    "The column cluster holds the truth and is not sent; neither is the clerical labels' file.",
  );
}
