import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { DataKey, Place, Vault } from "../vault/index.ts";
import { updateAccount } from "./account.store.ts";
import type { Account } from "./account.ts";
import { isPassword } from "./password.ts";
import type { By } from "./staff.ts";
import { newTotpSecret, stepOfCode, totpSetup } from "./totp.ts";

/** A person's second factor: begun, confirmed with its first code, ended with the password. */
export function secondFactor(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly known: (id: string) => Promise<Account>;
  readonly keyOf: (account: Account) => Promise<DataKey>;
  readonly place: (accountId: string, column: "totp") => Place;
  readonly openText: (key: DataKey, account: Account, column: "login") => string;
  readonly note: (tx: Tx, by: By, action: string, accountId: string) => Promise<unknown>;
}) {
  const { db, vault, clock, known, keyOf, place, openText, note } = deps;
  return {
    /** Begins a second factor: it counts once a code of it was given. The secret is shown this once. */
    async beginTotp(accountId: string): Promise<{ uri: string; secret: string }> {
      const account = await known(accountId);
      if (account.totpConfirmedAt !== null)
        throw new AppError("conflict", { detail: "There is a second factor already." });
      const key = await keyOf(account);
      const secret = newTotpSecret();
      await db.tx((tx) =>
        updateAccount(tx, accountId, {
          totp: vault.seal(key, place(accountId, "totp"), secret),
          totpConfirmedAt: null,
          totpLastStep: -1,
        }),
      );
      return totpSetup(secret, openText(key, account, "login"));
    },

    /** Turns the second factor on with its first code. Throws `wrong-credentials` for any other. */
    async confirmTotp(by: By, accountId: string, code: string): Promise<void> {
      const account = await known(accountId);
      if (account.totp === null) throw new AppError("conflict", { detail: "Begin with a new secret first." });
      const secret = vault.open(await keyOf(account), place(accountId, "totp"), account.totp);
      const step = stepOfCode(secret, code, clock.now(), account.totpLastStep);
      if (step === null) throw new AppError("wrong-credentials");
      await db.tx(async (tx) => {
        await updateAccount(tx, accountId, { totpConfirmedAt: clock.now(), totpLastStep: step });
        await note(tx, by, "staff.second-factor-on", accountId);
      });
    },

    /** Turns the second factor off, with the password. */
    async endTotp(by: By, accountId: string, password: string): Promise<void> {
      const account = await known(accountId);
      if (account.passwordHash === null || !(await isPassword(account.passwordHash, password)))
        throw new AppError("wrong-credentials");
      await db.tx(async (tx) => {
        await updateAccount(tx, accountId, { totp: null, totpConfirmedAt: null });
        await note(tx, by, "staff.second-factor-off", accountId);
      });
    },
  };
}
