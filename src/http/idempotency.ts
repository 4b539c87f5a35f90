import { createHash, createHmac } from "node:crypto";
import { type Db, sql } from "../db/index.ts";
import { DAY, MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { RouteResponse } from "../kernel/route.ts";

/** How long an answer is kept. */
const KEPT = DAY;
/** A request that has not been answered for so long belonged to a process that died: its key is free again. */
const ABANDONED = 2 * MINUTE;

/** A write that carries an Idempotency-Key. */
export interface KeyedRequest {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  /** One spelling of all that was asked. */
  readonly content: string;
}

interface Stored {
  readonly request_mac: Buffer;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: unknown;
}

/** Checks the header: 1 to 255 printable ASCII characters. */
export function parseIdempotencyKey(header: string): string {
  if (/^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new AppError("invalid-request", {
    errors: [
      {
        path: "Idempotency-Key",
        code: "invalid-header",
        message: "must have 1 to 255 printable ASCII characters",
      },
    ],
  });
}

/**
 * Does `work` once for a key of a principal at a route. A repetition within 24 hours gets the stored answer with
 * `Idempotency-Replayed: true`; the same key with another request is an `idempotency-conflict`; a repetition while
 * the first is still being worked on is a `conflict` with Retry-After. Only successes are stored: what failed may be
 * tried again under the same key. A process that dies between the work and storing its answer leaves the key blocked
 * for two minutes, after which a repetition does the work again.
 *
 * Neither the key nor the request is stored: of the key its SHA-256, of the request an HMAC under the key, so that
 * a guess at what was sent cannot be tested against the table.
 */
export async function onceOnly(
  deps: { readonly db: Db; readonly now: () => Date },
  request: KeyedRequest,
  work: () => Promise<RouteResponse>,
): Promise<RouteResponse> {
  const { db } = deps;
  const now = deps.now();
  const { principal, route } = request;
  const hash = createHash("sha256").update(request.key).digest();
  const mac = createHmac("sha256", request.key).update(request.content).digest();
  const row = sql`principal = ${principal} and route = ${route} and key_hash = ${hash}`;

  const earlier = await db.retryingTx(async (tx): Promise<Stored | undefined> => {
    // Every write removes more than it adds, so the table stays as large as one day's keys.
    await tx.query(sql`
      delete from idempotency_key where (principal, route, key_hash) in (
        select principal, route, key_hash from idempotency_key
        where expires_at <= ${now} order by expires_at limit 10 for update skip locked)`);
    const inserted = await tx.query(sql`
      insert into idempotency_key (principal, route, key_hash, request_mac, started_at, expires_at)
      values (${principal}, ${route}, ${hash}, ${mac}, ${now}, ${new Date(now.getTime() + KEPT)})
      on conflict do nothing returning 1`);
    if (inserted.length > 0) return undefined;
    const [found] = await tx.query<Stored>(sql`
      select request_mac, started_at, expires_at, status, headers, body
      from idempotency_key where ${row} for update`);
    // Deleted between the two statements by a first request that failed: let the caller try once more.
    if (found === undefined) throw new AppError("conflict", { headers: { "retry-after": "1" } });
    const expired = found.expires_at <= now;
    const abandoned = found.status === null && now.getTime() - found.started_at.getTime() >= ABANDONED;
    if (!expired && !(abandoned && found.request_mac.equals(mac))) return found;
    await tx.query(sql`
      update idempotency_key set request_mac = ${mac}, started_at = ${now}, status = null, headers = null, body = null,
        expires_at = ${new Date(now.getTime() + KEPT)} where ${row}`);
    return undefined;
  });

  if (earlier !== undefined) {
    if (!earlier.request_mac.equals(mac)) throw new AppError("idempotency-conflict");
    if (earlier.status === null) {
      throw new AppError("conflict", {
        detail: "The first request with this Idempotency-Key is still being worked on.",
        headers: { "retry-after": "1" },
      });
    }
    return {
      status: earlier.status,
      headers: { ...earlier.headers, "idempotency-replayed": "true" },
      ...(earlier.body === null ? {} : { body: earlier.body }),
    };
  }

  const mine = sql`${row} and started_at = ${now} and status is null`;
  const forget = () => db.query(sql`delete from idempotency_key where ${mine}`);
  let response: RouteResponse;
  try {
    response = await work();
  } catch (error) {
    // The failure is what the caller must hear of, even when the key cannot be freed before its two minutes.
    await forget().catch(() => {});
    throw error;
  }
  if (response.status >= 400 || response.stream !== undefined || Buffer.isBuffer(response.body))
    await forget();
  else {
    await db.query(sql`
      update idempotency_key set status = ${response.status},
        headers = ${JSON.stringify(response.headers ?? {})}::json,
        body = ${response.body === undefined ? null : JSON.stringify(response.body)}::json
      where ${mine}`);
  }
  return response;
}
