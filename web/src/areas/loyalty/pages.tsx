import ApartmentOutlined from "@ant-design/icons/es/icons/ApartmentOutlined";
import HeartOutlined from "@ant-design/icons/es/icons/HeartOutlined";
import type { Page } from "../area.ts";

/** Loyalty levels, their rules, and segments. */
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
  {
    path: "segments",
    roles: ["compliance", "cx", "analyst"],
    load: async () => ({ Page: (await import("./segments.tsx")).SegmentsPage }),
    menu: {
      section: "members",
      order: 3,
      icon: <ApartmentOutlined />,
      label: { en: "Segments", "zh-CN": "分群", "zh-TW": "分群" },
    },
  },
];
