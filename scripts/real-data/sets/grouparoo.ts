import { parse } from "csv-parse/sync";
import { readBytes, readText } from "../data.ts";
import { each, type Installation } from "../installation.ts";
import { type Findings, money } from "../report.ts";
import { countMembers, readWholeProfile } from "../stored.ts";

const FOLDER = "web/grouparoo";
export const GROUPAROO_FILES = ["users", "purchases", "payments", "accounts", "plans", "admins"].map(
  (name) => `${FOLDER}/${name}.csv`,
);

type Row = Readonly<Record<string, string>>;

function readTable(name: string): readonly Row[] {
  return parse(readText(`${FOLDER}/${name}.csv`), { columns: true }) as Row[];
}

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id ?? "", row]));
}

/** Users with the name and the plan of their account beside them: the sender's own join, as an export would do it. */
function joinedUsers(): readonly Row[] {
  const [accounts, plans] = [byId(readTable("accounts")), byId(readTable("plans"))];
  return readTable("users").map((user) => {
    const account = accounts.get(user.account_id ?? "");
    return {
      ...user,
      account_name: account?.name ?? "",
      plan: plans.get(account?.plan_id ?? "")?.name ?? "",
    };
  });
}

function cents(price: string): number {
  const [whole = "0", fraction = ""] = price.split(".");
  return Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
}

/** A demo web shop: users, what they bought, and the accounts that pay. */
export async function runGrouparoo(installation: Installation, findings: Findings): Promise<void> {
  const users = joinedUsers();
  await sendUsers(installation, findings, users);
  await sendPurchases(installation, findings);
  await sendPayments(installation, findings);
  await sendAdmins(installation, findings);
  await compareUsers(installation, findings, users);
}

async function sendUsers(
  installation: Installation,
  findings: Findings,
  users: readonly Row[],
): Promise<void> {
  const source = await installation.source({
    name: "Grouparoo users",
    kind: "members",
    mapping: {
      format: "ndjson",
      fields: {
        userId: "id",
        firstName: "first_name",
        lastName: "last_name",
        email: "email",
        gender: { column: "gender", transform: "lower" },
        language: "language",
        "traits.avatar": "avatar",
        "traits.company": "account_name",
        "traits.plan": "plan",
        deleted: "deactivated",
      },
    },
  });
  const sent = await installation.send(
    source,
    "users joined with accounts and plans",
    users.map((u) => JSON.stringify(u)).join("\n"),
  );
  findings.file(sent);
  findings.check("users accepted", sent.counts.accepted, 1_000);
  findings.check("users are members", await countMembers(installation.db), 1_000);
}

async function sendPurchases(installation: Installation, findings: Findings): Promise<void> {
  const source = await installation.source({
    name: "Grouparoo purchases",
    kind: "web",
    currency: "USD",
    mapping: {
      event: "sale",
      separator: ",",
      fields: {
        orderId: "id",
        userId: "user_id",
        productId: "item",
        category: "category",
        amount: "price",
        // The table has no times.
        occurredAt: { const: "2021-01-01" },
      },
      skip: [{ when: { column: "state", equals: "failed" }, reason: "the payment failed" }],
    },
  });
  const sent = await installation.send(source, "purchases.csv", readBytes(`${FOLDER}/purchases.csv`));
  findings.file(sent);
  const failed = readTable("purchases").filter((p) => p.state === "failed").length;
  findings.check("purchases accepted", sent.counts.accepted, 1_000 - failed);
  findings.check("failed purchases left out by the mapping", sent.counts.refused, failed);
  findings.check(
    "purchases joined users by their id, so members",
    await countMembers(installation.db),
    1_000,
  );
}

async function sendPayments(installation: Installation, findings: Findings): Promise<void> {
  const source = await installation.source({
    name: "Grouparoo payments",
    kind: "web",
    currency: "USD",
    mapping: {
      event: "sale",
      separator: ",",
      fields: { orderId: "id", amount: "amount", occurredAt: { const: "2021-01-01" }, tender: "state" },
    },
  });
  const sent = await installation.send(source, "payments.csv", readBytes(`${FOLDER}/payments.csv`));
  findings.file(sent);
  findings.check("payments quarantined", sent.counts.quarantined, 1_000);
  findings.check("payments: reason", sent.reasons.map((r) => r.code).join(", "), "missing-identifier");
  findings.decide(
    "A payment names an account, which is a company of many users, and nobody in particular. Candor keeps people, so " +
      "every payment is explained and none is put on a person by guess.",
  );
}

async function sendAdmins(installation: Installation, findings: Findings): Promise<void> {
  const source = await installation.source({
    name: "Grouparoo admins",
    kind: "members",
    // Their ids count anew from 1: without a namespace admin 1 would be user 1.
    identifiers: { user_id: { namespace: "admins" } },
    mapping: {
      separator: ",",
      fields: { userId: "id", firstName: "first_name", lastName: "last_name", email: "email" },
    },
  });
  const sent = await installation.send(source, "admins.csv", readBytes(`${FOLDER}/admins.csv`));
  findings.file(sent);
  findings.check("admins are people of their own", await countMembers(installation.db), 1_000 + 25);
}

/** Every user's profile through the door, against the three tables joined by hand. */
async function compareUsers(
  installation: Installation,
  findings: Findings,
  users: readonly Row[],
): Promise<void> {
  const bought = new Map<string, { orders: number; cents: number }>();
  for (const { user_id = "", state, price = "" } of readTable("purchases")) {
    if (state !== "successful") continue;
    const sum = bought.get(user_id) ?? { orders: 0, cents: 0 };
    bought.set(user_id, { orders: sum.orders + 1, cents: sum.cents + cents(price) });
  }
  let equal = 0;
  let spent = 0;
  let left = 0;
  let firstBad: string | undefined;
  await each(users, async (user) => {
    const profile = await installation.lookup({ kind: "user_id", value: user.id ?? "", issuer: "" });
    const whole = await readWholeProfile(installation, { kind: "user_id", issuer: "", value: user.id ?? "" });
    const sum = bought.get(user.id ?? "") ?? { orders: 0, cents: 0 };
    const amount = profile?.facts?.spend[0]?.amount ?? 0;
    spent += amount;
    if ((profile?.facts?.eventCounts["member.deleted"] ?? 0) > 0) left++;
    const isSame =
      profile?.facts?.orders === sum.orders &&
      amount === sum.cents &&
      profile.attributes.lastName?.value === user.last_name &&
      (profile.attributes.company?.value ?? "") === user.account_name &&
      // Nobody has classified the plan, so the door keeps it back.
      profile.attributes.plan === undefined &&
      (whole?.attributes.plan?.value ?? "") === user.plan;
    if (isSame) equal++;
    else firstBad ??= `user ${user.id}`;
  });
  findings.checkAll("profiles that equal the joined tables", equal, users.length, firstBad);
  const total = [...bought.values()].reduce((n, b) => n + b.cents, 0);
  findings.check("total of successful purchases", money(spent, "USD"), money(total, "USD"));
  findings.check("deactivated users", left, users.filter((u) => u.deactivated === "true").length);
}
