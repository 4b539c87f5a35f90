import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { LOCALES } from "../../../src/i18n/index.ts";
import { caseReasons, isUrgent, moveCase } from "../../../surveys/cases/decide-case.ts";
import { csvLine } from "../../../surveys/metrics/csv.ts";
import type { AnsweredMetric } from "../../../surveys/port.ts";
import { readReport } from "../../../surveys/sending/bounces.ts";
import { isSampled } from "../../../surveys/sending/decide-round.ts";
import { tenureBand } from "../../../surveys/sending/facts.ts";
import { readHandOver } from "../../../surveys/sending/hand-over.ts";
import { localeFor, renderInvitation } from "../../../surveys/sending/invitation-mail.ts";
import { readMailbox } from "../../../surveys/sending/mailbox.ts";
import { qrSvg } from "../../../surveys/sending/qr.ts";
import { storeOfLatest } from "../../../surveys/sending/served.ts";
import { anImapMailbox } from "../../setup/imap-server.ts";

const ID = "019a0000-0000-7000-8000-000000000001";
const dsn = (action: string, status: string) =>
  [
    "From: MAILER-DAEMON@mx.example",
    "Content-Type: multipart/report;",
    ' report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Final-Recipient: rfc822; somebody@example.org",
    `Action: ${action}`,
    `Status: ${status}`,
    "",
    "--b",
    "Content-Type: text/rfc822-headers",
    "",
    `Message-ID: <${ID}@candor.example>`,
    "",
    "--b--",
  ].join("\r\n");

describe("the store that served a member last", () => {
  it("is that of the newest purchase in one, in whatever order they are told", () => {
    const orders = [
      { orderedAt: "2026-10-01T09:00:00.000Z", storeId: "T01" },
      { orderedAt: "2026-11-01T09:00:00.000Z", storeId: "T02" },
      { orderedAt: "2026-11-02T09:00:00.000Z", storeId: null },
      { orderedAt: "2026-11-01T09:00:00.000Z", storeId: "T03" },
    ];
    expect(storeOfLatest(orders)).to.equal("T02");
    expect(storeOfLatest([...orders].reverse())).to.equal("T02");
    expect(storeOfLatest([])).to.equal(null);
  });
});

describe("reports of delivery", () => {
  it("are read by our message id, action and status alone", () => {
    expect(readReport(dsn("failed", "5.1.1"))).to.deep.equal({
      messageId: ID,
      kind: "permanent",
      status: "5.1.1",
    });
    expect(readReport(dsn("delayed", "4.4.7"))).to.deep.equal({
      messageId: ID,
      kind: "temporary",
      status: "4.4.7",
    });
    expect(readReport(dsn("delivered", "2.0.0"))).to.equal(null);
  });
  it("are told from other mail, such as an answer that quotes one", () => {
    expect(
      readReport(`Subject: hello\r\nContent-Type: text/plain\r\n\r\n${dsn("failed", "5.1.1")}`),
    ).to.equal(null);
    expect(readReport("nonsense")).to.equal(null);
  });
  it("are fetched from a mailbox, and deleted only when they were understood", async () => {
    const { server, port, deleted, seen } = await pop3([
      dsn("failed", "5.1.1"),
      "Subject: hi\r\n\r\n.. a line",
    ]);
    const texts: string[] = [];
    const settled = await readMailbox({ url: `pop3://a%40b:secret@127.0.0.1:${port}` }, async (raw) => {
      texts.push(raw);
      return readReport(raw) !== null;
    });
    server.close();
    expect(settled).to.equal(1);
    expect(deleted).to.deep.equal(["1"]);
    expect(seen.slice(0, 2)).to.deep.equal(["USER a@b", "PASS secret"]);
    expect(texts[1]).to.equal("Subject: hi\r\n\r\n.. a line");
  });
  it("are fetched over IMAP without opening other mail, and deleted only when they were understood", async () => {
    const box = await anImapMailbox();
    const others = "Subject: about a message of somebody else\r\nContent-Type: multipart/report\r\n\r\n";
    const letter = "Subject: hi\r\nContent-Type: text/plain\r\n\r\nGood day";
    for (const raw of [letter, dsn("failed", "5.1.1"), others, dsn("delayed", "4.4.7")]) box.take(raw);
    const texts: string[] = [];
    const settled = await readMailbox({ url: box.url }, async (raw) => {
      texts.push(raw);
      return readReport(raw) !== null;
    });
    const left = box.messages();
    const wrong = await readMailbox({ url: box.url.replace("secret", "guess") }, async () => true).then(
      () => "read",
      (error: Error) => error.message,
    );
    box.close();
    expect(settled).to.equal(2);
    expect(texts).to.deep.equal([dsn("failed", "5.1.1"), others, dsn("delayed", "4.4.7")]);
    expect(left.map((m) => m.raw)).to.deep.equal([letter, others]);
    expect(left.some((m) => m.flags.includes("\\Seen"))).to.equal(false);
    expect(wrong).to.equal("the mailbox could not be read");
  });
});

/** As much of POP3 (RFC 1939) as reading a mailbox needs. */
async function pop3(mails: readonly string[]) {
  const deleted: string[] = [];
  const seen: string[] = [];
  const server: Server = createServer((socket) => {
    socket.write("+OK ready\r\n");
    socket.on("data", (part) => {
      for (const line of part
        .toString()
        .split("\r\n")
        .filter((l) => l !== "")) {
        seen.push(line);
        const [word, at] = line.split(" ");
        const multi = (lines: string[]) =>
          socket.write(["+OK", ...lines.map((l) => (l.startsWith(".") ? `.${l}` : l)), ".", ""].join("\r\n"));
        if (word === "LIST") multi(mails.map((m, i) => `${i + 1} ${m.length}`));
        else if (word === "RETR") multi((mails[Number(at) - 1] ?? "").split("\r\n"));
        else {
          if (word === "DELE") deleted.push(at ?? "");
          socket.write("+OK\r\n");
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0, deleted, seen };
}

describe("an invitation by mail", () => {
  const survey = {
    name: { en: "After your purchase", "zh-CN": "购物之后", "zh-TW": "購物之後" },
    anonymous: false,
    firstQuestion: {
      name: "nps",
      title: { en: "Would you <recommend> us?", "zh-CN": "您会推荐我们吗？", "zh-TW": "您會推薦我們嗎？" },
      choices: [0, 1, 10].map((value) => ({
        value,
        text: { en: String(value), "zh-CN": String(value), "zh-TW": String(value) },
      })),
      minText: { en: "no", "zh-CN": "不会", "zh-TW": "不會" },
      maxText: { en: "yes", "zh-CN": "会", "zh-TW": "會" },
    },
  };
  const render = (locale: (typeof LOCALES)[number], kind: "invitation" | "reminder" = "invitation") =>
    renderInvitation({
      survey,
      locale,
      company: "Hill & Sons",
      links: {
        survey: "https://x.example/s/abc",
        preferences: "https://x.example/p/1",
        unsubscribe: "https://x.example/u/1",
      },
      kind,
      expiresAt: new Date("2026-12-05T00:00:00Z"),
    });

  it("has the same links in text and HTML in every language, and a link for each answer", () => {
    for (const locale of LOCALES) {
      for (const kind of ["invitation", "reminder"] as const) {
        const mail = render(locale, kind);
        for (const body of [mail.text, mail.html])
          for (const link of ["/s/abc", "/p/1", "/u/1"])
            expect(body, locale).to.include(`https://x.example${link}`);
        for (const value of [0, 1, 10]) expect(mail.html).to.include(`https://x.example/s/abc?a=${value}"`);
        expect(mail.html).to.include(`lang="${locale}"`);
        expect(mail.subject).to.include("Hill & Sons");
      }
    }
  });
  it("escapes what it puts in and fetches nothing from anywhere", () => {
    const { html } = render("en");
    expect(html).to.include("Hill &amp; Sons").and.to.include("&lt;recommend&gt;");
    expect(html).to.not.match(/<img|<script|<link|@import|url\(/i);
  });
  it("is written in the member's language, the country's, or the survey's", () => {
    expect(localeFor("zh-TW", "CN", ["en", "zh-CN", "zh-TW"])).to.equal("zh-TW");
    expect(localeFor(null, "CN", ["en", "zh-CN"])).to.equal("zh-CN");
    expect(localeFor("zh-TW", "TW", ["zh-CN"])).to.equal("zh-CN");
    expect(localeFor(null, "DE", ["zh-CN", "en"])).to.equal("en");
  });
});

describe("the draw of a sample", () => {
  it("takes its share and is the same at every look", () => {
    const ids = Array.from({ length: 4_000 }, (_, i) => `member-${i}`);
    const taken = ids.filter((id) => isSampled({ sample: 0.25 }, "c|w", id));
    expect(taken.length / ids.length).to.be.within(0.22, 0.28);
    expect(ids.filter((id) => isSampled({ sample: 0.25 }, "c|w", id))).to.deep.equal(taken);
    expect(ids.every((id) => isSampled({}, "c|w", id))).to.equal(true);
  });
});

describe("tenure", () => {
  it("is told in bands only", () => {
    const at = new Date("2026-11-21T00:00:00Z");
    expect(
      ["2026-11-01", "2026-05-01", "2025-05-01", "2023-01-01", "2010-01-01"].map((d) =>
        tenureBand(d, null, at),
      ),
    ).to.deep.equal(["0-3m", "3-12m", "1-2y", "2-5y", "5y+"]);
    expect(tenureBand(null, null, at)).to.equal(null);
  });
});

describe("cases", () => {
  const metric = (kind: AnsweredMetric["kind"], value: number): AnsweredMetric => ({
    question: "q",
    kind,
    scale: null,
    value,
  });
  const reasons = (metrics: AnsweredMetric[], urgent = false, contactWanted = false) =>
    caseReasons({ metrics, urgent, contactWanted });
  it("open for detractors, low satisfaction, high effort, urgent words and a wish to be called", () => {
    expect(reasons([metric("nps", 6), metric("csat", 2), metric("ces", 2)], true, true)).to.deep.equal([
      "detractor",
      "low-csat",
      "high-effort",
      "keyword",
      "contact-wanted",
    ]);
    expect(reasons([metric("nps", 7), metric("csat", 3), metric("ces", 3)])).to.deep.equal([]);
    expect(reasons([metric("nps", 0)])).to.deep.equal(["detractor"]);
  });
  it("know words that cannot wait, in both languages", () => {
    expect(isUrgent("My lawyer will call")).to.equal(true);
    expect(isUrgent("吃了以后拉肚子")).to.equal(true);
    expect(isUrgent("a lovely shop")).to.equal(false);
  });
  it("are contacted once, closed once, and opened again", () => {
    expect([
      moveCase("open", "contact"),
      moveCase("contacted", "contact"),
      moveCase("closed", "close"),
    ]).to.deep.equal(["contacted", null, null]);
    expect([
      moveCase("open", "close"),
      moveCase("closed", "reopen"),
      moveCase("open", "reopen"),
    ]).to.deep.equal(["closed", "open", null]);
  });
});

describe("exports", () => {
  it("write 0 as 0, nothing as nothing, and no formulas", () => {
    expect(csvLine([0, null, '=SUM(A1)"', "a,b"])).to.equal(`0,,"'=SUM(A1)""","a,b"\r\n`);
  });
});

describe("QR codes", () => {
  it("are pictures that hold the modules and a quiet zone, and nothing else", () => {
    const svg = qrSvg("https://x.example/f/abc", 'a "name"');
    expect(svg).to.match(/^<svg [^>]*viewBox="0 0 (\d+) \1"/);
    expect(svg).to.include('aria-label="a name"').and.not.include("x.example");
  });
});

describe("the answer of a gateway", () => {
  it("is taken for what it says, and for unknown where the message may have been passed on", () => {
    const answered = (status: number) => readHandOver({ kind: "answered", status }).state;
    expect([200, 204, 302, 400, 404, 408, 429, 500, 502, 503].map(answered)).to.deep.equal([
      "sent",
      "sent",
      "failed",
      "failed",
      "failed",
      "unknown",
      "queued",
      "unknown",
      "unknown",
      "queued",
    ]);
    const silent = (code: string, heard?: true) =>
      readHandOver({ kind: "failed", code, ...(heard === undefined ? {} : { heard }) }).state;
    expect(silent("timeout", true)).to.equal("unknown");
    expect(silent("connection-failed", true)).to.equal("unknown");
    expect(silent("connection-failed")).to.equal("queued");
    expect(silent("name-not-found")).to.equal("queued");
    expect(silent("address-refused")).to.equal("failed");
  });
});
