import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createOutbound, isPublicAddress } from "../../../src/outbound/index.ts";

describe("addresses", () => {
  it("are public or not, whatever their spelling", () => {
    for (const closed of [
      "0.0.0.0",
      "10.1.2.3",
      "100.64.0.1",
      "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.192",
      "192.168.1.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:8.8.8.8",
      "64:ff9b::7f00:1",
      "fe80::1",
      "fe80::1%eth0",
      "fc00::1",
      "fd00:ec2::254",
      "ff02::1",
      "2001::1",
      "2001:db8::1",
      "2002:7f00:1::1",
      "not an address",
    ])
      expect(isPublicAddress(closed), closed).to.equal(false);
    for (const open of ["8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450::5"])
      expect(isPublicAddress(open), open).to.equal(true);
  });
});

describe("the door to foreign addresses", () => {
  let server: Server;
  let port: number;
  let seen: { url: string | undefined; host: string | undefined }[] = [];
  before(async () => {
    server = createServer((req, res) => {
      seen.push({ url: req.url, host: req.headers.host });
      if (req.url === "/redirect") res.writeHead(302, { location: "/elsewhere" }).end();
      else if (req.url === "/large") res.end(Buffer.alloc(1_000_000));
      else if (req.url === "/slow") return;
      else res.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    seen = [];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const call = (url: string) => ({ url, headers: {}, body: "{}" });
  const resolve =
    (...addresses: string[]) =>
    async () =>
      addresses;

  it("refuses every spelling of an address inside", async () => {
    const outbound = createOutbound({ allow: [] });
    for (const url of [
      `https://127.0.0.1:${port}/`,
      `https://2130706433:${port}/`,
      `https://0x7f.1:${port}/`,
      `https://0177.0.0.1:${port}/`,
      `https://[::1]:${port}/`,
      `https://[::ffff:127.0.0.1]:${port}/`,
      "https://169.254.169.254/latest/meta-data",
      "https://[fd00:ec2::254]/",
      "https://①②⑦.0.0.1/",
    ]) {
      expect(await outbound.post(call(url)), url).to.deep.equal({ kind: "failed", code: "address-refused" });
    }
    expect(seen).to.deep.equal([]);
  });

  it("refuses names that lead inside, all or in part", async () => {
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"]]) {
      const outbound = createOutbound({ allow: [], resolve: resolve(...addresses) });
      expect(await outbound.post(call("https://rebound.example/"))).to.deep.equal({
        kind: "failed",
        code: "address-refused",
      });
    }
  });

  it("takes only HTTPS without a user, except towards allowed hosts", () => {
    const outbound = createOutbound({ allow: ["hooks.internal", "127.0.0.1:8081"] });
    expect(outbound.checkUrl("http://shop.example/")).to.equal("not-https");
    expect(outbound.checkUrl("https://user:pass@shop.example/")).to.equal("bad-url");
    expect(outbound.checkUrl("ftp://shop.example/")).to.equal("bad-url");
    expect(outbound.checkUrl("file:///etc/passwd")).to.equal("bad-url");
    expect(outbound.checkUrl("nonsense")).to.equal("bad-url");
    expect(outbound.checkUrl("https://shop.example/hook")).to.equal(null);
    expect(outbound.checkUrl("http://hooks.internal/")).to.equal(null);
    expect(outbound.checkUrl("http://127.0.0.1:8081/")).to.equal(null);
    expect(outbound.checkUrl("http://127.0.0.1:8082/")).to.equal("not-https");
  });

  it("connects to the address that was checked and names the host", async () => {
    const outbound = createOutbound({ allow: ["hooks.internal"], resolve: resolve("127.0.0.1") });
    const answer = await outbound.post(call(`http://hooks.internal:${port}/hook`));
    expect(answer).to.deep.equal({ kind: "answered", status: 200, body: Buffer.from("ok") });
    expect(seen).to.deep.equal([{ url: "/hook", host: `hooks.internal:${port}` }]);
  });

  it("follows no redirect", async () => {
    const outbound = createOutbound({ allow: ["127.0.0.1"] });
    const answer = await outbound.post(call(`http://127.0.0.1:${port}/redirect`));
    expect(answer).to.deep.include({ kind: "answered", status: 302 });
    expect(seen).to.have.length(1);
  });

  it("cuts answers that are too large or too slow, and says what happened", async () => {
    const outbound = createOutbound({ allow: ["127.0.0.1"] });
    const at = (path: string) => `http://127.0.0.1:${port}${path}`;
    expect(await outbound.post(call(at("/large")))).to.deep.equal({
      kind: "failed",
      code: "answer-too-large",
      heard: true,
    });
    expect(await outbound.post({ ...call(at("/slow")), timeoutMs: 100 })).to.deep.equal({
      kind: "failed",
      code: "timeout",
      heard: true,
    });
    expect(await outbound.post(call("http://127.0.0.1:1/"))).to.deep.equal({
      kind: "failed",
      code: "connection-failed",
    });
    const lost = createOutbound({ allow: [], resolve: () => Promise.reject(new Error("no such name")) });
    expect(await lost.post(call("https://nowhere.example/"))).to.deep.equal({
      kind: "failed",
      code: "name-not-found",
    });
  });
});
