import { randomBytes } from "node:crypto";
import { STAFF_ROLES, type StaffRole } from "../../src/kernel/route.ts";
import type { Staff } from "../../src/staff/index.ts";
import { callJson } from "./staff-doors.ts";

/** A log-in that works for one demo. */
export interface DemoLogIn {
  readonly role: StaffRole;
  readonly email: string;
  readonly password: string;
}

const NAMES: Readonly<Record<StaffRole, string>> = {
  admin: "Ada Admin",
  compliance: "Connie Compliance",
  cx: "Chris Experience",
  store: "Sam Store",
  analyst: "Ana Lyst",
  auditor: "Otto Auditor",
};

/**
 * Asks for something that a second person has to approve, as the compliance officer: consents to marketing shall last a
 * year. Asked again it is the same wish still.
 */
export async function askSecondOpinion(
  server: { readonly url: string; readonly adminKey: string },
  logIns: readonly DemoLogIn[],
): Promise<void> {
  const officer = logIns.find(({ role }) => role === "compliance");
  if (officer === undefined) return;
  const opened = await fetch(`${server.url}/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: officer.email, password: officer.password }),
  });
  const { csrf } = (await opened.json()) as { readonly csrf: string };
  const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const file = await callJson<{ purposes: readonly { readonly id: string }[] }>(
    server,
    "GET",
    "/v1/purposes",
  );
  const purposes = file.purposes.map((p) => (p.id === "marketing" ? { ...p, consentLasts: "P1Y" } : p));
  const asked = await fetch(`${server.url}/v1/purposes`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie, "x-candor-csrf": csrf },
    body: JSON.stringify({ ...file, purposes }),
  });
  const { code } = (await asked.json()) as { readonly code?: string };
  if (code !== "approval-required")
    throw new Error(`no second opinion was asked for: ${asked.status} ${code}`);
  await fetch(`${server.url}/v1/session`, { method: "DELETE", headers: { cookie, "x-candor-csrf": csrf } });
}

/**
 * A log-in for each role, through the same doors that administrators use: an invitation, then a password of this run.
 * A demo that is started again on its old data gives the accounts new passwords.
 */
export async function makeLogIns(
  server: { readonly url: string; readonly adminKey: string },
  staff: Pick<Staff, "list">,
  stores: readonly string[],
): Promise<DemoLogIn[]> {
  const known = new Map((await staff.list()).map((account) => [account.email, account.id]));
  const made: DemoLogIn[] = [];
  for (const role of STAFF_ROLES) {
    const email = `${role}@demo.candor.example`;
    const password = `demo-${randomBytes(9).toString("base64url")}`;
    const id = known.get(email);
    const { link } =
      id === undefined
        ? await callJson<{ link: string }>(server, "POST", "/v1/staff", {
            email,
            name: NAMES[role],
            role,
            ...(role === "store" ? { stores } : {}),
          })
        : await callJson<{ link: string }>(server, "POST", `/v1/staff/${id}/invitation`);
    await callJson(server, "POST", "/v1/invitations/use", { token: link.split("#")[1], password });
    made.push({ role, email, password });
  }
  return made;
}
