import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { type RealServer, startRealServer } from "../setup/real-server.ts";

const ADMIN = "long-test-admin-key-0123456789";
const MEMBERS = 1_500;

interface Status {
  readonly versions: readonly { readonly what: string; readonly version: number; readonly state: string }[];
  readonly rotations: readonly { readonly state: string; readonly phase: string; readonly done: number }[];
}

describe("rotation of the wrapping key under SIGKILL, embedded stores", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "candor-rotation-"));
  const env = {
    CANDOR_DATA_DIR: join(folder, "data"),
    CANDOR_ADMIN_KEY: ADMIN,
    // Slow enough to be killed in the middle.
    CANDOR_ROTATION_RATE: "150",
  };
  let server: RealServer | undefined;
  after(async () => {
    await server?.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async <T>(url: string, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).to.be.lessThan(300);
    return JSON.parse(text) as T;
  };

  it("ends where it would have ended, with every member readable and the old key destroyed", async () => {
    server = startRealServer(env);
    let url = await server.serving;
    const source = await call<{ id: string }>(url, "POST", "/v1/sources", {
      name: "Shop",
      kind: "web",
      purposes: ["service"],
    });
    const send = (from: number, count: number) =>
      call(url, "POST", `/v1/batch?source=${source.id}`, {
        batch: Array.from({ length: count }, (_, i) => ({
          type: "identify",
          messageId: `m-${from + i}`,
          userId: `U-${from + i}`,
          traits: { firstName: "Long" },
        })),
      });
    for (let at = 0; at < MEMBERS; at += 250) await send(at, 250);
    await call(url, "POST", "/v1/encryption-keys/rotations", { kind: "wrapping" });
    const seen: number[] = [];
    for (let kill = 0; kill < 3; kill++) {
      await pause(700 + kill * 900);
      await server.end("SIGKILL");
      server = startRealServer(env);
      url = await server.serving;
      const [rotation] = (await call<Status>(url, "GET", "/v1/encryption-keys")).rotations;
      seen.push(rotation?.done ?? -1);
      await send(MEMBERS + kill, 1);
    }
    expect(seen, "never backwards").to.deep.equal([...seen].sort((a, b) => a - b));
    let status: Status;
    do {
      await pause(1_000);
      status = await call<Status>(url, "GET", "/v1/encryption-keys");
    } while (status.rotations[0]?.state !== "done");
    expect(status.versions.filter((v) => v.what === "wrapping").map((v) => v.state)).to.deep.equal([
      "destroyed",
      "live",
    ]);
    await server.end("SIGKILL");
    server = startRealServer(env);
    url = await server.serving;
    for (const member of [0, 749, MEMBERS - 1, MEMBERS + 2]) {
      const found = await call<unknown>(url, "POST", "/v1/profiles/lookup?purpose=service", {
        kind: "user_id",
        value: `U-${member}`,
      });
      expect(JSON.stringify(found)).to.include("Long");
    }
  });
});
