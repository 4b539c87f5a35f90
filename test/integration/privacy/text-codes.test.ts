import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Webhook } from "standardwebhooks";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER } from "./people.ts";

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const PHONE = "+353861234567";

interface Handed {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

describe("a code by text message", () => {
  const handed: Handed[] = [];
  const refusals: number[] = [];
  let gateway: Server;
  let server: TestServer;
  before(async () => {
    gateway = createServer((request, response) => {
      void text(request).then((body) => {
        const headers = request.headers as Record<string, string>;
        new Webhook(SECRET).verify(body, headers);
        const refusal = refusals.shift();
        if (refusal === undefined) handed.push(JSON.parse(body) as Handed);
        response.writeHead(refusal ?? 202).end();
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    server = await startTestServer("text-codes", {
      workers: true,
      outboundAllow: ["127.0.0.1"],
      mail: {
        smtpUrl: null,
        from: "candor@localhost",
        texts: { url: `http://127.0.0.1:${port}/send`, secret: SECRET },
      },
    });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    const list = await server.source({
      name: "Members",
      kind: "members",
      region: "IE",
      identifiers: { phone: { verified: true } },
    });
    const typed = await server.source({ name: "Forms", kind: "members", region: "IE" });
    const join = (key: string, memberId: string, phone: string) =>
      server.call("POST", "/v1/batch", {
        key,
        body: { batch: [{ memberId, phone, updatedAt: "2026-10-01T00:00:00Z" }] },
      });
    await join(list.writeKey, "T-1", PHONE);
    await join(typed.writeKey, "T-2", "+353861234999");
  });
  after(async () => {
    await server.close();
    await new Promise((resolve) => gateway.close(resolve));
  });

  const file = async (phone: string): Promise<string> => {
    const answer = await fetch(`${server.url}/privacy`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ kind: "access", phone, country: "IE", filer: "self", lang: "en" }),
    });
    expect(answer.status).to.equal(303);
    return (answer.headers.get("location") as string).split("?")[0] as string;
  };
  const arrived = async (n: number): Promise<Handed> => {
    for (let tries = 0; handed.length < n && tries < 200; tries++) await pause(100);
    return handed[n - 1] as Handed;
  };

  it("goes, signed, to a number that the member had verified, and proves who asks", async () => {
    const page = await file("086 123 4567");
    const message = await arrived(1);
    expect(message.to).to.equal(PHONE);
    expect(message.text).to.match(/^Harbour Foods: Your code: \d{6}$/);
    const code = /\d{6}/.exec(message.text)?.[0] as string;
    const taken = await fetch(`${server.url}${page}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ action: "code", code, lang: "en" }),
    });
    expect(taken.headers.get("location")).to.match(/said=done/);
    const { body } = await server.call<{ items: { state: string; identity: { method: string } }[] }>(
      "GET",
      "/v1/dsr",
    );
    expect(body.items[0]?.identity.method).to.equal("code");
    expect(body.items[0]?.state).to.equal("assessing");
    // From then on messages tell the subject and where to look.
    expect((await arrived(2)).text).to.match(/^Harbour Foods: We have received your request https:\/\/\S+$/);
  });

  it("goes nowhere for a number that was only typed in, or that nobody has", async () => {
    const before = handed.length;
    await file("+353861234999");
    await file("+353861230000");
    for (let tries = 0; tries < 100; tries++) {
      const { body } = await server.call<{ items: { state: string }[] }>("GET", "/v1/dsr?state=received");
      if (body.items.length === 0) break;
      await pause(100);
    }
    expect(handed.length).to.equal(before);
  });

  it("waits for another attempt when the gateway is busy, and is given up when it is refused", async () => {
    const inState = async (state: string, error: string): Promise<boolean> => {
      for (let tries = 0; tries < 150; tries++) {
        const { body } = await server.call<{ items: { lastError: string | null }[] }>(
          "GET",
          `/v1/outbox?state=${state}`,
        );
        if (body.items.some((m) => m.lastError === error)) return true;
        await pause(100);
      }
      return false;
    };
    refusals.push(503);
    await file(PHONE);
    expect(await inState("waiting", "gateway-503")).to.equal(true);
    refusals.push(400);
    await file(PHONE);
    expect(await inState("failed", "gateway-400")).to.equal(true);
  });
});
