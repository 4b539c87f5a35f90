import type { Tx } from "../../db/index.ts";
import type { CertifiedRequest } from "../fulfil/certificate.schema.ts";
import type { RequestDeps } from "./deps.ts";
import { requestClock } from "./facts.ts";
import { NOTICE } from "./messages.ts";
import type { Performer } from "./perform.ts";
import { findRequest, readHistory } from "./requests.store.ts";

/**
 * What the certificate of a request tells: what was asked, decided and said, when, and by what rule; null for an unknown
 * id. Codes, dates and words of the law only: what people wrote stays sealed.
 */
export async function readCourse(
  tx: Tx,
  deps: Pick<RequestDeps, "clock">,
  performer: Performer,
  requestId: string,
): Promise<CertifiedRequest | null> {
  const row = await findRequest(tx, requestId);
  if (row === null) return null;
  const now = deps.clock.now();
  const pack = performer.pack(row);
  const { answer } = requestClock(pack, row, (await performer.controller()).country, now);
  const ground = pack.requests.refusals.find((g) => g.id === row.ground);
  const history = await readHistory(tx, requestId);
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    kind: row.kind,
    door: row.door,
    filer: row.filer,
    regime: row.regime,
    state: row.state,
    subjects: row.subjects.length,
    identity: row.identity,
    receivedAt: row.receivedAt.toISOString(),
    acknowledgedAt: iso(row.acknowledgedAt),
    verifiedAt: iso(row.verifiedAt),
    extendedAt: iso(row.extendedAt),
    closedAt: iso(row.closedAt),
    answer: {
      dueOn: answer.day,
      provision: answer.article,
      words: { ...answer.words },
      inTime: answer.at === null ? null : (row.closedAt ?? now) < answer.at,
    },
    refusal:
      ground === undefined
        ? null
        : {
            ground: ground.id,
            reason: ground.reason,
            provision: ground.article,
            words: { ...ground.words },
          },
    appealOf: row.appealOf,
    duplicateOf: row.duplicateOf,
    course: history
      .filter((h) => h.act !== NOTICE)
      .map((h) => ({ at: h.at.toISOString(), act: h.act, to: h.toState, by: h.actorKind, code: h.code })),
    notices: history.flatMap((h) =>
      h.act === NOTICE && h.code !== null ? [{ at: h.at.toISOString(), notice: h.code }] : [],
    ),
  };
}
