import CheckCircleOutlined from "@ant-design/icons/es/icons/CheckCircleOutlined";
import KeyOutlined from "@ant-design/icons/es/icons/KeyOutlined";
import TeamOutlined from "@ant-design/icons/es/icons/TeamOutlined";
import type { Page } from "../area.ts";

/** Who may do what: people, programs, and acts that two people decide. */
export const PEOPLE_PAGES: readonly Page[] = [
  {
    path: "approvals",
    roles: ["compliance", "cx"],
    load: async () => ({ Page: (await import("./approvals.tsx")).ApprovalsPage }),
    menu: {
      section: "work",
      order: 8,
      icon: <CheckCircleOutlined />,
      label: { en: "Second opinion", "zh-CN": "双人批准", "zh-TW": "雙人核准" },
    },
  },
  {
    path: "staff",
    roles: [],
    load: async () => ({ Page: (await import("./staff.tsx")).StaffPage }),
    menu: {
      section: "system",
      order: 0,
      icon: <TeamOutlined />,
      label: { en: "People", "zh-CN": "人员", "zh-TW": "人員" },
    },
  },
  {
    path: "keys",
    roles: [],
    load: async () => ({ Page: (await import("./keys.tsx")).KeysPage }),
    menu: {
      section: "system",
      order: 1,
      icon: <KeyOutlined />,
      label: { en: "API keys", "zh-CN": "API 密钥", "zh-TW": "API 金鑰" },
    },
  },
];
