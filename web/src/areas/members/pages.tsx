import AuditOutlined from "@ant-design/icons/es/icons/AuditOutlined";
import IdcardOutlined from "@ant-design/icons/es/icons/IdcardOutlined";
import type { Page } from "../area.ts";

/** Finding a member, one member's page, and contested evidence. */
export const MEMBER_PAGES: readonly Page[] = [
  {
    path: "members",
    roles: ["compliance", "cx"],
    load: async () => ({ Page: (await import("./find.tsx")).FindMemberPage }),
    menu: {
      section: "members",
      order: 0,
      icon: <IdcardOutlined />,
      label: { en: "Members", "zh-CN": "会员", "zh-TW": "會員" },
    },
  },
  {
    path: "members/:id",
    roles: ["compliance", "cx"],
    load: async () => ({ Page: (await import("./member.tsx")).MemberPage }),
  },
  {
    path: "review",
    roles: ["compliance"],
    load: async () => ({ Page: (await import("./review.tsx")).ReviewPage }),
    menu: {
      section: "members",
      order: 1,
      icon: <AuditOutlined />,
      label: { en: "To be looked at", "zh-CN": "待查看", "zh-TW": "待查看" },
    },
  },
];
