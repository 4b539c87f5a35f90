import HeartOutlined from "@ant-design/icons/es/icons/HeartOutlined";
import type { Page } from "../area.ts";

/** Loyalty levels, their rules and figures. */
export const LOYALTY_PAGES: readonly Page[] = [
  {
    path: "loyalty",
    roles: ["compliance", "cx", "analyst"],
    load: async () => ({ Page: (await import("./loyalty.tsx")).LoyaltyPage }),
    menu: {
      section: "members",
      order: 2,
      icon: <HeartOutlined />,
      label: { en: "Loyalty", "zh-CN": "忠诚度", "zh-TW": "忠誠度" },
    },
  },
];
