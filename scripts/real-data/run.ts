import { performance } from "node:perf_hooks";
import { missingReason } from "./data.ts";
import { type Installation, startInstallation } from "./installation.ts";
import { type Findings, type SetReport, type SkippedSet, startFindings } from "./report.ts";
import { CDNOW_FILES, runCdnow } from "./sets/cdnow.ts";
import { CHINESE_FILES, runChinese } from "./sets/chinese.ts";
import { DITTOFEED_FILES, runDittofeed } from "./sets/dittofeed.ts";
import { EMAIL_FILES, runEmails } from "./sets/emails.ts";
import { GROUPAROO_FILES, runGrouparoo } from "./sets/grouparoo.ts";
import { FAKE_FILES, FEBRL_FILES, runFake1000, runFebrl } from "./sets/identity.ts";
import { LINE_FILES, runLine } from "./sets/line.ts";
import { ONLINE_RETAIL_FILES, runOnlineRetail } from "./sets/online-retail.ts";
import { PHONE_FILES, runPhones } from "./sets/phones.ts";
import { runUnomi, UNOMI_FILES } from "./sets/unomi.ts";

/** One data set: what it needs and how it is tried, on an installation of its own. */
export interface DataSet {
  readonly set: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly run: (installation: Installation, findings: Findings) => Promise<void>;
}

export const DATA_SETS: readonly DataSet[] = [
  { set: "cdnow", title: "CDNOW: till lines without receipts", needs: CDNOW_FILES, run: runCdnow },
  {
    set: "online-retail",
    title: "Online Retail: December 2010, a file a day",
    needs: ONLINE_RETAIL_FILES,
    run: runOnlineRetail,
  },
  {
    set: "febrl",
    title: "febrl1 and febrl2: recognising people without identifiers",
    needs: FEBRL_FILES,
    run: runFebrl,
  },
  {
    set: "fake1000",
    title: "fake_1000: recognising people with noisy e-mails",
    needs: FAKE_FILES,
    run: runFake1000,
  },
  {
    set: "unomi",
    title: "Apache Unomi: import, overwrite, delete; events",
    needs: UNOMI_FILES,
    run: runUnomi,
  },
  {
    set: "dittofeed",
    title: "Dittofeed: missing headers and identifiers",
    needs: DITTOFEED_FILES,
    run: runDittofeed,
  },
  { set: "grouparoo", title: "Grouparoo: tables joined", needs: GROUPAROO_FILES, run: runGrouparoo },
  { set: "phones", title: "Mobile numbers of every region", needs: PHONE_FILES, run: runPhones },
  { set: "emails", title: "isemail: addresses and what they are", needs: EMAIL_FILES, run: runEmails },
  { set: "chinese", title: "Chinese text and its encodings", needs: CHINESE_FILES, run: runChinese },
  { set: "line", title: "LINE: its webhook's own description", needs: LINE_FILES, run: runLine },
];

/** Why a set cannot be tried here, or null. */
export function reasonToSkip(set: DataSet): string | null {
  return missingReason(set.needs);
}

/** Tries one set on a fresh installation; skips it with the reason where its files are absent. */
export async function runSet(set: DataSet): Promise<SetReport | SkippedSet> {
  const skipped = reasonToSkip(set);
  if (skipped !== null) return { set: set.set, title: set.title, skipped };
  const from = performance.now();
  const findings = startFindings();
  const installation = await startInstallation();
  try {
    await set.run(installation, findings);
  } finally {
    await installation.close();
  }
  return findings.report(set.set, set.title, (performance.now() - from) / 1_000);
}
