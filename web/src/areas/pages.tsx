import { ACCOUNT_PAGES } from "./account/pages.tsx";
import type { Page } from "./area.ts";
import { HOME_PAGES } from "./home/pages.tsx";
import { MEMBER_PAGES } from "./members/pages.tsx";

/** Every page of the console. Each area lists its own. */
export const PAGES: readonly Page[] = [...HOME_PAGES, ...MEMBER_PAGES, ...ACCOUNT_PAGES];
