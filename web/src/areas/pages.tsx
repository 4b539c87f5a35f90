import { ACCOUNT_PAGES } from "./account/pages.tsx";
import type { Page } from "./area.ts";
import { CONSENT_PAGES } from "./consent/pages.tsx";
import { HOME_PAGES } from "./home/pages.tsx";
import { MEMBER_PAGES } from "./members/pages.tsx";
import { OPERATE_PAGES } from "./operate/pages.tsx";
import { PEOPLE_PAGES } from "./people/pages.tsx";
import { PROOF_PAGES } from "./proof/pages.tsx";
import { REQUEST_PAGES } from "./requests/pages.tsx";

/** Every page of the console. Each area lists its own. */
export const PAGES: readonly Page[] = [
  ...HOME_PAGES,
  ...REQUEST_PAGES,
  ...MEMBER_PAGES,
  ...CONSENT_PAGES,
  ...OPERATE_PAGES,
  ...PROOF_PAGES,
  ...PEOPLE_PAGES,
  ...ACCOUNT_PAGES,
];
