import type { ConsentIntake } from "../../../consent/index.ts";
import {
  createIngestQueue,
  createSourceRegistry,
  eventRoutes,
  fileRoutes,
  sourceRoutes,
} from "../../../pipelines/index.ts";
import type { Db } from "../../../src/db/index.ts";
import { createHttp } from "../../../src/http/index.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { type KeyId, uuidIds } from "../../../src/kernel/ids.ts";
import { silentLog, silentMeter } from "../../../src/kernel/log.ts";
import { createSubjectCache } from "../../../src/members/index.ts";
import { BUILT_IN_ADMIN } from "../../../src/staff/index.ts";
import { openVault, rootKeyFromText } from "../../../src/vault/index.ts";
import { testDatabases } from "../../setup/engines.ts";
import { ADMIN_KEY, ROOT_KEY } from "../../setup/server.ts";
import type { Source } from "./sending.ts";

/** A store whose ingestion can be held still, so that a queue fills up for as long as a test wants. */
function holdable(db: Db): { db: Db; hold(): void; release(): void; asked(): number } {
  let gate: Promise<void> = Promise.resolve();
  let open: () => void = () => {};
  let asked = 0;
  return {
    db: {
      ...db,
      retryingTx: async (work) => {
        asked++;
        await gate;
        return db.retryingTx(work);
      },
    },
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => open(),
    asked: () => asked,
  };
}

/** Ingestion doors over a queue of a few places, with a store that can be held still. */
export async function startTinyQueue(waiting: number, weight?: number) {
  const database = await testDatabases().freshDatabase("tiny-queue");
  const held = holdable(database.db);
  const [clock, ids, log, meter] = [systemClock, uuidIds, silentLog, silentMeter];
  const opened = await openVault({
    keystore: database.keystoreDb,
    provider: rootKeyFromText(ROOT_KEY),
    clock,
    ids,
  });
  let sealed = 0;
  const vault: typeof opened = {
    ...opened,
    seal: (...cell) => {
      sealed++;
      return opened.seal(...cell);
    },
  };
  const store = { db: held.db, vault, clock, ids, log, meter };
  const intake: ConsentIntake = {
    begin: async () => ({}) as never,
    judgeStranger: () => null,
    judge: async (_tx, _registry, items) => ({
      verdicts: items.map(() => "admit"),
      recorded: new Set(),
      clues: [],
    }),
    committed: () => {},
  };
  const queue = createIngestQueue(
    { ...store, intake, cache: createSubjectCache() },
    {
      waiting,
      lanes: 1,
      ...(weight === undefined ? {} : { weight }),
    },
  );
  const registry = createSourceRegistry({
    db: database.db,
    vault,
    clock,
    ids,
    purposes: async () => new Set(["service"]),
  });
  const doors = { ...store, queue, registry };
  const http = createHttp({
    routes: [...sourceRoutes(registry), ...eventRoutes(doors), ...fileRoutes(doors)],
    authenticate: async ({ secret }) => {
      if (secret === ADMIN_KEY) return BUILT_IN_ADMIN;
      const source = await registry.findByWriteKey(secret ?? "");
      if (source === undefined) return { kind: "anonymous" };
      const { id } = source.settings;
      return { kind: "source", sourceId: id, keyId: id as KeyId };
    },
    log,
    meter,
    clock,
    ids,
    readiness: async () => ({ store: true }),
  });
  const { url } = await http.listen(0, "127.0.0.1");
  const register = async (name: string, kind: string) => {
    const answer = await fetch(`${url}/v1/sources`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      body: JSON.stringify({ name, kind, purposes: ["service"] }),
    });
    return (await answer.json()) as Source;
  };
  return {
    url,
    queue,
    shop: await register("Shop", "web"),
    members: await register("List", "members"),
    hold: held.hold,
    release: held.release,
    /** Transactions that ingestion has asked the store for. */
    asked: held.asked,
    /** Cells that have been sealed. */
    sealed: () => sealed,
    close: async () => {
      held.release();
      await http.close();
      await queue.drain();
      await vault.close();
      await database.drop();
    },
  };
}
