import { consentHoldings } from "../consent/index.ts";
import { pipelineHoldings } from "../pipelines/index.ts";
import { surveyHoldings } from "../surveys/index.ts";
import { auditHoldings } from "./audit/index.ts";
import type { Holding } from "./db/index.ts";
import { eventHoldings } from "./events/index.ts";
import { httpHoldings } from "./http/index.ts";
import { loyaltyHoldings } from "./loyalty/index.ts";
import { mailHoldings } from "./mail/index.ts";
import { memberHoldings } from "./members/index.ts";
import { privacyHoldings } from "./privacy/index.ts";
import { recipientHoldings } from "./recipients/index.ts";
import { segmentHoldings } from "./segments/index.ts";
import { staffHoldings } from "./staff/index.ts";
import { vaultHoldings } from "./vault/index.ts";

/** What every room keeps, table by table: the register behind the data map, the export and erasure. */
export const HOLDINGS: readonly Holding[] = [
  ...memberHoldings,
  ...eventHoldings,
  ...pipelineHoldings,
  ...consentHoldings,
  ...recipientHoldings,
  ...segmentHoldings,
  ...loyaltyHoldings,
  ...surveyHoldings,
  ...mailHoldings,
  ...staffHoldings,
  ...auditHoldings,
  ...httpHoldings,
  ...privacyHoldings,
  ...vaultHoldings,
];

/** Tables that belong to the machinery and hold nothing about anybody. */
export const MACHINERY: readonly string[] = ["schema_migration"];
