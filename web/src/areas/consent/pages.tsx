import FileTextOutlined from "@ant-design/icons/es/icons/FileTextOutlined";
import FlagOutlined from "@ant-design/icons/es/icons/FlagOutlined";
import SendOutlined from "@ant-design/icons/es/icons/SendOutlined";
import type { Page } from "../area.ts";

/** What data may be used for, in which words, and who is given it. */
export const CONSENT_PAGES: readonly Page[] = [
  {
    path: "purposes",
    roles: ["compliance", "cx", "auditor"],
    load: async () => ({ Page: (await import("./purposes.tsx")).PurposesPage }),
    menu: {
      section: "consent",
      order: 0,
      icon: <FlagOutlined />,
      label: { en: "Purposes", "zh-CN": "使用目的", "zh-TW": "使用目的" },
    },
  },
  {
    path: "notices",
    roles: ["compliance", "cx", "auditor"],
    load: async () => ({ Page: (await import("./notices.tsx")).NoticesPage }),
    menu: {
      section: "consent",
      order: 1,
      icon: <FileTextOutlined />,
      label: { en: "Notices", "zh-CN": "告知书", "zh-TW": "告知書" },
    },
  },
  {
    path: "recipients",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./recipients.tsx")).RecipientsPage }),
    menu: {
      section: "consent",
      order: 2,
      icon: <SendOutlined />,
      label: { en: "Recipients", "zh-CN": "接收方", "zh-TW": "接收方" },
    },
  },
  {
    path: "recipients/:id",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./recipient.tsx")).RecipientPage }),
  },
];
