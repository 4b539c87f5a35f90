import { createHash, createHmac } from "node:crypto";
import type { Db } from "../db/index.ts";
import { DAY, MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { RouteResponse } from "../kernel/route.ts";
import { claim, forget, type KeyRow, remember } from "./idempotency.store.ts";

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
  const row: KeyRow = {
    principal: request.principal,
    route: request.route,
    hash: createHash("sha256").update(request.key).digest(),
    mac: createHmac("sha256", request.key).update(request.content).digest(),
    startedAt: now,
    expiresAt: new Date(now.getTime() + KEPT),
  };
  const earlier = await db.retryingTx((tx) => claim(tx, row, new Date(now.getTime() - ABANDONED)));
  switch (earlier.kind) {
    case "claimed":
      break;
    case "other-request":
      throw new AppError("idempotency-conflict");
    case "under-way":
      throw new AppError("conflict", {
        detail: "The first request with this Idempotency-Key is still being worked on.",
        headers: { "retry-after": "1" },
      });
    case "answered":
      return {
        status: earlier.status,
        headers: { ...earlier.headers, "idempotency-replayed": "true" },
        ...(earlier.body === null ? {} : { body: earlier.body }),
      };
  }

  let response: RouteResponse;
  try {
    response = await work();
  } catch (error) {
    // The failure is what the caller must hear of, even when the key cannot be freed before its two minutes.
    await forget(db, row).catch(() => {});
    throw error;
  }
  if (response.status >= 400 || response.stream !== undefined || Buffer.isBuffer(response.body))
    await forget(db, row);
  else {
    // The work is done and must not be reported as failed because its answer could not be kept: a repetition
    // then waits like one of a process that died.
    await remember(db, row, response).catch(() => {});
  }
  return response;
}
