import { randomBytes } from "node:crypto";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import type { Principal, StaffRole } from "../kernel/route.ts";
import { type DataKey, normaliseIdentifier, type Vault } from "../vault/index.ts";
import {
  countAccounts,
  countOtherAdmins,
  findAccount,
  insertAccount,
  listAccounts,
  updateAccount,
} from "./account.store.ts";
import {
  type Account,
  deviceOf,
  INVITE_LASTS,
  PURPOSES_OF_ROLE,
  SESSION_LASTS,
  SESSION_RESTS,
} from "./account.ts";
import { hashSecret } from "./api-key.ts";
import { federatedLogIn } from "./federated.ts";
import { hashPassword } from "./password.ts";
import { passwordLogIn, refuseWeak } from "./password-log-in.ts";
import { secondFactor } from "./second-factor.ts";
import {
  deleteOldSessions,
  endSession,
  endSessions,
  findInvite,
  findSession,
  insertInvite,
  insertSession,
  listSessions,
  noteSeen,
  type ShownSession,
  useInvite,
} from "./session.store.ts";

export interface StaffRoomDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** An account as people see it. */
export interface ShownAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: StaffRole;
  readonly purposes: readonly string[];
  readonly stores: readonly string[];
  readonly state: "invited" | "active" | "locked" | "ended";
  readonly secondFactor: boolean;
  /** Whether it is linked with an identity at the OpenID provider. */
  readonly signOn: boolean;
  readonly createdAt: string;
  /** The last day with a log-in. */
  readonly lastLogin: string | null;
}

/** A session that was just opened, with the token that only its cookie will hold. */
export interface Opened {
  readonly token: string;
  readonly sessionId: string;
}

/** Who acts, for the audit log. */
export interface By {
  readonly principal: Principal;
  readonly requestId?: string;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly role: StaffRole;
  readonly purposes?: readonly string[];
  readonly stores?: readonly string[];
}

/** People who log in, their sessions and their second factor. */
export type Staff = ReturnType<typeof createStaff>;

const MAC_LABEL = "staff-login";
/** Seconds between two notes of a session's use. */
const SEEN_EVERY = 60 * SECOND;

const newToken = () => randomBytes(32).toString("base64url");

export function createStaff(deps: StaffRoomDeps) {
  const { db, vault, clock, ids } = deps;

  const place = (accountId: string, column: "login" | "name" | "totp") => ({
    table: "staff_account",
    column,
    recordId: accountId,
    category: "staff",
  });
  const macOf = (email: string) => vault.mac(MAC_LABEL, email);
  const keyOf = async (account: Pick<Account, "keyId">): Promise<DataKey> => {
    const key = (await vault.loadKeys([account.keyId])).get(account.keyId);
    if (key === undefined) throw new AppError("key-destroyed");
    return key;
  };
  const openText = (key: DataKey, account: Account, column: "login" | "name") =>
    vault.open(key, place(account.id, column), account[column]).toString("utf8");

  const normalised = (email: string): string => {
    const result = normaliseIdentifier("email", email);
    if (result.kind !== "ok")
      throw new AppError("invalid-request", {
        errors: [{ path: "/email", code: "bad-email", message: "is not an e-mail address" }],
      });
    return result.value;
  };

  const show = (account: Account, key: DataKey): ShownAccount => ({
    id: account.id,
    email: openText(key, account, "login"),
    name: openText(key, account, "name"),
    role: account.role,
    purposes: account.purposes,
    stores: account.stores,
    state: stateOf(account, clock.now()),
    secondFactor: account.totpConfirmedAt !== null,
    signOn: account.signOnMac !== null,
    createdAt: account.createdAt.toISOString(),
    lastLogin: account.lastLogin?.toISOString().slice(0, 10) ?? null,
  });

  const note = (tx: Tx, by: By, action: string, accountId: string, outcome?: "refused") =>
    stageAudit(tx, deps, {
      actor: actorOf(by.principal),
      action,
      targets: [{ kind: "staff", id: accountId }],
      ...(outcome === undefined ? {} : { outcome }),
      ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
    });

  const made = async (tx: Tx, input: NewAccount): Promise<string> => {
    const email = normalised(input.email);
    const [key] = await vault.createKeys("staff", 1);
    const id = ids.next();
    const isNew = await insertAccount(tx, {
      id,
      keyId: (key as DataKey).id,
      loginMac: macOf(email),
      login: vault.seal(key as DataKey, place(id, "login"), Buffer.from(email)),
      name: vault.seal(key as DataKey, place(id, "name"), Buffer.from(input.name)),
      role: input.role,
      purposes: input.purposes ?? PURPOSES_OF_ROLE[input.role],
      stores: input.stores ?? [],
      createdAt: clock.now(),
    });
    if (!isNew) throw new AppError("conflict", { detail: "This e-mail address has an account already." });
    return id;
  };

  const invited = async (tx: Tx, accountId: string | null): Promise<string> => {
    const token = newToken();
    const at = clock.now();
    await insertInvite(tx, {
      tokenHash: hashSecret(token),
      accountId,
      at,
      expiresAt: new Date(at.getTime() + INVITE_LASTS),
    });
    return token;
  };

  /** What a person's password must not be: their own address and name. */
  const ownWords = async (
    accountId: string | null,
    given: { email?: string | undefined; name?: string | undefined },
  ): Promise<string[]> => {
    if (accountId === null) return [given.email ?? "", given.name ?? ""];
    const account = await known(accountId);
    const key = await keyOf(account);
    return [openText(key, account, "login"), openText(key, account, "name")];
  };

  const known = async (id: string): Promise<Account> => {
    const account = await findAccount(db, id);
    if (account === undefined) throw new AppError("not-found");
    return account;
  };

  const opened = async (tx: Tx, account: Account, userAgent: string | undefined): Promise<Opened> => {
    const at = clock.now();
    const token = newToken();
    const sessionId = ids.next();
    await updateAccount(tx, account.id, { failedAttempts: 0, lockedUntil: null, lastLogin: at });
    await insertSession(tx, {
      sessionId,
      tokenHash: hashSecret(token),
      accountId: account.id,
      device: deviceOf(userAgent),
      at,
      expiresAt: new Date(at.getTime() + SESSION_LASTS),
    });
    return { token, sessionId };
  };

  return {
    /** Adds an account and the link by which its person chooses a password. Throws `conflict` for a known address. */
    async create(by: By, input: NewAccount): Promise<{ account: ShownAccount; token: string }> {
      const { id, token } = await db.tx(async (tx) => {
        const id = await made(tx, input);
        const token = await invited(tx, id);
        await note(tx, by, "staff.created", id);
        return { id, token };
      });
      const account = await known(id);
      return { account: show(account, await keyOf(account)), token };
    },

    /** A fresh link; earlier ones stop. For a forgotten password too. */
    async invite(by: By, id: string): Promise<string> {
      const account = await known(id);
      if (account.endedAt !== null) throw new AppError("gone", { detail: "This account has ended." });
      return db.tx(async (tx) => {
        await note(tx, by, "staff.invited", id);
        return invited(tx, id);
      });
    },

    /** The first administrator's link, as long as there is no account; null when there is one. */
    async firstLink(): Promise<string | null> {
      if ((await countAccounts(db)) > 0) return null;
      return db.tx((tx) => invited(tx, null));
    },

    /** What a link is for; `gone` when it was used, has run out or never was. */
    async describeInvite(
      token: string,
    ): Promise<{ first: boolean; email: string | null; name: string | null }> {
      const invite = await findInvite(db, hashSecret(token), clock.now());
      if (invite === undefined) throw new AppError("gone", { detail: "This link was used or has run out." });
      if (invite.accountId === null) return { first: true, email: null, name: null };
      const account = await known(invite.accountId);
      const key = await keyOf(account);
      return { first: false, email: openText(key, account, "login"), name: openText(key, account, "name") };
    },

    /** Uses a link up: sets the password (and, for the first administrator, makes the account). */
    async setUp(
      by: By,
      input: { token: string; password: string; email?: string | undefined; name?: string | undefined },
      userAgent: string | undefined,
    ): Promise<{ accountId: string; token: string; sessionId: string }> {
      const hash = hashSecret(input.token);
      const invite = await findInvite(db, hash, clock.now());
      if (invite === undefined) throw new AppError("gone", { detail: "This link was used or has run out." });
      refuseWeak(input.password, await ownWords(invite.accountId, input));
      const passwordHash = await hashPassword(input.password);
      return db.tx(async (tx) => {
        if (!(await useInvite(tx, hash, clock.now())))
          throw new AppError("gone", { detail: "This link was used or has run out." });
        let id = invite.accountId;
        if (id === null) {
          if (input.email === undefined || input.name === undefined)
            throw new AppError("invalid-request", {
              errors: [{ path: "/email", code: "required", message: "name and e-mail address are needed" }],
            });
          id = await made(tx, { email: input.email, name: input.name, role: "admin" });
          await note(tx, by, "staff.created", id);
        }
        await updateAccount(tx, id, { passwordHash });
        await endSessions(tx, id, null, clock.now());
        await note(tx, by, "staff.password-set", id);
        const account = await findAccount(tx, id);
        return { accountId: id, ...(await opened(tx, account as Account, userAgent)) };
      });
    },

    /** Whom a session's token lets in; undefined when it is unknown, ended or has run out. */
    async authenticate(token: string): Promise<Principal | undefined> {
      const at = clock.now();
      const session = await findSession(db, hashSecret(token), at, new Date(at.getTime() - SESSION_RESTS));
      if (session === undefined) return undefined;
      if (at.getTime() - session.seenAt.getTime() > SEEN_EVERY) await noteSeen(db, session.sessionId, at);
      return {
        kind: "staff",
        id: session.accountId,
        role: session.role,
        purposes: session.purposes,
        sessionId: session.sessionId,
        stores: session.stores,
      };
    },

    async show(id: string): Promise<ShownAccount> {
      const account = await known(id);
      return show(account, await keyOf(account));
    },

    async list(): Promise<ShownAccount[]> {
      const accounts = await listAccounts(db);
      const keys = await vault.loadKeys(accounts.map((account) => account.keyId));
      return accounts.flatMap((account) => {
        const key = keys.get(account.keyId);
        return key === undefined ? [] : [show(account, key)];
      });
    },

    /** Changes an account. Ending it, or taking a role away, ends its sessions. The last administrator stays. */
    async change(
      by: By,
      id: string,
      input: {
        name?: string | undefined;
        role?: StaffRole | undefined;
        purposes?: readonly string[] | undefined;
        stores?: readonly string[] | undefined;
        ended?: boolean | undefined;
        resetSecondFactor?: boolean | undefined;
        resetSignOn?: boolean | undefined;
      },
    ): Promise<ShownAccount> {
      const account = await known(id);
      const key = await keyOf(account);
      const at = clock.now();
      await db.tx(async (tx) => {
        const losesAdmin =
          account.role === "admin" && ((input.role ?? "admin") !== "admin" || input.ended === true);
        if (losesAdmin && (await countOtherAdmins(tx, id)) === 0)
          throw new AppError("conflict", { detail: "This is the last administrator." });
        await updateAccount(tx, id, {
          ...(input.name === undefined
            ? {}
            : { name: vault.seal(key, place(id, "name"), Buffer.from(input.name)) }),
          ...(input.role === undefined
            ? {}
            : { role: input.role, purposes: input.purposes ?? PURPOSES_OF_ROLE[input.role] }),
          ...(input.purposes === undefined ? {} : { purposes: input.purposes }),
          ...(input.stores === undefined ? {} : { stores: input.stores }),
          ...(input.ended === undefined ? {} : { endedAt: input.ended ? at : null }),
          ...(input.resetSecondFactor === true ? { totp: null, totpConfirmedAt: null } : {}),
          ...(input.resetSignOn === true ? { signOnMac: null } : {}),
        });
        if (input.ended === true || input.role !== undefined || input.resetSignOn === true)
          await endSessions(tx, id, null, at);
        await note(tx, by, input.ended === true ? "staff.ended" : "staff.changed", id);
      });
      return show(await known(id), key);
    },

    ...passwordLogIn({ ...deps, known, keyOf, place, openText, macOf, openSession: opened, note }),
    ...secondFactor({ db, vault, clock, known, keyOf, place, openText, note }),
    ...federatedLogIn({ db, vault, macOf, openSession: opened, note }),

    sessions(accountId: string): Promise<ShownSession[]> {
      const at = clock.now();
      return listSessions(db, accountId, at, new Date(at.getTime() - SESSION_RESTS));
    },

    /** Ends one session of an account; `not-found` when it has none by that id. */
    async endSession(by: By, accountId: string, sessionId: string): Promise<void> {
      await db.tx(async (tx) => {
        if (!(await endSession(tx, accountId, sessionId, clock.now()))) throw new AppError("not-found");
        await note(tx, by, "staff.session-ended", accountId);
      });
    },

    /** Forgets sessions and links that are over for a month. */
    purge(before: Date): Promise<void> {
      return deleteOldSessions(db, before);
    },
  };
}

function stateOf(account: Account, at: Date): ShownAccount["state"] {
  if (account.endedAt !== null) return "ended";
  if (account.passwordHash === null && account.signOnMac === null) return "invited";
  return account.lockedUntil !== null && account.lockedUntil > at ? "locked" : "active";
}
