import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { ADMIN_KEY } from "../../setup/server.ts";
import type { LastingStores } from "./stores.ts";

const OLD = "2020-01-01T00:00:00Z";

interface Certificates {
  readonly certificates: readonly { certificateId: string; requestId: string | null }[];
  readonly next: string | null;
}

/** A server in a process of its own, and JSON calls to it with the admin key. */
async function serve(stores: LastingStores) {
  const server = stores.start();
  const url = await server.serving;
  const call = async <T>(method: string, path: string, body?: unknown, key = ADMIN_KEY): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return { server, call };
}

/**
 * Begins the erasure of many members at once, kills the server again and again while it works, and lets it finish:
 * every erasure has exactly one certificate, and nobody comes back with the rows that are sent again.
 */
export async function killErasures(stores: LastingStores, members: number, kills: number): Promise<void> {
  const rows = Array.from({ length: members }, (_, n) => ({
    memberId: `K-${n}`,
    email: `k${n}@canary.example`,
    updatedAt: OLD,
  }));
  let running = await serve(stores);
  const source = await running.call<{ writeKey: string }>("POST", "/v1/sources", {
    name: "Members",
    kind: "members",
    region: "TW",
    purposes: ["service"],
  });
  await running.call("POST", "/v1/batch", { batch: rows }, source.writeKey);
  await running.call("PUT", "/v1/retention", { inactiveMembers: 12, events: {}, requestRecords: 24 });
  await running.call("POST", "/v1/retention/run");
  for (let n = 0; n < kills; n++) {
    await pause(400 + Math.random() * 600);
    await running.server.end("SIGKILL");
    running = await serve(stores);
  }
  const { call, server } = running;
  const done = async () =>
    (await call<Certificates>("GET", "/v1/certificates?kind=erasure&limit=200")).certificates;
  const deadline = Date.now() + 120_000;
  while ((await done()).length < members && Date.now() < deadline) await pause(200);
  const certificates = await done();
  expect(new Set(certificates.map((c) => c.requestId)).size).to.equal(members);
  expect(certificates.length, "one certificate each").to.equal(members);
  const again = await call<{ results: { code?: string }[] }>(
    "POST",
    "/v1/batch",
    { batch: rows },
    source.writeKey,
  );
  expect(new Set(again.results.map((r) => r.code))).to.deep.equal(new Set(["suppressed"]));
  await server.end("SIGTERM");
}
