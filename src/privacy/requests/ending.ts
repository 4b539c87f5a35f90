import type { By } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import type { DoneAtOnce } from "../fulfil/port.ts";
import type { RequestDeps } from "./deps.ts";
import type { Messenger } from "./messages.ts";
import type { Performance, Performer } from "./perform.ts";
import { noteCertificate, type RequestRow } from "./requests.store.ts";
import type { MessageName } from "./words.ts";

/** How a request ends: the act, and the message that tells its asker. */
export interface End {
  readonly performance: Performance;
  readonly message: MessageName;
  readonly params?: Readonly<Record<string, string>>;
  /** What was done at once; absent where nothing was. */
  readonly done?: DoneAtOnce;
}

/**
 * Ends a request that no run works on, in the caller's transaction: does the act, writes the message, and certifies all
 * of it. A run certifies its own end.
 */
export type EndRequest = (tx: Tx, by: By, row: RequestRow, end: End) => Promise<RequestRow>;

export function createEnding(deps: RequestDeps, performer: Performer, messenger: Messenger): EndRequest {
  return async (tx, by, row, { performance, message, params, done }) => {
    const ended = await performer.perform(tx, by, row, performance);
    await messenger.send(tx, ended, message, params);
    const certificateId = await deps.fulfilment().certifyEnd(tx, by, row.requestId, done ?? null);
    await noteCertificate(tx, row.requestId, certificateId);
    return { ...ended, certificateId };
  };
}
