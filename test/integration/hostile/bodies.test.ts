import { request } from "node:http";
import { Readable } from "node:stream";
import { brotliCompressSync, constants, createGzip } from "node:zlib";
import { expect } from "chai";
import { ADMIN_KEY } from "../../setup/server.ts";
import { type Source, type SpawnedServer, spawnServer } from "./spawned-server.ts";

const MB = 1024 * 1024;
/** What any of these attacks may add to the memory of a server that has warmed up. */
const MOST_GROWTH = 400 * MB;

interface Sent {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
}

describe("hostile bodies against a server of its own", () => {
  let server: SpawnedServer;
  let shop: Source;
  let list: Source;
  let line: Source;
  let good = 0;
  let warm = 0;

  /** Sends a body piece by piece; what the server refuses early is not sent on. */
  function send(
    path: string,
    pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
    options: { key?: string; length?: number; headers?: Record<string, string> } = {},
  ): Promise<Sent> {
    return new Promise((resolve, reject) => {
      const req = request(`${server.url}${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${options.key ?? shop.writeKey}`,
          ...(options.length === undefined ? {} : { "content-length": options.length }),
          ...options.headers,
        },
      });
      req.on("response", (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("end", () => {
          const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
          resolve({ status: res.statusCode ?? 0, code: body.code as string | undefined, body });
          req.destroy();
        });
      });
      let answered = false;
      req.on("response", () => {
        answered = true;
      });
      req.on("error", (error) => (answered ? undefined : reject(error)));
      Readable.from(pieces).pipe(req);
    });
  }

  function* repeat(piece: Buffer, bytes: number): Generator<Buffer> {
    for (let sent = 0; sent < bytes; sent += piece.length)
      yield piece.subarray(0, Math.min(piece.length, bytes - sent));
  }
  const spaces = Buffer.alloc(MB, " ");
  const text = (value: string): Buffer[] => [Buffer.from(value)];
  const itemOf = (userId: string) => JSON.stringify({ type: "page", userId });

  /** A neighbour's good event, sent after every attack. */
  async function stillServes(): Promise<void> {
    expect(server.isAlive()).to.equal(true);
    const { status, body } = await send("/v1/batch", text(`{"batch":[${itemOf(`GOOD-${good}`)}]}`));
    expect([status, (body.results as { status: string }[])[0]?.status]).to.deep.equal([200, "accepted"]);
    good++;
  }

  before(async function () {
    this.timeout(120_000);
    server = await spawnServer();
    shop = await server.source({ name: "Shop", kind: "web" });
    list = await server.source({ name: "List", kind: "members" });
    const secrets = { channelSecret: "0123456789abcdef0123456789abcdef" };
    line = await server.source({ name: "LINE", kind: "social", platform: "line", secrets });
    const batch = Array.from({ length: 2_000 }, (_, i) => itemOf(`WARM-${i}`)).join(",");
    for (let i = 0; i < 3; i++) await send("/v1/batch", text(`{"batch":[${batch}]}`));
    good = await server.accepted(shop.id);
    await server.memory();
    warm = (await server.memory()).now;
  });
  after(() => server.close());
  afterEach(async function () {
    await stillServes();
    const { peak } = await server.memory();
    expect(peak - warm, `${this.currentTest?.title}: peak memory`).to.be.below(MOST_GROWTH);
  });

  it("refuses 100 MB with and without a stated length, at every kind of door", async () => {
    const doors: readonly (readonly [string, string])[] = [
      ["/v1/batch", shop.writeKey],
      ["/v1/t", shop.writeKey],
      ["/beacon/v1/batch", shop.writeKey],
      ["/v1/profiles/lookup?purpose=service", ADMIN_KEY],
      ["/v1/sources", ADMIN_KEY],
      ["/v1/quarantine/replay", ADMIN_KEY],
      [`/v1/webhooks/${line.id}`, ADMIN_KEY],
    ];
    for (const [path, key] of doors) {
      for (const length of [100 * MB, undefined]) {
        const sent = await send(path, repeat(spaces, 100 * MB), {
          key,
          ...(length === undefined ? {} : { length }),
        });
        expect([sent.status, sent.code], path).to.deep.equal([400, "body-too-large"]);
      }
    }
  });

  it("refuses 100 MB from somebody whose key could only stand in the body", async () => {
    const sent = await send("/v1/batch", repeat(spaces, 100 * MB), { headers: { authorization: "" } });
    expect([sent.status, sent.code]).to.deep.equal([400, "body-too-large"]);
  });

  it("refuses a gzip bomb and a brotli bomb at the size that the door takes", async () => {
    const bomb: Buffer[] = [];
    const gzip = createGzip({ level: 9 });
    Readable.from(repeat(spaces, 500 * MB)).pipe(gzip);
    for await (const chunk of gzip) bomb.push(chunk as Buffer);
    const brotli = brotliCompressSync(Buffer.alloc(100 * MB, " "), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 24 },
    });
    const small = bomb.reduce((n, c) => n + c.length, 0);
    expect(small, "what comes over the wire").to.be.below(2 * MB);
    for (const path of ["/v1/batch", "/v1/identify"]) {
      const sent = await send(path, bomb, { headers: { "content-encoding": "gzip" } });
      expect([sent.status, sent.code], path).to.deep.equal([400, "body-too-large"]);
    }
    const sent = await send("/v1/batch", [brotli], { headers: { "content-encoding": "br" } });
    expect([sent.status, sent.code]).to.deep.equal([400, "body-too-large"]);
    const file = await send(`/v1/sources/${list.id}/files`, bomb, { key: list.writeKey });
    expect(file.status, JSON.stringify(file.body)).to.equal(400);
    expect(file.code).to.be.oneOf(["body-too-large", "unparsable-body"]);
  });

  it("refuses nesting of a hundred thousand levels, closed or not, before anything is built from it", async () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const levels = 100_000;
      const deep = open.repeat(levels) + (open === "[" ? "" : "1") + close.repeat(levels);
      for (const body of [`{"batch":[${deep}]}`, `{"batch":[${open.repeat(levels)}`]) {
        const sent = await send("/v1/batch", text(body));
        expect([sent.status, sent.code]).to.deep.equal([400, "unparsable-body"]);
      }
      const look = await send("/v1/profiles/lookup?purpose=service", text(deep), { key: ADMIN_KEY });
      expect([look.status, look.code]).to.deep.equal([400, "unparsable-body"]);
      const file = await send(
        `/v1/sources/${list.id}/files`,
        text(`${deep}\n{"memberCard":"DEEP-${levels}"}`),
        {
          key: list.writeKey,
        },
      );
      expect(file.status, JSON.stringify(file.body)).to.be.oneOf([200, 400]);
    }
  });

  it("quarantines an item of hundreds of thousands of keys beside a good one, and refuses a million", async () => {
    const keys = (n: number) => Array.from({ length: n }, (_, i) => `"${i.toString(36)}":0`).join(",");
    const many = `{"type":"page","userId":"KEYS-1","properties":{${keys(400_000)}}}`;
    const sent = await send("/v1/batch", text(`{"batch":[${many},${itemOf("KEYS-2")}]}`));
    expect(sent.status, JSON.stringify(sent.body).slice(0, 300)).to.equal(200);
    expect(
      (sent.body.results as { status: string; code?: string }[]).map((r) => r.code ?? r.status),
    ).to.deep.equal(["too-many-keys", "accepted"]);
    good++;
    const million = `{"type":"page","userId":"KEYS-3",${keys(1_000_000)}}`;
    expect((await send("/v1/batch", text(`{"batch":[${million}]}`))).code).to.equal("body-too-large");
    const look = await send("/v1/profiles/lookup?purpose=service", text(`{${keys(100_000)}}`), {
      key: ADMIN_KEY,
    });
    expect([look.status, look.code]).to.deep.equal([400, "invalid-request"]);
    const lines = `{"memberCard":"KEYS-4",${keys(1_000_000)}}\n{"memberCard":"KEYS-5"}\n`;
    const file = await send(`/v1/sources/${list.id}/files`, text(lines), { key: list.writeKey });
    expect(file.status, JSON.stringify(file.body).slice(0, 300)).to.equal(200);
    expect(file.body.counts).to.include({ accepted: 1, quarantined: 1 });
  });

  it("reads a first line of many kilobytes in time that grows with its length only", async () => {
    const header = "x".repeat(60_000);
    // Each took seconds while the search for the line's end began anew at every character: a hundred never ended in time.
    for (let i = 0; i < 100; i++) {
      const file = await send(`/v1/sources/${list.id}/files`, text(`${header}\nLONG-1\n`), {
        key: list.writeKey,
      });
      expect(file.status, JSON.stringify(file.body)).to.be.oneOf([200, 400]);
    }
  });

  it("refuses a batch of a million nothings", async () => {
    const sent = await send("/v1/batch", text(`{"batch":[${"0,".repeat(999_999)}0]}`));
    expect([sent.status, sent.code]).to.deep.equal([400, "body-too-large"]);
  });

  it("reads a file of one endless line, and one of an endless quoted cell, in bounded memory", async () => {
    const begins = ["member_card,name\nLINE-1,", 'member_card,name\nLINE-1,"', "", '{"memberCard":"'];
    for (const [index, begin] of begins.entries()) {
      function* endless(): Generator<Buffer> {
        yield Buffer.from(begin);
        yield* repeat(Buffer.alloc(MB, "x"), (index === 0 ? 100 : 20) * MB);
      }
      const file = await send(`/v1/sources/${list.id}/files`, endless(), { key: list.writeKey });
      expect(file.status, `${begin}: ${JSON.stringify(file.body).slice(0, 300)}`).to.be.oneOf([200, 400]);
      if (file.status === 400) expect(file.code).to.equal("unparsable-body");
      else expect(file.body.counts).to.include({ accepted: 0 });
    }
  });

  it("is not held up by senders that stop in the middle", async () => {
    const halves = Array.from({ length: 50 }, () => {
      const req = request(`${server.url}/v1/batch`, {
        method: "POST",
        headers: { authorization: `Bearer ${shop.writeKey}`, "content-length": 1_000 },
      });
      req.on("error", () => {});
      req.write('{"batch":[');
      return req;
    });
    await stillServes();
    for (const req of halves) req.destroy();
  });

  it("has stored every good event that was sent meanwhile, and nothing else", async () => {
    expect(await server.accepted(shop.id)).to.equal(good);
  });
});
