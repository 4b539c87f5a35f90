import type { Db } from "../src/db/index.ts";
import type { Clock } from "../src/kernel/clock.ts";
import { isUuid, uuidFromBytes } from "../src/kernel/ids.ts";
import { AppError } from "../src/kernel/problems.ts";
import type { Vault } from "../src/vault/index.ts";
import { receiptParty } from "./controller.ts";
import type { ConsentRecord } from "./ledger.ts";
import type { Purpose } from "./purpose.schema.ts";
import {
  iso27560Receipt,
  kantaraReceipt,
  type ReceiptFacts,
  type ReceiptType,
  signReceipt,
} from "./receipts.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { Consent } from "./service.ts";
import { ALL_MARKETING } from "./vocabulary.ts";

export interface ReceiptDeps {
  readonly consent: Consent;
  readonly db: Db;
  readonly vault: Pick<Vault, "mac">;
  readonly clock: Clock;
}

/** A receipt as it is handed out: what it states, and the same signed. */
export interface SignedReceipt {
  readonly receipt: object;
  readonly jws: string;
}

/** Everything that a receipt of one record states. Throws `not-found` for a record that is not there. */
export async function receiptFacts(
  deps: ReceiptDeps,
  registry: RegistrySnapshot,
  recordId: string,
): Promise<ReceiptFacts> {
  const record = isUuid(recordId) ? await deps.consent.findRecord(deps.db, recordId) : null;
  if (record === null) throw new AppError("not-found", { detail: "There is no consent record by that id." });
  const { controller } = registry;
  const locale = record.notice?.locale ?? "en";
  const words =
    record.notice === null
      ? null
      : (registry.findNotice(record.notice.id, record.notice.version)?.texts[record.notice.locale] ?? null);
  const base = controller.publicUrl ?? "";
  const earlier = (await deps.consent.history(deps.db, [record.subjectId])).filter(
    (r) =>
      r.purposeId === record.purposeId &&
      r.channel === record.channel &&
      r.recipientId === record.recipientId &&
      r.separateConsent === record.separateConsent &&
      r.recordedAt <= record.recordedAt &&
      r.id !== record.id,
  );
  const pack = record.regime === null ? undefined : registry.rules.regimes.get(record.regime);
  return {
    record,
    purpose: purposeOf(registry, record),
    notice: words,
    controller: receiptParty(controller, locale),
    policyUrl:
      record.notice === null
        ? `${base}/n`
        : `${base}/n/${record.notice.id}/${record.notice.version}/${record.notice.locale}`,
    withdrawalUrl: `${base}/preferences`,
    rightsUrl: controller.rightsUrl,
    authority: pack?.authority.value ?? { name: controller.authority[locale], url: controller.rightsUrl },
    storageCountries: controller.storageCountries,
    processingCountries: controller.processingCountries,
    history: earlier,
    // The same record always has the same receipt number, and the number tells nothing of it.
    receiptId: uuidFromBytes(deps.vault.mac("consent-receipt", record.id)),
    issuedAt: deps.clock.now(),
  };
}

export async function signedReceipt(
  deps: ReceiptDeps,
  facts: ReceiptFacts,
  type: ReceiptType,
): Promise<SignedReceipt> {
  const signer = await deps.consent.signing.signer();
  const receipt: object = type === "kantara" ? kantaraReceipt(facts, signer.keyId) : iso27560Receipt(facts);
  return { receipt, jws: await signReceipt(receipt, type, signer) };
}

/** The purpose in the record's own version; a refusal of everything is described by all purposes that it ends. */
function purposeOf(registry: RegistrySnapshot, record: ConsentRecord): Purpose {
  if (!record.purposeId.startsWith("*")) {
    const version =
      record.purposeVersion === null
        ? null
        : registry.purposeVersion(record.purposeId, record.purposeVersion);
    const found = version ?? registry.rules.purposes.get(record.purposeId);
    if (found === undefined)
      throw new AppError("not-found", { detail: "The record's purpose is not registered." });
    return found;
  }
  const ended = [...registry.rules.purposes.values()].filter(
    (p) => p.marketing || (record.purposeId !== ALL_MARKETING && p.lawfulBasis === "consent"),
  );
  const first = ended[0];
  if (first === undefined) throw new AppError("not-found", { detail: "No purpose rests on consent." });
  const joined = (field: "name" | "description") => ({
    en: ended.map((p) => p[field].en).join("; "),
    "zh-CN": ended.map((p) => p[field]["zh-CN"]).join("；"),
    "zh-TW": ended.map((p) => p[field]["zh-TW"]).join("；"),
  });
  return {
    ...first,
    id: "all",
    name: joined("name"),
    description: joined("description"),
    categories: [...new Set(ended.flatMap((p) => p.categories))],
    recipients: ended.flatMap((p) => p.recipients),
  };
}
