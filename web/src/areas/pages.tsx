import { ACCOUNT_PAGES } from "./account/pages.tsx";
import type { Page } from "./area.ts";
import { CONSENT_PAGES } from "./consent/pages.tsx";
import { HOME_PAGES } from "./home/pages.tsx";
import { LOYALTY_PAGES } from "./loyalty/pages.tsx";
import { MEMBER_PAGES } from "./members/pages.tsx";
import { OPERATE_PAGES } from "./operate/pages.tsx";
import { PEOPLE_PAGES } from "./people/pages.tsx";
import { PRIVACY_PAGES } from "./privacy/pages.tsx";
import { PROOF_PAGES } from "./proof/pages.tsx";
import { REQUEST_PAGES } from "./requests/pages.tsx";
import { SEGMENT_PAGES } from "./segments/pages.tsx";
import { VOICE_PAGES } from "./voice/pages.tsx";

/** Every page of the console. Each area lists its own. */
export const PAGES: readonly Page[] = [
  ...HOME_PAGES,
  ...REQUEST_PAGES,
  ...MEMBER_PAGES,
  ...LOYALTY_PAGES,
  ...SEGMENT_PAGES,
  ...CONSENT_PAGES,
  ...VOICE_PAGES,
  ...OPERATE_PAGES,
  ...PROOF_PAGES,
  ...PRIVACY_PAGES,
  ...PEOPLE_PAGES,
  ...ACCOUNT_PAGES,
];
