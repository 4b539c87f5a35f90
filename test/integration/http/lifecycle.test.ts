import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Agent, request } from "undici";
import { lockDirectory } from "../../../src/db/directory-lock.ts";
import { route } from "../../../src/kernel/route.ts";
import { testRoutes } from "./routes.ts";
import { bearer, startHttp } from "./server.ts";

/** A route that answers when it is told to. */
function heldRoute() {
  let arrived: () => void = () => {};
  let letGo: () => void = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const slow = route({
    method: "GET",
    path: "/v1/slow",
    operationId: "slow",
    summary: "Waits.",
    tag: "things",
    auth: { kind: "public" },
    responses: { 200: { describe: "Done." } },
    handle: async () => {
      arrived();
      await held;
      return { status: 200, body: { done: true } };
    },
  });
  return { slow, arrival, letGo: () => letGo() };
}

describe("http: sockets and closing", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "candor-http-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("serves on a Unix socket of mode 0600, where requests count as the administrator's", async () => {
    const server = await startHttp(testRoutes);
    const path = join(directory, "own.sock");
    await server.http.listenUnix(path);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const dispatcher = new Agent({ connect: { socketPath: path } });
    const answer = await request("http://candor/v1/things/a", { dispatcher });
    expect(answer.statusCode).to.equal(200);
    expect(((await answer.body.json()) as { principal: { role: string } }).principal.role).to.equal("admin");
    const withKey = await request("http://candor/v1/things/a", { dispatcher, headers: bearer("cx-key") });
    expect(((await withKey.body.json()) as { principal: { role: string } }).principal.role).to.equal("cx");
    const tcp = await request(`${server.url}/v1/things/a`);
    expect(tcp.statusCode).to.equal(401);
    await dispatcher.close();
    await server.http.close(0);
  });

  it("serves on the socket that holds a data directory", async () => {
    const lock = await lockDirectory(join(directory, "data"));
    const server = await startHttp(testRoutes);
    await server.http.listenUnix(lock);
    const dispatcher = new Agent({ connect: { socketPath: lock.socketPath } });
    const answers = await Promise.all(
      ["a", "b", "c"].map((id) => request(`http://candor/v1/things/${id}`, { dispatcher })),
    );
    expect(answers.map((a) => a.statusCode)).to.deep.equal([200, 200, 200]);
    for (const answer of answers) await answer.body.dump();
    await server.http.close(0);
    await lock.release();
    await dispatcher.destroy();
  });

  it("lets requests under way end when it closes, and takes no new ones", async () => {
    const { slow, arrival, letGo } = heldRoute();
    const server = await startHttp([slow]);
    const inFlight = fetch(`${server.url}/v1/slow`);
    await arrival;
    const closed = server.http.close();
    letGo();
    expect(await (await inFlight).json()).to.deep.equal({ done: true });
    await closed;
    const refused = await fetch(`${server.url}/healthz`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
    await server.http.close();
  });

  it("cuts off at the end of its patience what does not end", async () => {
    const { slow, arrival, letGo } = heldRoute();
    const server = await startHttp([slow]);
    const inFlight = fetch(`${server.url}/v1/slow`).catch((error: Error) => error);
    await arrival;
    await server.http.close(20);
    expect(await inFlight).to.be.instanceOf(Error);
    letGo();
  });

  it("refuses to mount two routes at one place", async () => {
    const { slow } = heldRoute();
    const error = await startHttp([slow, slow]).catch((e: Error) => e);
    expect(error).to.be.instanceOf(Error);
  });
});
