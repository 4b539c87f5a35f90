import type { Tx } from "../db/index.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { Principal } from "../kernel/route.ts";
import { type DataKey, normaliseIdentifier } from "../vault/index.ts";
import { findAccountByLogin, lockAccountByLogin, updateAccount } from "./account.store.ts";
import { type Account, lockAfter } from "./account.ts";
import { hashPassword, isPassword, wasteACheck, weaknessOf } from "./password.ts";
import { endSessions } from "./session.store.ts";
import type { By, Opened, StaffRoomDeps } from "./staff.ts";
import { stepOfCode } from "./totp.ts";

export interface PasswordDeps extends Pick<StaffRoomDeps, "db" | "vault" | "clock"> {
  readonly known: (id: string) => Promise<Account>;
  readonly keyOf: (account: Pick<Account, "keyId">) => Promise<DataKey>;
  readonly place: (
    accountId: string,
    column: "totp",
  ) => { table: string; column: string; recordId: string; category: string };
  readonly openText: (key: DataKey, account: Account, column: "login" | "name") => string;
  readonly macOf: (email: string) => Buffer;
  readonly openSession: (tx: Tx, account: Account, userAgent: string | undefined) => Promise<Opened>;
  readonly note: (tx: Tx, by: By, action: string, accountId: string, outcome?: "refused") => Promise<unknown>;
}

/** Throws `invalid-request` for a password that is too short or easy to guess; `own`: what its person is called. */
export function refuseWeak(password: string, own: readonly string[]): void {
  const weakness = weaknessOf(password, own);
  if (weakness === null) return;
  throw new AppError("invalid-request", {
    errors: [
      weakness === "too-short"
        ? { path: "/password", code: weakness, message: "must have 12 characters or more" }
        : { path: "/password", code: weakness, message: "is too easy to guess" },
    ],
  });
}

/** The log-in with a password and, where it is set up, a code; and the change of one's own password. */
export function passwordLogIn(deps: PasswordDeps) {
  const { db, vault, clock, known, keyOf, place, openText, macOf, openSession, note } = deps;
  return {
    /**
     * Opens a session. Throws `wrong-credentials` whatever was wrong, after the same time; `second-factor-required`
     * when the password was right and a code is missing; `locked-out` with Retry-After after repeated failures.
     */
    async logIn(
      input: { email: string; password: string; code?: string | undefined },
      context: { userAgent: string | undefined; requestId: string },
    ): Promise<{ accountId: string; token: string; sessionId: string }> {
      const result = normaliseIdentifier("email", input.email);
      const mac = result.kind === "ok" ? macOf(result.value) : null;
      const found = mac === null ? undefined : await findAccountByLogin(db, mac);
      const at = clock.now();
      if (found?.lockedUntil != null && found.lockedUntil > at) {
        const seconds = Math.ceil((found.lockedUntil.getTime() - at.getTime()) / SECOND);
        throw new AppError("locked-out", { headers: { "retry-after": String(seconds) } });
      }
      const right =
        found?.passwordHash == null || found.endedAt !== null
          ? await wasteACheck(input.password)
          : await isPassword(found.passwordHash, input.password);
      if (found === undefined || mac === null) throw new AppError("wrong-credentials");
      const by: By = { principal: { kind: "anonymous" }, requestId: context.requestId };
      const answer = await db.tx(async (tx) => {
        const account = (await lockAccountByLogin(tx, mac)) as Account;
        const failed = async (code: "wrong-credentials") => {
          const failures = account.failedAttempts + 1;
          await updateAccount(tx, account.id, {
            failedAttempts: failures,
            lockedUntil: lockAfter(failures, at),
          });
          await note(tx, by, "staff.login", account.id, "refused");
          return code;
        };
        if (!right) return failed("wrong-credentials");
        if (account.totp !== null && account.totpConfirmedAt !== null) {
          if (input.code === undefined || input.code === "") return "second-factor-required" as const;
          const secret = vault.open(await keyOf(account), place(account.id, "totp"), account.totp);
          const step = stepOfCode(secret, input.code, at, account.totpLastStep);
          if (step === null) return failed("wrong-credentials");
          await updateAccount(tx, account.id, { totpLastStep: step });
        }
        const session = await openSession(tx, account, context.userAgent);
        const { id, role, purposes, stores } = account;
        const { sessionId } = session;
        const principal = { kind: "staff", id, role, purposes, stores, sessionId } as const;
        await note(tx, { ...by, principal }, "staff.login", account.id);
        return { accountId: account.id, ...session };
      });
      if (typeof answer === "string") throw new AppError(answer);
      return answer;
    },

    /** Changes one's own password; every other session of the account ends. */
    async changePassword(
      by: By & { readonly principal: Extract<Principal, { kind: "staff" }> },
      input: { current: string; password: string },
    ): Promise<void> {
      const account = await known(by.principal.id);
      if (account.passwordHash === null || !(await isPassword(account.passwordHash, input.current)))
        throw new AppError("wrong-credentials");
      const key = await keyOf(account);
      refuseWeak(input.password, [openText(key, account, "login"), openText(key, account, "name")]);
      const passwordHash = await hashPassword(input.password);
      await db.tx(async (tx) => {
        await updateAccount(tx, account.id, { passwordHash });
        await endSessions(tx, account.id, by.principal.sessionId, clock.now());
        await note(tx, by, "staff.password-set", account.id);
      });
    },
  };
}
