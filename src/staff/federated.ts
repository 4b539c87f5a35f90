import type { Db, Tx } from "../db/index.ts";
import { AppError, type ProblemCode } from "../kernel/problems.ts";
import { normaliseIdentifier, type Vault } from "../vault/index.ts";
import {
  countOtherAdmins,
  findAccountByLogin,
  findAccountBySignOn,
  lockAccount,
  updateAccount,
} from "./account.store.ts";
import { type Account, PURPOSES_OF_ROLE } from "./account.ts";
import type { Identity } from "./sign-on-claims.ts";
import type { By, Opened } from "./staff.ts";

/** Separates this use of the vault's keyed digests from the others. */
const MAC_LABEL = "staff-sign-on";

/** Log-in of people whom an OpenID provider has recognised. */
export function federatedLogIn(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly macOf: (email: string) => Buffer;
  readonly openSession: (tx: Tx, account: Account, userAgent: string | undefined) => Promise<Opened>;
  readonly note: (tx: Tx, by: By, action: string, accountId: string, outcome?: "refused") => Promise<unknown>;
}) {
  const { db, vault, macOf, openSession, note } = deps;

  /** The account that is linked, or the one invited under the verified address; or why there is none. */
  const recognise = async (identity: Identity, mac: Buffer): Promise<Account | ProblemCode> => {
    const linked = await findAccountBySignOn(db, mac);
    if (linked !== undefined) return linked;
    if (identity.verifiedEmail === null) return "sign-on-unverified";
    const address = normaliseIdentifier("email", identity.verifiedEmail);
    if (address.kind !== "ok") return "sign-on-unverified";
    return (await findAccountByLogin(db, macOf(address.value))) ?? "sign-on-unknown";
  };

  return {
    /**
     * Opens a session for whoever the provider has recognised. The first time, its verified address must be one that
     * an administrator invited; from then on issuer and subject count, whatever the address. Where a claim decides over
     * role and shops, the account follows it. Throws `sign-on-unverified`, `sign-on-unknown`, `sign-on-no-role`,
     * `sign-on-conflict` (the account is another identity's) or `gone` (the account has ended).
     */
    async signOn(
      identity: Identity,
      context: { readonly userAgent: string | undefined; readonly requestId: string },
    ): Promise<Opened & { readonly accountId: string }> {
      const mac = vault.mac(MAC_LABEL, `${identity.issuer}\0${identity.subject}`);
      const by: By = { principal: { kind: "anonymous" }, requestId: context.requestId };
      const found = await recognise(identity, mac);
      if (typeof found === "string") throw new AppError(found);
      const answer = await db.tx(async (tx) => {
        const account = await lockAccount(tx, found.id);
        if (account === undefined) throw new AppError("not-found");
        const refused = async (code: ProblemCode) => {
          await note(tx, by, "staff.sign-on", account.id, "refused");
          return code;
        };
        if (account.endedAt !== null) return refused("gone");
        if (account.signOnMac !== null && !account.signOnMac.equals(mac)) return refused("sign-on-conflict");
        const role = identity.role === undefined ? account.role : identity.role;
        if (role === null) return refused("sign-on-no-role");
        if (account.signOnMac === null) {
          await updateAccount(tx, account.id, { signOnMac: mac });
          await note(tx, by, "staff.linked", account.id);
        }
        if (role !== account.role) {
          // Whom the provider no longer calls an administrator stays one here only by nobody else being one.
          if (account.role === "admin" && (await countOtherAdmins(tx, account.id)) === 0)
            return refused("sign-on-no-role");
          await updateAccount(tx, account.id, { role, purposes: PURPOSES_OF_ROLE[role] });
          await note(tx, by, "staff.changed", account.id);
        }
        const stores = identity.stores ?? account.stores;
        if (JSON.stringify(stores) !== JSON.stringify(account.stores)) {
          await updateAccount(tx, account.id, { stores });
          await note(tx, by, "staff.changed", account.id);
        }
        const session = await openSession(tx, account, context.userAgent);
        const purposes = role === account.role ? account.purposes : PURPOSES_OF_ROLE[role];
        const principal = {
          kind: "staff",
          id: account.id,
          role,
          purposes,
          stores,
          sessionId: session.sessionId,
        } as const;
        await note(tx, { ...by, principal }, "staff.sign-on", account.id);
        return { accountId: account.id, ...session };
      });
      if (typeof answer === "string") throw new AppError(answer);
      return answer;
    },
  };
}
