import HomeOutlined from "@ant-design/icons/es/icons/HomeOutlined";
import type { Page } from "../area.ts";

/** The start: what needs somebody today. */
export const HOME_PAGES: readonly Page[] = [
  {
    path: "home",
    roles: ["admin", "compliance", "cx", "store", "analyst", "auditor"],
    load: async () => ({ Page: (await import("./home.tsx")).HomePage }),
    menu: {
      section: "work",
      order: 0,
      icon: <HomeOutlined />,
      label: { en: "Home", "zh-CN": "首页", "zh-TW": "首頁" },
    },
  },
];
