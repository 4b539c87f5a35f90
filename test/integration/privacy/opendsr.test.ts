import { execFileSync } from "node:child_process";
import { createHash, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { openSigner } from "../../../src/privacy/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, joinMember, recordingFulfilment } from "./people.ts";

const DOMAIN = "privacy.harbour.example";

/** A certificate of a test authority of our own that names the domain, made by openssl. */
function makeCertificate(folder: string) {
  const run = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  run(
    ..."req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Test-Authority".split(
      " ",
    ),
  );
  run(
    ...`req -newkey rsa:2048 -nodes -keyout own.key -out own.csr -subj /CN=Harbour -addext subjectAltName=DNS:${DOMAIN}`.split(
      " ",
    ),
  );
  run(
    ..."x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out own.pem -days 2 -copy_extensions copy".split(
      " ",
    ),
  );
  return {
    certificate: readFileSync(join(folder, "own.pem"), "utf8"),
    key: readFileSync(join(folder, "own.key"), "utf8"),
    authority: readFileSync(join(folder, "ca.pem"), "utf8"),
  };
}

interface Heard {
  readonly body: string;
  readonly signature: string;
}

describe("OpenDSR", () => {
  const clock = fixedClock("2026-11-10T09:00:00Z");
  const fulfilment = recordingFulfilment();
  const heard: Heard[] = [];
  const folder = mkdtempSync(join(tmpdir(), "candor-opendsr-"));
  let answers = 202;
  let made: ReturnType<typeof makeCertificate>;
  let server: TestServer;
  let receiver: Server;
  let callback: string;
  let mei: string;

  before(async function () {
    try {
      made = makeCertificate(folder);
    } catch {
      // Without openssl there is no certificate to sign with.
      this.skip();
    }
    receiver = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        heard.push({ body, signature: String(request.headers["x-opendsr-signature"]) });
        response.writeHead(answers).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as AddressInfo;
    callback = `http://127.0.0.1:${port}/callback`;
    server = await startTestServer("opendsr", {
      clock,
      fulfilment,
      openDsr: openSigner({ domain: DOMAIN, ...made }),
      outboundAllow: [`127.0.0.1:${port}`],
    });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    mei = await joinMember(server, { number: "M-1", email: "mei@members.example" });
  });
  after(async () => {
    await server?.close();
    receiver?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (
    method: string,
    path: string,
    body?: string,
    key: string | null | undefined = undefined,
  ) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: key === null ? {} : { authorization: `Bearer ${key ?? "test-admin-key-0123456789"}` },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
  };
  const isSigned = (text: string, signature: string | null) =>
    verify(
      "sha256",
      Buffer.from(text),
      new X509Certificate(made.certificate).publicKey,
      Buffer.from(signature ?? "", "base64"),
    );
  const requestBody = (more: object = {}) => ({
    regulation: "gdpr",
    subject_request_id: "a7551968-d5d6-44b2-9831-815ac9017798",
    subject_request_type: "erasure",
    submitted_time: "2026-11-10T08:00:00Z",
    subject_identities: [
      { identity_type: "email", identity_value: "Mei@Members.example", identity_format: "raw" },
    ],
    api_version: "2.0",
    status_callback_urls: [callback],
    ...more,
  });

  it("says what it supports, signed by the certificate that it names", async () => {
    const found = await ask("GET", "/v2/discovery", undefined, null);
    expect(found.status).to.equal(200);
    expect(found.json).to.deep.include({
      api_version: "2.0",
      supported_subject_request_types: ["access", "portability", "erasure"],
      processor_certificate: `https://${DOMAIN}/v2/certificate.pem`,
    });
    expect(found.json.supported_identities).to.deep.include({
      identity_type: "email",
      identity_format: "sha256",
    });
    expect(found.headers.get("x-opendsr-processor-domain")).to.equal(DOMAIN);
    expect(isSigned(found.text, found.headers.get("x-opendsr-signature"))).to.equal(true);
    expect(isSigned(`${found.text} `, found.headers.get("x-opendsr-signature"))).to.equal(false);
    const pem = await (await fetch(`${server.url}/v2/certificate.pem`)).text();
    expect(new X509Certificate(pem).verify(new X509Certificate(made.authority).publicKey)).to.equal(true);
  });

  it("takes an erasure once, tells every change with a signature, and never goes back", async () => {
    const body = JSON.stringify(requestBody());
    const first = await ask("POST", "/v2/requests", body);
    expect(first.status, first.text).to.equal(201);
    expect(first.json).to.deep.equal({
      controller_id: first.json.controller_id,
      expected_completion_time: "2026-12-10T23:00:00.000Z",
      received_time: "2026-11-10T09:00:00.000Z",
      encoded_request: Buffer.from(body).toString("base64"),
      subject_request_id: "a7551968-d5d6-44b2-9831-815ac9017798",
    });
    expect(isSigned(first.text, first.headers.get("x-opendsr-signature"))).to.equal(true);
    const again = await ask("POST", "/v2/requests", body);
    expect([again.status, again.json]).to.deep.equal([201, first.json]);
    const other = await ask("POST", "/v2/requests", JSON.stringify(requestBody({ regulation: "ccpa" })));
    expect([other.status, other.json.error.errors[0].reason]).to.deep.equal([400, "subject_request_id"]);

    const path = "/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798";
    expect((await ask("GET", path)).json.request_status).to.equal("pending");
    const [row] = await server.candor.privacy.requests.list({ door: "opendsr", limit: 5 });
    expect([row?.state, row?.memberId, row?.regime]).to.deep.equal(["assessing", mei, "EU"]);
    const preview = await server.candor.privacy.requests.preview(row?.requestId ?? "");
    answers = 500;
    await server.call("POST", `/v1/dsr/${row?.requestId}/approve`, {
      body: { fingerprint: preview.fingerprint },
    });
    expect(fulfilment.calls).to.deep.equal([`erase ${mei}`]);
    const status = await ask("GET", "/v2/status/a7551968-d5d6-44b2-9831-815ac9017798");
    expect(status.json.request_status).to.equal("in_progress");
    const cancelled = await ask("DELETE", path);
    expect(cancelled.status, "too late").to.equal(400);

    expect(await server.candor.privacy.openDsr.push()).to.equal(1);
    expect(await server.candor.privacy.openDsr.push(), "waits before it tries again").to.equal(0);
    await server.database.db.tx((tx) =>
      server.candor.privacy.requests.listener.finished(tx, {
        requestId: row?.requestId ?? "",
        runId: row?.requestId ?? "",
        certificateId: row?.requestId ?? "",
        outcome: "completed",
      }),
    );
    answers = 202;
    clock.advance(6_000);
    while ((await server.candor.privacy.openDsr.push()) > 0);
    const told = heard.map((h) => JSON.parse(h.body));
    expect(told.map((t) => t.request_status)).to.deep.equal(["in_progress", "in_progress", "completed"]);
    expect(told[0].status_callback_url).to.equal(callback);
    for (const h of heard) expect(isSigned(h.body, h.signature)).to.equal(true);
    clock.set("2026-11-10T09:00:00Z");
  });

  it("matches plain digests in memory and keeps nothing of them", async () => {
    for (const [format, n] of [
      ["sha256", 1],
      ["sha1", 2],
      ["md5", 3],
    ] as const) {
      const digest = createHash(format).update("mei@members.example").digest("hex");
      const filed = await ask(
        "POST",
        "/v2/requests",
        JSON.stringify(
          requestBody({
            subject_request_id: `a7551968-d5d6-44b2-9831-81500000000${n}`,
            subject_identities: [{ identity_type: "email", identity_value: digest, identity_format: format }],
          }),
        ),
      );
      expect(filed.status, filed.text).to.equal(201);
      const rows = await server.candor.privacy.requests.list({ door: "opendsr", memberId: mei, limit: 50 });
      expect(rows.length).to.equal(n + 1);
    }
  });

  it("cancels what is pending, and calls what it does not hold completed", async () => {
    const id = "a7551968-d5d6-44b2-9831-815000000001";
    const gone = await ask("DELETE", `/v2/requests/${id}`);
    expect([gone.status, gone.json.subject_request_id]).to.deep.equal([202, id]);
    expect((await ask("GET", `/v2/requests/${id}`)).json).to.deep.include({ request_status: "cancelled" });
    const stranger = requestBody({
      subject_request_id: "a7551968-d5d6-44b2-9831-815000000009",
      subject_identities: [
        { identity_type: "email", identity_value: "nobody@elsewhere.example", identity_format: "raw" },
      ],
    });
    await ask("POST", "/v2/requests", JSON.stringify(stranger));
    const status = await ask("GET", "/v2/requests/a7551968-d5d6-44b2-9831-815000000009");
    expect(status.json).to.deep.include({ request_status: "completed", results_count: 0 });
  });

  it("refuses strictly, signed and without an identity: the specification's own example too", async () => {
    const { regulation: _none, ...without } = requestBody();
    const faulty = [
      JSON.stringify(without),
      `${JSON.stringify(requestBody()).slice(0, -1)},}`,
      JSON.stringify(requestBody({ subject_request_id: "A7551968-D5D6-44B2-9831-815AC9017798" })),
      JSON.stringify(requestBody({ submitted_time: "10 November 2026" })),
      JSON.stringify(requestBody({ subject_identities: undefined })),
      JSON.stringify(requestBody({ subject_request_type: "access" })),
      JSON.stringify(
        requestBody({
          subject_request_id: "a7551968-d5d6-44b2-9831-815000000008",
          status_callback_urls: ["http://169.254.169.254/latest"],
        }),
      ),
      JSON.stringify(requestBody({ api_version: "3.0" })),
    ];
    for (const body of faulty) {
      const refused = await ask("POST", "/v2/requests", body);
      expect(refused.status, body).to.equal(400);
      expect(refused.json.error).to.include.keys("code", "message", "errors");
      expect(refused.text).to.not.match(/members\.example/i);
      expect(isSigned(refused.text, refused.headers.get("x-opendsr-signature"))).to.equal(true);
    }
    expect((await ask("POST", "/v2/requests", JSON.stringify(requestBody()), null)).status).to.equal(401);
    expect((await ask("GET", "/v2/requests/a7551968-d5d6-44b2-9831-81500000ffff")).status).to.equal(404);
  });

  it("answers under the names of OpenGDPR 1 with its headers", async () => {
    const {
      regulation: _none,
      api_version: _version,
      ...old
    } = requestBody({
      subject_request_id: "a7551968-d5d6-44b2-9831-815000000007",
    });
    const filed = await ask("POST", "/v1/opengdpr_requests", JSON.stringify(old));
    expect(filed.status, filed.text).to.equal(201);
    expect(filed.headers.get("x-opengdpr-processor-domain")).to.equal(DOMAIN);
    expect(isSigned(filed.text, filed.headers.get("x-opengdpr-signature"))).to.equal(true);
    expect((await ask("GET", "/v1/discovery", undefined, null)).json.api_version).to.equal("1.0");
  });

  it("takes no certificate that does not name its domain", () => {
    expect(() => openSigner({ domain: "other.example", ...made })).to.throw(/does not name/);
    expect(() => openSigner({ domain: DOMAIN, certificate: made.authority, key: made.key })).to.throw(
      /not the certificate's key/,
    );
  });
});
