import type { RegimePacks } from "../../consent/index.ts";
import { type Candor, createCandor } from "../../src/app/candor.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { type Ids, uuidIds } from "../../src/kernel/ids.ts";
import { type Log, silentLog } from "../../src/kernel/log.ts";
import type { MailSettings } from "../../src/mail/index.ts";
import { createMetrics } from "../../src/metrics.ts";
import type { Fulfilment, OpenDsrSigner } from "../../src/privacy/index.ts";
import type { SignOnSettings } from "../../src/staff/index.ts";
import {
  type Normaliser,
  openVault,
  type RootKeyProvider,
  rootKeyFromText,
  type Vault,
} from "../../src/vault/index.ts";
import { type FreshDatabase, testDatabases } from "./engines.ts";
import { promiseKeeper } from "./promised.ts";

export const ADMIN_KEY = "test-admin-key-0123456789";
export const ROOT_KEY = Buffer.alloc(32, 7).toString("base64");

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A Candor on databases of its own, behind real HTTP. */
export interface TestServer {
  readonly url: string;
  readonly candor: Candor;
  readonly database: FreshDatabase;
  readonly vault: Vault;
  /**
   * A JSON request with the admin key unless `key` says otherwise; null sends none. Throws when a success is not as its
   * route promises.
   */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    options?: {
      body?: unknown;
      raw?: string | Uint8Array;
      key?: string | null;
      headers?: Record<string, string>;
    },
  ): Promise<Answer<T>>;
  /** Registers a source; answers its id and write key. */
  source(input: Record<string, unknown>): Promise<{ id: string; writeKey: string }>;
  close(): Promise<void>;
}

export async function startTestServer(
  label: string,
  options: {
    clock?: Clock;
    ids?: Ids;
    log?: Log;
    database?: FreshDatabase;
    provider?: RootKeyProvider;
    workers?: boolean;
    outboundAllow?: readonly string[];
    mail?: MailSettings;
    bounceMailbox?: string;
    fulfilment?: Fulfilment;
    fault?: (point: string) => void;
    openDsr?: OpenDsrSigner;
    signOn?: SignOnSettings;
    regimes?: RegimePacks;
    normaliser?: Normaliser;
    /** Puts something between the rooms and the vault. */
    around?: (vault: Vault) => Vault;
  } = {},
): Promise<TestServer> {
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? uuidIds;
  const database = options.database ?? (await testDatabases().freshDatabase(label));
  const opened = await openVault({
    keystore: database.keystoreDb,
    provider: options.provider ?? rootKeyFromText(ROOT_KEY),
    clock,
    ids,
    ...(options.normaliser === undefined ? {} : { normaliser: options.normaliser }),
  });
  const vault = options.around?.(opened) ?? opened;
  const candor = createCandor({
    db: database.db,
    keystore: database.keystoreDb,
    vault,
    clock,
    ids,
    log: options.log ?? silentLog,
    meter: createMetrics({ processMetrics: false }),
    adminKey: ADMIN_KEY,
    ...(options.outboundAllow === undefined ? {} : { outboundAllow: options.outboundAllow }),
    ...(options.mail === undefined ? {} : { mail: options.mail }),
    ...(options.bounceMailbox === undefined ? {} : { bounceMailbox: options.bounceMailbox }),
    ...(options.openDsr === undefined ? {} : { openDsr: options.openDsr }),
    ...(options.fulfilment === undefined ? {} : { fulfilment: options.fulfilment }),
    ...(options.signOn === undefined ? {} : { signOn: options.signOn }),
    ...(options.regimes === undefined ? {} : { regimes: options.regimes }),
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  });
  try {
    await candor.prime();
  } catch (error) {
    await candor.close();
    await vault.close();
    throw error;
  }
  const { url } = await candor.http.listen(0, "127.0.0.1");
  if (options.workers === true) candor.startWorkers();

  const hold = promiseKeeper(candor.routes);
  const call: TestServer["call"] = async (method, path, request = {}) => {
    const key = request.key === undefined ? ADMIN_KEY : request.key;
    const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: body as string }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get("content-type") ?? "");
    const told: unknown = isJson ? JSON.parse(text) : undefined;
    hold(method, path, answer.status, told);
    return { status: answer.status, headers: answer.headers, body: (isJson ? told : text) as never };
  };

  return {
    url,
    candor,
    database,
    vault,
    call,
    async source(input) {
      const answer = await call<{ id: string; writeKey: string }>("POST", "/v1/sources", {
        body: { purposes: ["service"], ...input },
      });
      if (answer.status !== 201) throw new Error(`source not registered: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async close() {
      await candor.close();
      await vault.close();
      if (options.database === undefined) await database.drop();
    },
  };
}
