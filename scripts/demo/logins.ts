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
