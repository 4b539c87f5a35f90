import { createHash, timingSafeEqual } from "node:crypto";
import type { Db } from "../src/db/index.ts";
import { canonicalJson } from "../src/kernel/canonical-json.ts";
import type { Clock } from "../src/kernel/clock.ts";
import { isUuid } from "../src/kernel/ids.ts";
import type { Vault } from "../src/vault/index.ts";
import type { Notice } from "./notices.ts";
import type { PreferenceDeps } from "./preferences.ts";
import type { Purpose } from "./purpose.schema.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import { sayThroughDoor } from "./say-through-door.ts";
import type { By, Consent } from "./service.ts";
import { type ContactChannel, isOwnBasis, type Locale } from "./vocabulary.ts";

/** A form that a shop may show: whose enrolments it sends, and which consents it asks for. */
export interface EnrolmentLink {
  readonly sourceId: string;
  readonly purposes: readonly string[];
}

const LABEL = "enrolment-form";

/** A form's address: readable, its truth guarded by a MAC. It ends with its source. */
export function signEnrolmentLink(vault: Pick<Vault, "mac">, link: EnrolmentLink): string {
  const body = Buffer.from([link.sourceId, ...link.purposes].join("~"), "utf8");
  return `${body.toString("base64url")}.${vault.mac(LABEL, body).toString("base64url")}`;
}

/** Reads what `signEnrolmentLink` made; null for anything else. */
export function readEnrolmentLink(vault: Pick<Vault, "macVersions">, text: string): EnrolmentLink | null {
  const match = /^([A-Za-z0-9_-]{1,1000})\.([A-Za-z0-9_-]{22})$/.exec(text);
  if (match === null) return null;
  const body = Buffer.from(match[1] as string, "base64url");
  const mac = Buffer.from(match[2] as string, "base64url");
  const genuine = vault
    .macVersions(LABEL, body)
    .some((v) => v.mac.length === mac.length && timingSafeEqual(v.mac, mac));
  const [sourceId = "", ...purposes] = body.toString("utf8").split("~");
  return genuine && isUuid(sourceId) ? { sourceId, purposes } : null;
}

/** What somebody typed and ticked. */
export interface EnrolmentForm {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly country: string;
  readonly birthYear: string;
  /** `purpose|channel|notice version` of each box that was ticked. */
  readonly yes: readonly string[];
}

/** Channels on which this form can reach somebody: what it asks for. */
const REACHED = ["email", "sms", "call"] as const satisfies readonly ContactChannel[];

/** The consents that a form offers: those of its purposes that need one and have words to show. */
export function offeredConsents(
  registry: RegistrySnapshot,
  purposes: readonly string[],
): {
  readonly purpose: Purpose;
  readonly notice: Notice;
  readonly channels: readonly (ContactChannel | null)[];
}[] {
  return purposes.flatMap((id) => {
    const purpose = registry.rules.purposes.get(id);
    const notice = registry.noticeFor(id);
    if (purpose === undefined || notice === null || isOwnBasis(purpose.lawfulBasis)) return [];
    const channels =
      purpose.channels.length === 0 ? [null] : REACHED.filter((c) => purpose.channels.includes(c));
    return channels.length === 0 ? [] : [{ purpose, notice, channels }];
  });
}

/** One box that was ticked, as the form offered it. */
export interface Tick {
  readonly purpose: string;
  readonly channel: ContactChannel | null;
  readonly version: number;
}

/** The ticks that this form can have offered, in any version of its words; anything else is left out. */
export function ticksOf(
  registry: RegistrySnapshot,
  purposes: readonly string[],
  yes: readonly string[],
): Tick[] {
  const offered = offeredConsents(registry, purposes);
  return [...new Set(yes)].flatMap((value) => {
    const [id, channel, version] = value.split("|");
    const offer = offered.find((o) => o.purpose.id === id);
    const found = offer?.channels.find((c) => (c ?? "") === channel);
    if (offer === undefined || found === undefined || !/^\d{1,6}$/.test(version ?? "")) return [];
    return [{ purpose: offer.purpose.id, channel: found, version: Number(version) }];
  });
}

/** Whether every channel that was agreed to has an address on the form. */
export function reachesAll(ticks: readonly Tick[], form: Pick<EnrolmentForm, "email" | "phone">): boolean {
  return ticks.every(
    ({ channel }) => channel === null || (channel === "email" ? form.email : form.phone) !== "",
  );
}

/**
 * Records what a new member agreed to on the form, with the words that were shown, in the ledger of the very subject
 * that this enrolment made: nobody can agree for an account that stood there before. Sending the form's answer again
 * writes nothing twice. Answers whether an address still waits for its confirmation.
 */
export async function recordEnrolment(
  deps: {
    readonly consent: Consent;
    readonly db: Db;
    readonly clock: Clock;
    readonly requestConfirmation?: PreferenceDeps["requestConfirmation"];
  },
  by: By,
  enrolment: {
    readonly sourceId: string;
    readonly subjectId: string;
    readonly locale: Locale;
    readonly form: EnrolmentForm;
    readonly ticks: readonly Tick[];
  },
): Promise<{ readonly waiting: boolean }> {
  const { sourceId, subjectId, locale, form, ticks } = enrolment;
  const registry = await deps.consent.snapshot();
  const sha256 = createHash("sha256").update(canonicalJson({ sourceId, locale, ticks })).digest("hex");
  const year = /^\d{4}$/.test(form.birthYear) ? { birthYear: Number(form.birthYear) } : {};
  return deps.db.retryingTx(async (tx) => {
    let waiting = false;
    for (const { purpose, channel, version } of ticks) {
      const said = await sayThroughDoor(
        tx,
        deps,
        registry,
        by,
        { id: subjectId, proving: subjectId },
        {
          state: "given",
          purpose,
          ...(channel === null ? {} : { channel }),
          notice: { id: registry.noticeFor(purpose)?.id ?? purpose, version, locale },
          method: "enrolment-form",
          sourceId,
          evidence: { sha256 },
          country: form.country,
          ...year,
        },
        { dedupeKey: `enrolment ${purpose} ${channel ?? ""}` },
      );
      const [record] = said.records;
      if (said.confirmation === null || record === undefined) continue;
      waiting = true;
      await deps.requestConfirmation?.(tx, { record, confirmation: said.confirmation, registry, locale });
    }
    if (ticks.length === 0) {
      const month = `${deps.clock.now().toISOString().slice(0, 7)}-01`;
      const said = { subjectId, firstOn: month, lastOn: month };
      await deps.consent.noteClues(tx, [
        { ...said, clue: "declared", value: form.country },
        ...("birthYear" in year
          ? [{ ...said, clue: "birthYear" as const, value: String(year.birthYear) }]
          : []),
      ]);
    }
    return { waiting };
  });
}
