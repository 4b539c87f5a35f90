import { createHash, randomBytes } from "node:crypto";
import { createMessage, encrypt, readKey } from "openpgp";
import type { By } from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import type { Tx } from "../../db/index.ts";
import { DAY } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import type { DataKey, Vault } from "../../vault/index.ts";
import type { FulfilDeps } from "./deps.ts";
import { readMemberSubjects } from "./erasure.store.ts";
import { startRun } from "./fulfilment.ts";
import { findPackage, insertPackage, replaceToken } from "./packages.store.ts";
import type { PackageDelivery, RequestScope, StartedPackage } from "./port.ts";
import { findRunOfRequest } from "./runs.store.ts";

/** How long a package may be fetched. */
export const PACKAGE_KEPT = 7 * DAY;
const SHORTEST_PASSPHRASE = 12;
const CONFIG = {
  // GnuPG 2.2 cannot open AEAD output.
  aeadProtect: false,
  showVersion: false,
  showComment: false,
};

/** The hash under which a link is known. */
export function tokenHashOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

export function placeOfDelivery(packageId: string) {
  return { table: "privacy_package", column: "delivery", recordId: packageId, category: "contact" };
}

function refuse(path: string, message: string): never {
  throw new AppError("invalid-request", { errors: [{ path, code: "delivery", message }] });
}

/** Throws `invalid-request` for a key that cannot encrypt or a passphrase that is too short. */
export async function checkDelivery(delivery: PackageDelivery, at: Date): Promise<void> {
  if (delivery.kind === "passphrase") {
    if ([...delivery.passphrase].length < SHORTEST_PASSPHRASE)
      refuse("/delivery/passphrase", `A passphrase has at least ${SHORTEST_PASSPHRASE} characters.`);
    return;
  }
  try {
    const key = await readKey({ armoredKey: delivery.publicKey });
    if (key.isPrivate()) throw new Error("a private key");
    await key.getEncryptionKey(undefined, at);
  } catch {
    refuse(
      "/delivery/publicKey",
      "This is no OpenPGP public key that can encrypt now. Send the public key alone, in ASCII armour.",
    );
  }
}

/** Encrypts an archive as one binary OpenPGP message (RFC 9580, in the form that GnuPG 2.2 reads). */
export async function encryptPackage(
  archive: Buffer,
  delivery: PackageDelivery,
  name: string,
  at: Date,
): Promise<Buffer> {
  const message = await createMessage({ binary: archive, filename: name, date: at });
  const to =
    delivery.kind === "passphrase"
      ? { passwords: [delivery.passphrase] }
      : { encryptionKeys: [await readKey({ armoredKey: delivery.publicKey })] };
  return Buffer.from(await encrypt({ message, ...to, format: "binary", date: at, config: CONFIG }));
}

function seal(vault: Vault, key: DataKey, packageId: string, delivery: PackageDelivery): Buffer {
  return vault.seal(key, placeOfDelivery(packageId), Buffer.from(JSON.stringify(delivery), "utf8"));
}

/** Starts a package in the caller's transaction; see the port. */
export async function openPackage(
  tx: Tx,
  deps: FulfilDeps,
  scope: RequestScope,
  kind: "access" | "portability",
  delivery: PackageDelivery,
  by: By,
): Promise<StartedPackage> {
  const now = deps.clock.now();
  await checkDelivery(delivery, now);
  const token = randomBytes(24).toString("base64url");
  const expiresAt = new Date(now.getTime() + PACKAGE_KEPT);
  const known = await findRunOfRequest(tx, scope.requestId);
  if (known !== null) {
    const made = known.packageId === null ? null : await findPackage(tx, known.packageId);
    if (made === null || made.endedAt !== null) {
      throw new AppError("gone", { detail: "The package of this request was fetched or has ended." });
    }
    await replaceToken(tx, made.packageId, { tokenHash: tokenHashOf(token), expiresAt });
    return { runId: known.runId, packageId: made.packageId, token, expiresAt: expiresAt.toISOString() };
  }
  const found = (await readMemberSubjects(tx, [scope.memberId])).map((s) => s.subjectId);
  const subjects = found.length > 0 ? found : [...scope.subjectIds];
  if (subjects.length === 0) throw new AppError("not-found", { detail: "There is no member by that id." });
  // Of somebody who was erased since nothing is made: the run says so in the end, and the link leads nowhere.
  const packageId = found.length > 0 ? deps.ids.next() : null;
  const runId = await startRun(tx, deps, scope, by, { kind, subjects, packageId });
  if (packageId !== null) {
    const [key] = await deps.vault.createKeys("evidence", 1);
    if (key === undefined) throw new AppError("keystore-unavailable");
    await insertPackage(tx, {
      packageId,
      runId,
      subjects,
      kind,
      locale: scope.locale,
      keyId: key.id,
      delivery: seal(deps.vault, key, packageId, delivery),
      tokenHash: tokenHashOf(token),
      createdAt: now,
      expiresAt,
    });
  }
  await stageAudit(tx, deps, {
    actor: by.actor,
    action: "package.started",
    targets: [{ kind: "member", id: scope.memberId }],
    ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
  });
  return { runId, packageId, token, expiresAt: expiresAt.toISOString() };
}
