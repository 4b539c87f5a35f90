import { connect } from "node:net";
import { Readable } from "node:stream";
import zlib from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { request } from "undici";
import { LIMIT, testRoutes } from "./routes.ts";
import { bearer, type Running, readAll, startHttp } from "./server.ts";

const MB = 1024 * 1024;

describe("http: bodies", () => {
  let server: Running;
  before(async () => {
    server = await startHttp(testRoutes);
  });
  after(() => server.http.close(0));

  const send = (path: string, body: Buffer | string, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: "POST",
      headers: { ...bearer("write-key"), ...headers },
      body: typeof body === "string" ? body : new Uint8Array(body),
    });
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

  it("parses JSON whatever its Content-Type says", async () => {
    for (const type of [
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "image/png",
      "",
      "§",
    ]) {
      const headers = type === "§" ? { "content-type": "nonsense" } : { "content-type": type };
      const response = await send("/v1/batch", '{"batch":[1,{"a":"é"}]}', headers);
      expect(response.status, type).to.equal(200);
      expect(await response.json()).to.deep.equal({ batch: [1, { a: "é" }], by: "source" });
    }
  });

  it("accepts a byte order mark", async () => {
    expect((await send("/v1/batch", Buffer.from('\uFEFF{"batch":[]}'))).status).to.equal(200);
  });

  it("unpacks gzip, deflate and brotli, labelled, mislabelled and not labelled", async () => {
    const json = Buffer.from('{"batch":["packed"]}');
    const cases: [string, Buffer, Record<string, string>][] = [
      ["gzip labelled", zlib.gzipSync(json), { "content-encoding": "gzip" }],
      ["gzip in capitals", zlib.gzipSync(json), { "content-encoding": "GZIP" }],
      ["gzip as a form", zlib.gzipSync(json), { "content-type": "application/x-www-form-urlencoded" }],
      ["gzip called deflate", zlib.gzipSync(json), { "content-encoding": "deflate" }],
      ["plain called gzip", json, { "content-encoding": "gzip" }],
      ["plain called deflate", json, { "content-encoding": "deflate" }],
      ["deflate", zlib.deflateSync(json), { "content-encoding": "deflate" }],
      ["deflate without its header", zlib.deflateRawSync(json), { "content-encoding": "deflate" }],
      ["brotli", zlib.brotliCompressSync(json), { "content-encoding": "br" }],
      [
        "two gzip members",
        Buffer.concat([zlib.gzipSync(json.subarray(0, 5)), zlib.gzipSync(json.subarray(5))]),
        {},
      ],
    ];
    for (const [name, body, headers] of cases) {
      const response = await send("/v1/batch", body, headers);
      expect(response.status, name).to.equal(200);
      expect(await response.json(), name).to.deep.equal({ batch: ["packed"], by: "source" });
    }
  });

  it("unpacks any bytes it is sent, in a stream and at once", async () => {
    const packers: ((b: Buffer) => [Buffer, Record<string, string>])[] = [
      (b) => [b, {}],
      (b) => [zlib.gzipSync(b), {}],
      (b) => [zlib.gzipSync(b), { "content-encoding": "gzip" }],
      (b) => [zlib.deflateSync(b), { "content-encoding": "deflate" }],
      (b) => [zlib.brotliCompressSync(b), { "content-encoding": "br" }],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(...packers),
        async (bytes, times, pack) => {
          // A first byte of our own: bytes that happen to start like gzip are gzip as far as anybody can tell.
          const content = Buffer.concat([Buffer.from("x"), ...Array.from({ length: times }, () => bytes)]);
          const [body, headers] = pack(content);
          const raw = await send("/v1/raw", body, headers);
          const file = await send("/v1/file", body, { ...headers, ...bearer("admin-key") });
          expect(((await raw.json()) as { length: number }).length).to.equal(content.length);
          expect(((await file.json()) as { length: number }).length).to.equal(content.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("answers broken compression, unknown encodings, invalid UTF-8, no JSON and no body as unparsable", async () => {
    const packed = zlib.gzipSync(Buffer.alloc(5_000, "a"));
    const cases: [string, Buffer | string, Record<string, string>][] = [
      ["cut off gzip", packed.subarray(0, packed.length - 12), {}],
      ["garbage after the magic", Buffer.from([0x1f, 0x8b, 1, 2, 3]), {}],
      ["zstd", "{}", { "content-encoding": "zstd" }],
      ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), {}],
      ["no JSON", "secret: no", {}],
      ["empty", "", {}],
    ];
    for (const [name, body, headers] of cases) {
      const response = await send("/v1/batch", body, headers);
      expect(response.status, name).to.equal(400);
      const text = await response.text();
      expect(JSON.parse(text).code, name).to.equal("unparsable-body");
      expect(text, name).not.to.contain("secret");
    }
  });

  it("refuses nesting beyond 64 levels before parsing, in linear time", async () => {
    const nest = (n: number) => `{"batch":${"[".repeat(n)}${"]".repeat(n)}}`;
    expect((await send("/v1/batch", nest(63))).status).to.equal(200);
    expect(await codeOf(await send("/v1/batch", nest(64)))).to.equal("unparsable-body");
    expect(await codeOf(await send("/v1/batch", nest(100_000)))).to.equal("unparsable-body");
    expect(await codeOf(await send("/v1/batch", '{"batch":'.repeat(20_000)))).to.equal("unparsable-body");
    const brackets = JSON.stringify({ batch: ['["[{'.repeat(5_000)] });
    expect((await send("/v1/batch", brackets)).status, "brackets in texts").to.equal(200);
  });

  it("keeps __proto__ an ordinary key in batches and refuses it elsewhere", async () => {
    const response = await send("/v1/batch", '{"batch":[{"__proto__":{"polluted":1}}]}');
    expect(response.status).to.equal(200);
    expect(await response.text()).to.contain('"__proto__":{"polluted":1}');
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
    for (const key of ["__proto__", "\\u005f_proto__"]) {
      const refused = await send("/v1/things", `{"name":"x","labels":{"${key}":1}}`, bearer("admin-key"));
      expect(refused.status).to.equal(400);
    }
  });

  it("refuses NUL and lone surrogates in its own doors, and takes whole pairs", async () => {
    const name = (text: string) => send("/v1/things", `{"name":"${text}"}`, bearer("admin-key"));
    expect((await name("a\\u0000b")).status).to.equal(400);
    expect((await name("a\\ud800b")).status).to.equal(400);
    expect((await name("a\\ud83d\\ude00b")).status).to.equal(201);
  });

  it("answers tens of thousands of unknown keys with one problem", async () => {
    const keys = Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(",");
    const response = await send("/v1/things", `{"name":"x",${keys}}`, bearer("admin-key"));
    expect(response.status).to.equal(400);
    expect(((await response.json()) as { errors: unknown[] }).errors).to.have.length(1);
  });

  it("takes a body of exactly the limit and refuses one byte more, with 400", async () => {
    expect((await send("/v1/raw", Buffer.alloc(LIMIT, "a"))).status).to.equal(200);
    expect((await send("/v1/raw", zlib.gzipSync(Buffer.alloc(LIMIT, "a")))).status).to.equal(200);
    for (const body of [Buffer.alloc(LIMIT + 1, "a"), zlib.gzipSync(Buffer.alloc(LIMIT + 1, "a"))]) {
      const response = await send("/v1/raw", body);
      expect(response.status).to.equal(400);
      expect(await codeOf(response)).to.equal("body-too-large");
    }
  });

  it("stops unpacking a bomb of 200 MB at the limit", async () => {
    const bomb = await new Promise<Buffer>((resolve, reject) => {
      const gzip = zlib.createGzip({ level: 9 });
      const parts: Buffer[] = [];
      gzip
        .on("data", (c) => parts.push(c))
        .on("end", () => resolve(Buffer.concat(parts)))
        .on("error", reject);
      const zeros = Buffer.alloc(MB);
      Readable.from(
        (function* () {
          for (let i = 0; i < 200; i++) yield zeros;
        })(),
      ).pipe(gzip);
    });
    expect(bomb.length).to.be.below(LIMIT);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 5; i++)
      expect(await codeOf(await send("/v1/batch", bomb))).to.equal("body-too-large");
    expect(process.memoryUsage().rss - before).to.be.below(100 * MB);
  });

  it("cuts a bomb in a stream off and still answers", async () => {
    const gzip = zlib.gzipSync(Buffer.alloc(110 * MB));
    const response = await send("/v1/file", gzip, bearer("admin-key"));
    expect(response.status).to.equal(400);
    expect(await codeOf(response)).to.equal("body-too-large");
  });

  it("refuses 100 MB by its stated length without reading it, so that the sender sees the 400", async () => {
    const before = process.memoryUsage().rss;
    const body = Buffer.alloc(100 * MB, "a");
    const grownByTest = process.memoryUsage().rss - before;
    const response = await request(`${server.url}/v1/batch`, {
      method: "POST",
      headers: bearer("write-key"),
      body,
    });
    expect(response.statusCode).to.equal(400);
    expect(((await response.body.json()) as { code: string }).code).to.equal("body-too-large");
    expect(process.memoryUsage().rss - before - grownByTest).to.be.below(60 * MB);
  });

  it("stops keeping an endless body at the limit, answers at once, and lets a slow reader see it", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer write-key\r\n");
    socket.write("transfer-encoding: chunked\r\n\r\n");
    const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, "a"), Buffer.from("\r\n")]);
    const before = process.memoryUsage().rss;
    // The sender writes all of its 64 MB before it looks for an answer, as simple HTTP clients do.
    for (let i = 0; i < 1_000; i++) {
      if (!socket.write(chunk)) await new Promise((resolve) => socket.once("drain", resolve));
    }
    socket.write("0\r\n\r\n");
    const answer = await readAll(socket);
    expect(answer).to.match(/^HTTP\/1\.1 400 /);
    expect(answer)
      .to.match(/connection: close/i)
      .and.to.contain("body-too-large");
    expect(process.memoryUsage().rss - before).to.be.below(60 * MB);
  });

  it("answers the refusal of a file while the file is still coming", async () => {
    const endless = Readable.from(
      (function* () {
        for (let i = 0; i < 500; i++) yield Buffer.alloc(65_536, "a");
      })(),
    );
    const response = await request(`${server.url}/v1/refused-file`, {
      method: "POST",
      headers: bearer("admin-key"),
      body: endless,
    });
    expect(response.statusCode).to.equal(400);
    expect(((await response.body.json()) as { code: string }).code).to.equal("unknown-encoding");
  });

  it("refuses a stranger's 100 MB before reading it", async () => {
    const response = await request(`${server.url}/v1/file`, {
      method: "POST",
      headers: bearer("nobody"),
      body: Buffer.alloc(100 * MB),
    });
    expect(response.statusCode).to.equal(401);
  });

  it("keeps the connection when a small body goes unread", async () => {
    const response = await send("/v1/things", '{"name":"x"}', bearer("nobody"));
    expect(response.status).to.equal(401);
    expect(response.headers.get("connection")).not.to.equal("close");
  });

  it("does not let a client send what would be refused when it asks first", async () => {
    const ask = async (length: number, key: string) => {
      const socket = connect(server.port, "127.0.0.1");
      const all = readAll(socket);
      socket.write(
        `POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`,
      );
      const first = await new Promise<string>((resolve) => socket.once("data", (d) => resolve(d.toString())));
      if (first.startsWith("HTTP/1.1 100")) socket.end('{"batch":[]}');
      return all;
    };
    expect(await ask(500 * MB, "write-key")).to.match(/^HTTP\/1\.1 400 /);
    expect(await ask(12, "nobody")).to.match(/^HTTP\/1\.1 401 /);
    expect(await ask(12, "write-key")).to.match(/^HTTP\/1\.1 100 [\s\S]*HTTP\/1\.1 200 /);
  });

  it("answers malformed HTTP with a problem", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write("NONSENSE\r\n\r\n");
    const answer = await readAll(socket);
    expect(answer)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.to.contain("application/problem+json");
  });

  it("survives senders that go away in the middle of a body", async () => {
    for (const path of ["/v1/batch", "/v1/file", "/v1/refused-file"]) {
      const key = path === "/v1/batch" ? "write-key" : "admin-key";
      const logged = server.lines.length;
      const socket = connect(server.port, "127.0.0.1");
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 100000\r\n\r\nabc`,
      );
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.resetAndDestroy();
      while (server.lines.length === logged) await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    expect(server.lines.filter((l) => l.event === "request_failed")).to.deep.equal([]);
  });
});
