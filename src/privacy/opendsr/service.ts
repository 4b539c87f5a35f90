import type { RegimeId } from "../../../consent/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import { findByDigest } from "../../members/index.ts";
import type { Outbound } from "../../outbound/index.ts";
import type { PackageDelivery } from "../fulfil/port.ts";
import type { RequestDeps } from "../requests/deps.ts";
import { findRequest, type RequestRow } from "../requests/requests.store.ts";
import type { Requests } from "../requests/room.ts";
import {
  findOpenDsr,
  findOpenDsrOf,
  insertCallbacks,
  insertOpenDsr,
  leaseCallbacks,
  noteCallback,
  noteTold,
  type OpenDsrRow,
} from "./opendsr.store.ts";
import { PAUSES } from "./pauses.ts";
import { API_VERSION, IDENTITY_KINDS, mayFollow, type OpenDsrBody, statusOf } from "./protocol.ts";
import { type OpenDsrSigner, signatureHeaders } from "./signer.ts";

export interface OpenDsrDeps extends RequestDeps {
  readonly outbound: Outbound;
  /** Null: OpenDSR is not set up here. */
  readonly signer: OpenDsrSigner | null;
}

type Who =
  | { readonly kind: "one"; readonly memberId: string }
  | { readonly kind: "none" }
  | { readonly kind: "contested" };

export type FiledOpenDsr =
  | { readonly kind: "filed"; readonly link: OpenDsrRow }
  | { readonly kind: "other-body" }
  | { readonly kind: "faulty"; readonly reason: string; readonly message: string };

const LEASE = MINUTE;
const BATCH = 20;

/** What happens to requests that controllers file by OpenDSR. */
export interface OpenDsrService {
  file(
    controllerId: string,
    dialect: "opendsr" | "opengdpr",
    text: string,
    body: OpenDsrBody,
  ): Promise<FiledOpenDsr>;
  find(controllerId: string, subjectRequestId: string): Promise<{ link: OpenDsrRow; row: RequestRow } | null>;
  /** Queues callbacks for a change of state, in its transaction. */
  onChange(tx: Tx, after: RequestRow): Promise<void>;
  /** The status as GET and callbacks tell it. */
  show(link: OpenDsrRow, row: RequestRow): Promise<Record<string, unknown>>;
  /** Sends the callbacks that are due; answers how many it took. */
  push(): Promise<number>;
}

export function createOpenDsr(deps: OpenDsrDeps, requests: () => Requests): OpenDsrService {
  const { db, vault, clock, consent, outbound } = deps;
  const domain = () => deps.signer?.domain ?? "";

  const macOf = (text: string) => vault.mac("opendsr-body", text);

  const whose = async (reader: Db, body: OpenDsrBody): Promise<Who> => {
    const members = new Set<string>();
    let contested = false;
    const asked = body.identities.map((i) => ({ ...i, kind: IDENTITY_KINDS[i.type] ?? i.type }));
    const phone = body.extension.mobile_number;
    if (typeof phone === "string")
      asked.push({ type: "mobile_number", kind: "phone", value: phone, format: "raw" });
    for (const { kind, value, format } of asked) {
      if (format !== "raw") {
        const found = await findByDigest(reader, vault, { kind, algorithm: format, digest: value });
        if (found.length > 1) contested = true;
        else for (const id of found) members.add(id);
        continue;
      }
      try {
        const found = await consent.members.find(reader, { kind, value });
        if (found.kind === "member") members.add(found.memberId);
        if (found.kind === "contested") contested = true;
      } catch {
        // A value that no identifier of its kind can have is nobody's.
      }
    }
    if (contested || members.size > 1) return { kind: "contested" };
    const [memberId] = members;
    return memberId === undefined ? { kind: "none" } : { kind: "one", memberId };
  };

  const regimeOf = async (body: OpenDsrBody, who: Who): Promise<RegimeId> => {
    if (body.regulation === "ccpa") return "US-CA";
    if (who.kind !== "one") return "EU";
    const member = (await consent.members.subjectsOf(db, [who.memberId])).get(who.memberId);
    if (member === undefined) return "EU";
    const standing = (await consent.standings(db, [member])).get(member.memberId);
    return standing?.regime === "UK" ? "UK" : "EU";
  };

  const deliveryOf = (body: OpenDsrBody): PackageDelivery | null => {
    const { openpgp_public_key: publicKey, passphrase } = body.extension;
    if (typeof publicKey === "string" && publicKey.includes("BEGIN PGP PUBLIC KEY BLOCK"))
      return { kind: "openpgp", publicKey };
    if (typeof passphrase === "string" && passphrase.length >= 12) return { kind: "passphrase", passphrase };
    return null;
  };

  const show: OpenDsrService["show"] = async (link, row) => {
    const status = statusOf(row.state, row.reason);
    // What was told stands: a refused request that an appeal opened again is not pending once more.
    const told = mayFollow(link.told, status) ? status : link.told;
    const part = await requests().performer.part(row);
    const { publicUrl } = await requests().performer.controller();
    const results =
      row.state.startsWith("completed") && part.packageToken !== null && publicUrl !== null
        ? { results_url: `${publicUrl}/privacy/packages/${part.packageToken}`, results_count: 1 }
        : row.reason === "no_match"
          ? { results_count: 0 }
          : {};
    return {
      controller_id: link.controllerId,
      expected_completion_time: (row.dueAt ?? link.expectedAt).toISOString(),
      subject_request_id: link.subjectRequestId,
      request_status: told,
      api_version: link.dialect === "opendsr" ? API_VERSION : "1.0",
      ...results,
      extensions: {
        [domain()]: {
          state: row.state,
          ...(row.reason === null ? {} : { reason: row.reason }),
          ...(row.extendedAt === null ? {} : { extended_until: row.dueAt?.toISOString() ?? null }),
        },
      },
    };
  };

  return {
    show,

    async file(controllerId, dialect, text, body) {
      const before = await findOpenDsr(db, controllerId, body.subjectRequestId);
      const bodyMac = macOf(text);
      const sameBody = (link: OpenDsrRow) =>
        vault.macVersions("opendsr-body", text).some((m) => m.mac.equals(link.bodyMac));
      if (before !== null) return sameBody(before) ? { kind: "filed", link: before } : { kind: "other-body" };
      const fault = body.callbackUrls.map((url) => outbound.checkUrl(url)).find((f) => f !== null);
      if (fault !== undefined) {
        return {
          kind: "faulty",
          reason: "status_callback_urls",
          message: `A callback URL cannot be called: ${fault}.`,
        };
      }
      const delivery = deliveryOf(body);
      if (body.type !== "erasure" && delivery === null) {
        return {
          kind: "faulty",
          reason: "extensions",
          message: `extensions["${domain()}"] must hold openpgp_public_key or a passphrase of at least 12 characters: nothing is handed over in plain.`,
        };
      }
      const who = await whose(db, body);
      const room = requests();
      const by = { actor: { kind: "api-key" as const, id: controllerId } };
      const prepared = await room.intake.prepare({
        kind: body.type,
        door: "opendsr",
        locale: "en",
        regime: await regimeOf(body, who),
        memberId: who.kind === "one" ? who.memberId : null,
        delivery: body.type === "erasure" ? null : delivery,
        // The controller answers for the person's declaration.
        declared: true,
      });
      return db.retryingTx(async (tx): Promise<FiledOpenDsr> => {
        const row = await room.intake.file(tx, by, prepared);
        const link: OpenDsrRow = {
          controllerId,
          subjectRequestId: body.subjectRequestId,
          requestId: row.requestId,
          dialect,
          bodyMac,
          receivedAt: row.receivedAt,
          expectedAt: row.dueAt ?? row.receivedAt,
          callbackUrls: body.callbackUrls,
          told: "pending",
        };
        if (!(await insertOpenDsr(tx, link)))
          throw new AppError("conflict", { detail: "This id is being filed already." });
        if (who.kind === "contested") {
          await room.performer.perform(tx, by, row, {
            act: { kind: "ask-identity" },
            change: { match: "contested", acknowledgedAt: clock.now() },
            code: "contested",
          });
          return { kind: "filed", link };
        }
        const verified = await room.performer.perform(tx, by, row, {
          act: { kind: "verify" },
          change: {
            match: who.kind,
            identity: "controller",
            verifiedAt: clock.now(),
            acknowledgedAt: clock.now(),
          },
          code: "controller",
        });
        // That we hold nothing is known at once, and is no refusal there.
        if (who.kind === "none") await room.officer.deny(tx, by, verified, { ground: "nothing-held" });
        else await room.officer.advance(tx, by, verified);
        return { kind: "filed", link };
      });
    },

    async find(controllerId, subjectRequestId) {
      const link = await findOpenDsr(db, controllerId, subjectRequestId);
      const row = link === null ? null : await findRequest(db, link.requestId);
      return link === null || row === null ? null : { link, row };
    },

    async onChange(tx, after) {
      if (after.door !== "opendsr") return;
      const link = await findOpenDsrOf(tx, after.requestId);
      if (link === null) return;
      const status = statusOf(after.state, after.reason);
      if (!mayFollow(link.told, status)) return;
      await noteTold(tx, after.requestId, status);
      await insertCallbacks(
        tx,
        link.callbackUrls.map((url) => ({ id: deps.ids.next(), requestId: after.requestId, url })),
        status,
        clock.now(),
      );
    },

    async push() {
      const { signer } = deps;
      if (signer === null) return 0;
      const now = clock.now();
      const taken = await db.retryingTx((tx) =>
        leaseCallbacks(tx, now, new Date(now.getTime() + LEASE), BATCH),
      );
      for (const callback of taken) {
        const [link, row] = [
          await findOpenDsrOf(db, callback.requestId),
          await findRequest(db, callback.requestId),
        ];
        if (link === null || row === null) continue;
        const body = JSON.stringify({
          ...(await show(link, row)),
          request_status: callback.status,
          status_callback_url: callback.url,
        });
        const answer = await outbound.post({
          url: callback.url,
          headers: { ...signatureHeaders(signer, link.dialect, body), "user-agent": "candor-opendsr" },
          body,
        });
        const isTaken = answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
        const pause = PAUSES[callback.attempts];
        await noteCallback(db, callback.callbackId, {
          state: isTaken ? "sent" : pause === undefined ? "dead" : "waiting",
          status: answer.kind === "answered" ? answer.status : null,
          error: answer.kind === "failed" ? answer.code : null,
          nextAt: new Date(clock.now().getTime() + (pause ?? 0)),
        });
        deps.meter.count("opendsr_callbacks_total", { outcome: isTaken ? "sent" : "failed" });
      }
      return taken.length;
    },
  };
}
