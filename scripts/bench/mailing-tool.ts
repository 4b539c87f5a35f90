import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { administer } from "./administer.ts";
import { say, whole } from "./report.ts";
import type { MeasuredServer } from "./server-process.ts";

export const PURPOSE = "marketing";
export const CHANNEL = "sms";
export const RECIPIENT = "measured-mailer";
/** Three of four members agreed. */
export const GRANTED = (index: number): boolean => index % 4 !== 3;

const COMPANY = {
  name: { en: "Measured Ltd", "zh-CN": "测量公司", "zh-TW": "測量公司" },
  address: { en: "1 Example Street, London", "zh-CN": "伦敦示例路 1 号", "zh-TW": "倫敦範例路 1 號" },
  country: "GB",
  email: "privacy@measured.example",
  phone: "+44 20 7946 0100",
  dataProtectionOfficer: null,
  publicUrl: "https://choices.measured.example",
  rightsUrl: "https://choices.measured.example/rights",
  area: { en: "the United Kingdom", "zh-CN": "英国", "zh-TW": "英國" },
  authority: { en: "the data protection authority", "zh-CN": "监管机构", "zh-TW": "主管機關" },
  storageCountries: ["GB"],
  processingCountries: ["GB"],
};

/** A recipient that may read a measured server's members. */
export interface Reader {
  readonly server: MeasuredServer;
  readonly key: string;
}

/** Publishes who the company is, imports consents with their evidence and registers a mailing tool, all through the doors. */
export async function registerMailer(server: MeasuredServer): Promise<Reader> {
  await administer(server, "PUT", "/v1/controller", COMPANY);
  const ids = await server.ask("memberIds", null);
  const lines = ids
    .filter((_, i) => GRANTED(i))
    .map((memberId) =>
      JSON.stringify({
        memberId,
        state: "given",
        purpose: PURPOSE,
        channel: CHANNEL,
        notice: { id: PURPOSE, locale: "en" },
        country: "GB",
      }),
    );
  const evidence = createHash("sha256").update("the benchmark's forms").digest("hex");
  const from = performance.now();
  const report = await administer<{ recorded: number; faults: unknown[] }>(
    server,
    "POST",
    `/v1/consents/import?evidenceSha256=${evidence}`,
    lines.join("\n"),
  );
  if (report.recorded !== lines.length)
    throw new Error(
      `of ${lines.length} consents ${report.recorded} were recorded: ${JSON.stringify(report.faults[0])}`,
    );
  const seconds = (performance.now() - from) / 1_000;
  say(
    `${whole(lines.length)} consents imported with their evidence in ${seconds.toFixed(1)} s (${whole(lines.length / seconds)}/s).`,
  );
  await administer(server, "POST", "/v1/recipients", {
    id: RECIPIENT,
    name: "Measured mailer",
    role: "processor",
    country: "GB",
    contact: "ops@mailer.example",
    purposes: [PURPOSE],
    categories: ["identity", "contact", "preference"],
  });
  const made = await administer<{ secret: string }>(server, "POST", `/v1/recipients/${RECIPIENT}/keys`, {
    name: "bench",
  });
  await server.ask("rest", null);
  return { server, key: made.secret };
}
